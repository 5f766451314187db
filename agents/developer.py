"""The Developer: searches for code that makes the locked tests pass.

The search climbs a ladder (`agents/ladder.py`): samples of one prompt, mutation of the best,
repairs, parts, different plans; every candidate is judged by running the tests. Each question
starts fresh, since small models copy what they see.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, replace
from time import monotonic
from typing import ClassVar

from agents.asking import completions, request_for, spread
from agents.base import Behavior, IAgent
from agents.behaviors.find_parts import parts_to_blame
from agents.behaviors.mutate_code import MutateCode
from agents.behaviors.weigh_suggestions import contradicted
from agents.behaviors.write_code import (
    Candidate,
    Hint,
    Question,
    WriteCode,
    distilled_tests,
)
from agents.errors import TicketBlockedError
from agents.inference import Tier
from agents.ladder import Rung, Stage, ladder
from agents.progress import Progress
from agents.search import Attempt, Search
from agents.streams import merge
from agents.tester import Tester
from agents.tools.test_runner import TestRun
from agents.workbench import Workbench, test_names
from memory.records import BestAttempt, RungCost

_PLAN_TOKENS = 100
_LONGEST_FILE = 6000
"""Characters of a file that is written anew as a whole."""
_MENDABLE = re.compile(r"NameError|ImportError|SyntaxError|TypeError|AttributeError|ModuleNotFound")


@dataclass(frozen=True)
class Green:
    """Code that passes the ticket's tests and breaks none of the others."""

    candidate: Candidate
    run: TestRun
    suite: TestRun


