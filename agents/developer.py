"""The Developer: searches for code that makes the locked tests pass.

The search goes from cheap to dear (docs/architecture.md, "The ladder"): samples of one
prompt, mutation of the best, then different plans, then repairs; every candidate is judged by
running the tests. Each question starts fresh, since small models copy what they see.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import ClassVar

from agents.asking import completions, request_for
from agents.base import Behavior, IAgent
from agents.behaviors.mutate_code import MutateCode
from agents.behaviors.weigh_suggestions import contradicted
from agents.behaviors.write_code import (
    SAMPLE_TEMPERATURES,
    Candidate,
    Hint,
    WriteCode,
    distilled_tests,
    same_code,
)
from agents.errors import TicketBlockedError
from agents.progress import Progress
from agents.streams import merge
from agents.tester import Tester
from agents.tools.test_runner import TestRun
from agents.workbench import Workbench, test_names

_PLANS = 8
_REPAIRED = 2
_MUTATED = 3
_MENDABLE = re.compile(r"NameError|ImportError|SyntaxError|TypeError|AttributeError|ModuleNotFound")


@dataclass(frozen=True)
class Attempt:
    """A candidate and what the tests said to it."""

    candidate: Candidate
    passed: frozenset[str]
    failure: str


@dataclass
class Search:
    """The attempts of one ticket so far."""

    attempts: list[Attempt] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    mutated: set[str] = field(default_factory=set)
    """Texts that mutation has started from."""

    def best(self, count: int) -> list[Attempt]:
        """The attempts that pass most tests; among equals the shorter code."""
        order = sorted(self.attempts, key=lambda a: (-len(a.passed), len(a.candidate.code)))
        return order[:count]


@dataclass(frozen=True)
class Question:
    """One prompt for code, and how many answers are wanted."""

    origin: str
    """The stage of the search."""
    temperatures: tuple[float, ...]
    seed: int
    hint: Hint = field(default_factory=Hint)


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

        Raises TicketBlockedError, with the best attempt, when the budget is spent.
        """
        async with self.working("writing the code"):
            search = Search()
            async with aclosing(self._candidates(bench, source, search)) as candidates:
                async for candidate in candidates:
                    green = await self._judge(bench, candidate, search)
                    green = green or await self._weigh(bench, search, tester)
                    if green is not None:
                        return green
            raise TicketBlockedError(_blocked(bench, search))

    async def _candidates(
        self, bench: Workbench, source: str, search: Search
    ) -> AsyncGenerator[Candidate, None]:
        """Candidates wave by wave, each only once, until the budget is spent."""
        seed = bench.context.seed
        first = Question("first answer", (0.2,), seed)
        samples = Question("sample", SAMPLE_TEMPERATURES, seed + 1)
        for question in (first, samples):
            async for candidate in self._wave(bench, source, search, [question]):
                yield candidate
        async for candidate in self._mutated(bench, search):
            yield candidate
        for round_number in range(1, bench.budget.candidates + 1):
            seed = bench.context.seed + 1000 * round_number
            plans = [
                Question("plan", (0.2,), seed, Hint(plan=plan))
                for plan in await self._plans(bench, seed)
            ]
            async for candidate in self._wave(bench, source, search, plans):
                yield candidate
            async for candidate in self._mutated(bench, search):
                yield candidate
            async for candidate in self._wave(bench, source, search, _repairs(search, seed)):
                yield candidate
            if bench.budget.spent:
                return

    async def _plans(self, bench: Workbench, seed: int) -> list[str]:
        """A few different plans (PlanSearch, arXiv 2409.03733)."""
        if bench.budget.spent:
            return []
        request = request_for(
            self,
            "plan_approaches",
            bench.context,
            {
                "task": bench.task,
                "tests": distilled_tests(bench),
                "symbol": bench.ticket.target_symbol,
            },
            max_tokens=140,
            n=_PLANS,
            temperatures=(1.0,),
        )
        request = replace(request, seed=seed)
        async with aclosing(completions(self, request, bench.context, "planning")) as stream:
            plans = [" ".join(completion.text.split()) async for completion in stream]
        return list(dict.fromkeys(plans))

    async def _wave(
        self, bench: Workbench, source: str, search: Search, questions: list[Question]
    ) -> AsyncGenerator[Candidate, None]:
        """Candidates of questions asked together, if their syntax tree was not tried before."""
        if bench.budget.spent:
            return
        streams = [
            self._write_code.run(
                self,
                bench,
                source,
                origin=question.origin,
                temperatures=question.temperatures,
                seed=question.seed,
                hint=question.hint,
            )
            for question in questions
        ]
        async with aclosing(merge(streams)) as answers:
            async for answer in answers:
                bench.budget.take()
                if isinstance(answer, str):
                    await self.log("step", f"no candidate: {answer}", bench.ticket.id)
                elif (key := same_code(answer.text)) not in search.seen:
                    search.seen.add(key)
                    yield answer
                if bench.budget.spent:
                    return

    async def _mutated(self, bench: Workbench, search: Search) -> AsyncGenerator[Candidate, None]:
        """Small changes of the best attempts; those that were changed once are not again."""
        best = [a for a in search.best(_MUTATED) if a.candidate.text not in search.mutated]
        if bench.budget.spent or not any(attempt.passed for attempt in best):
            return
        texts = [attempt.candidate.text for attempt in best]
        search.mutated.update(texts)
        async with aclosing(self._mutate_code.run(self, bench, texts)) as candidates:
            async for candidate in candidates:
                if (key := same_code(candidate.text)) not in search.seen:
                    search.seen.add(key)
                    yield candidate

    async def _judge(self, bench: Workbench, candidate: Candidate, search: Search) -> Green | None:
        """Run the ticket's tests against `candidate`, then the whole suite."""
        ticket = bench.ticket
        await bench.worktree.reset()
        await bench.worktree.write(ticket.target_file, candidate.text)
        paths = [bench.tests.path] if bench.tests else None
        run = await bench.runner.run(bench.worktree.root, paths)
        total = len(bench.tests.tests) if bench.tests else 0
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
        search.attempts.append(Attempt(candidate, passed, failure))
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


def _repairs(search: Search, seed: int) -> list[Question]:
    """The best attempts with their failure; errors of names and types mend best."""
    best = search.best(_REPAIRED)
    best.sort(key=lambda a: _MENDABLE.search(a.failure) is None)
    return [
        Question(
            "repair",
            (0.3, 0.8),
            seed + number,
            Hint(attempt=attempt.candidate.code, failure=attempt.failure),
        )
        for number, attempt in enumerate(best)
    ]


def new_failures(baseline: TestRun | None, suite: TestRun) -> list[str]:
    """Tests that fail now and did not before; a run that says nothing counts as one."""
    if suite.problem:
        return [suite.problem]
    before = set(baseline.failing) if baseline else set()
    return [i for i in suite.failing if i not in before]


def _blocked(bench: Workbench, search: Search) -> str:
    reason = bench.budget.spent or "no further candidate could be found"
    if not search.attempts:
        return f"No candidate could be run; {reason}. Try a stronger model (TENON_MODEL)."
    best = search.best(1)[0]
    return (
        f"No candidate passes every test; {reason}. The best passes {len(best.passed)} of "
        f"{len(bench.tests.tests) if bench.tests else 0} and fails with: {best.failure}. Its "
        f"code:\n\n{best.candidate.code}\n\nMake the requirement or its examples clearer, or "
        "choose a stronger model (TENON_MODEL), and run the ticket again."
    )