class Developer(IAgent):
    """Writes the code of a ticket."""

    agent_type: ClassVar[str] = "developer"
    _write_code = WriteCode()
    _mutate_code = MutateCode()

    @property
    def behaviors(self) -> tuple[Behavior, ...]:
        """Writing and mutating code; the search itself is the host's."""
        return (self._write_code, self._mutate_code)

    async def make_green(self, bench: Workbench, source: str, tester: Tester) -> Green:
        """Search until the tests and the whole suite pass; the code is in the worktree then.

        Raises TicketBlockedError when the budget is spent; the ticket's evidence keeps the
        best attempt.
        """
        async with self.working("writing the code"):
            search = Search(source)
            for number, rung in ladder():
                green = await self._climb(bench, search, rung, number, tester)
                if green is not None:
                    return green
                if bench.budget.spent:
                    break
            bench.ticket.evidence.best_attempt = _best_attempt(bench, search)
            raise TicketBlockedError(_blocked(bench, search))

    async def _climb(
        self, bench: Workbench, search: Search, rung: Rung, number: int, tester: Tester
    ) -> Green | None:
        """One rung, again while it gains where the rung says so."""
        while True:
            before = search.passed
            with _costed(bench, search, rung):
                async with aclosing(self._candidates(bench, search, rung, number)) as candidates:
                    async for candidate in candidates:
                        green = await self._judge(bench, candidate, search)
                        green = green or await self._weigh(bench, search, tester)
                        if green is not None:
                            return green
            if not rung.again or search.passed <= before or bench.budget.spent:
                return None

    async def _candidates(
        self, bench: Workbench, search: Search, rung: Rung, number: int
    ) -> AsyncGenerator[Candidate, None]:
        """What a rung brings, each candidate only once, until the budget is spent."""
        if bench.budget.spent:
            return
        if rung.stage is Stage.MUTATION:
            stream = self._mutated(bench, search, rung)
        else:
            questions = await self._questions(bench, search, rung, number)
            stream = self._answers(bench, questions)
        async with aclosing(stream) as candidates:
            async for candidate in candidates:
                if search.is_new(candidate):
                    yield candidate
                if bench.budget.spent:
                    return

    async def _questions(
        self, bench: Workbench, search: Search, rung: Rung, number: int
    ) -> list[Question]:
        """What a rung asks the model; nothing if it has nothing to start from."""
        seed = bench.context.seed + 1000 * number + 100 * list(Stage).index(rung.stage)
        unit = bench.ticket.target_symbol
        plain = Question(rung.stage, search.source, unit, rung.temperatures, seed)
        match rung.stage:
            case Stage.REPAIR:
                return _repairs(search, rung, plain)
            case Stage.PART:
                return _parts(bench, search, rung, plain)
            case Stage.PLAN:
                plans = await self._plans(bench, rung.starts, seed)
                return [replace(plain, hint=Hint(plan=plan)) for plan in plans]
            case Stage.WIDER:
                wide = wider(unit, search.source)
                return [] if wide is None else [replace(plain, unit=wide)]
            case Stage.TIER:
                search.tier = (
                    self.tools.models.next_tier(self.agent_type, search.tier) or search.tier
                )
                known = search.tier is Tier.STANDARD
                return [] if known else [replace(plain, tier=search.tier)]
            case _:
                return [plain]

    async def _plans(self, bench: Workbench, count: int, seed: int) -> list[str]:
        """A few different plans (PlanSearch, arXiv 2409.03733)."""
        request = request_for(
            self,
            "plan_approaches",
            bench.context,
            {
                "task": bench.task,
                "tests": distilled_tests(bench),
                "symbol": bench.ticket.target_symbol,
            },
            max_tokens=_PLAN_TOKENS,
            n=count,
            temperatures=spread(0.8, 1.2, count),
        )
        request = replace(request, seed=seed)
        async with aclosing(completions(self, request, bench.context, "planning")) as stream:
            plans = [" ".join(completion.text.split()) async for completion in stream]
        return list(dict.fromkeys(plans))

    async def _answers(
        self, bench: Workbench, questions: Sequence[Question]
    ) -> AsyncGenerator[Candidate, None]:
        """Candidates of questions that are asked together."""
        streams = [self._write_code.run(self, bench, question) for question in questions]
        async with aclosing(merge(streams)) as answers:
            async for answer in answers:
                bench.budget.take()
                if isinstance(answer, str):
                    await self.log("step", f"no candidate: {answer}", bench.ticket.id)
                else:
                    yield answer

    async def _mutated(
        self, bench: Workbench, search: Search, rung: Rung
    ) -> AsyncGenerator[Candidate, None]:
        """Small changes of the best attempts; those that were changed once are not again."""
        best = search.fresh(rung.stage, rung.starts)
        if not any(attempt.passed for attempt in best):
            return
        search.use(rung.stage, best)
        texts = [attempt.candidate.text for attempt in best]
        async with aclosing(self._mutate_code.run(self, bench, texts, rung.seconds)) as candidates:
            async for candidate in candidates:
                yield candidate

    async def _judge(self, bench: Workbench, candidate: Candidate, search: Search) -> Green | None:
        """Run the ticket's tests against `candidate`, then the whole suite."""
        ticket = bench.ticket
        await bench.worktree.reset()
        await bench.worktree.write(ticket.target_file, candidate.text)
        paths = [bench.tests.path] if bench.tests else None
        run = await bench.runner.run(bench.worktree.root, paths)
        total = _total(bench)
        ticket.evidence.candidates_run += 1
        passed = test_names(run.passed)
        ok = not run.problem and not run.failing and len(passed) >= total
        failure = "" if ok else run.problem or run.first_failure()
        text = f"{candidate.origin}: {len(passed)} of {total} tests pass"
        if ok:
            suite = await bench.suite_runner.run(bench.worktree.root)
            broken = new_failures(bench.baseline, suite)
            if not broken:
                await self._tell(bench, f"green: {text}, and the whole suite")
                return Green(candidate, run, suite)
            failure = f"it breaks other tests: {', '.join(broken[:3])}. {suite.first_failure()}"
        await self._tell(bench, f"{text}; {failure}" if failure else text)
        failing = tuple(c for c in run.cases if c.outcome in ("failed", "error"))
        search.attempts.append(Attempt(candidate, passed, failure, failing))
        return None

    async def _weigh(self, bench: Workbench, search: Search, tester: Tester) -> Green | None:
        """Withdraw suggested tests that the candidates agree against; judge the best anew."""
        if bench.tests is None:
            return None
        binding = frozenset(t.name for t in bench.tests.tests if t.binding)
        suggested = frozenset(t.name for t in bench.tests.tests if not t.binding)
        gone = contradicted([a.passed for a in search.attempts], binding, suggested)
        if not gone or gone == suggested | binding:
            return None
        await tester.withdraw(bench, gone)
        keep = binding | (suggested - gone)
        agreeing = [a for a in search.best(len(search.attempts)) if keep <= a.passed]
        return await self._judge(bench, agreeing[0].candidate, search) if agreeing else None

    async def _tell(self, bench: Workbench, text: str) -> None:
        bench.context.report(Progress("step", self.agent_type, text))
        await self.log("step", text, bench.ticket.id)


def _repairs(search: Search, rung: Rung, plain: Question) -> list[Question]:
    """The best attempts with their failure; errors of names and types mend best."""
    best = search.fresh(rung.stage, rung.starts)
    search.use(rung.stage, best)
    best.sort(key=lambda a: _MENDABLE.search(a.failure) is None)
    return [
        replace(plain, seed=plain.seed + 10 * number, hint=_about(attempt, attempt.candidate.code))
        for number, attempt in enumerate(best)
    ]


def _parts(bench: Workbench, search: Search, rung: Rung, plain: Question) -> list[Question]:
    """The functions of the best attempt that fail the tests, one by one."""
    best = search.fresh(rung.stage, 1)
    search.use(rung.stage, best)
    path, unit = bench.ticket.target_file, bench.ticket.target_symbol
    return [
        replace(plain, source=attempt.candidate.text, unit=part, hint=_about(attempt, ""))
        for attempt in best
        for part in parts_to_blame(attempt.candidate.text, path, unit, attempt.failing, rung.starts)
    ]


def _about(attempt: Attempt, code: str) -> Hint:
    names = test_names([case.id for case in attempt.failing[:1]])
    return Hint(attempt=code, failure=attempt.failure, failing=names)


def wider(unit: str, source: str) -> str | None:
    """The next larger unit: ``Class`` of ``Class.method``, else the whole of a short file.

    None where the unit is the whole file already, or the file too long to be written anew.
    """
    if "." in unit:
        return unit.rsplit(".", 1)[0]
    return "" if unit and len(source) <= _LONGEST_FILE else None


def new_failures(baseline: TestRun | None, suite: TestRun) -> list[str]:
    """Tests that fail now and did not before; a run that says nothing counts as one."""
    if suite.problem:
        return [suite.problem]
    before = set(baseline.failing) if baseline else set()
    return [i for i in suite.failing if i not in before]


@contextmanager
def _costed(bench: Workbench, search: Search, rung: Rung) -> Iterator[None]:
    """Note in the ticket what the rung took, if it took anything."""
    evidence, tally, began = bench.ticket.evidence, bench.context.tally, monotonic()
    tokens, candidates = tally.completion_tokens, evidence.candidates_run
    try:
        yield
    finally:
        cost = RungCost(
            rung=rung.stage,
            candidates=evidence.candidates_run - candidates,
            completion_tokens=tally.completion_tokens - tokens,
            seconds=round(monotonic() - began, 1),
            best_passed=search.passed,
            tests=_total(bench),
        )
        if cost.candidates or cost.completion_tokens or (rung.seconds and cost.seconds):
            evidence.rungs.append(cost)


def _total(bench: Workbench) -> int:
    return len(bench.tests.tests) if bench.tests else 0


def _best_attempt(bench: Workbench, search: Search) -> BestAttempt | None:
    for best in search.best(1):
        return BestAttempt(
            text=best.candidate.text,
            rung=best.candidate.origin,
            passed=len(best.passed),
            tests=_total(bench),
            failure=best.failure,
        )
    return None


def _blocked(bench: Workbench, search: Search) -> str:
    reason = bench.budget.spent or "no further candidate could be found"
    if not search.attempts:
        return f"No candidate could be run; {reason}. Try a stronger model (TENON_MODEL)."
    best = search.best(1)[0]
    return (
        f"No candidate passes every test; {reason}. The best passes {len(best.passed)} of "
        f"{_total(bench)} and fails with: {best.failure}. Its code:\n\n{best.candidate.code}\n\n"
        "Make the requirement or its examples clearer, or choose a stronger model "
        "(TENON_MODEL), and run the ticket again."
    )
