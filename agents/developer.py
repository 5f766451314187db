"""The Developer: searches for code that makes the locked tests pass.

The search climbs a ladder (`agents/ladder.py`): samples of one prompt, mutation of the best,
repairs, parts, different plans; every candidate is judged by running the tests. Each question
starts fresh, since small models copy what they see.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import ClassVar

from agents.base import Behavior, IAgent
from agents.behaviors.mutate_code import MutateCode
from agents.behaviors.weigh_examples import is_enough, may_be_fitted
from agents.behaviors.weigh_suggestions import contradicted
from agents.behaviors.write_code import (
    Candidate,
    Question,
    Rejected,
    WriteCode,
)
from agents.errors import TicketBlockedError
from agents.finishing import Finishing
from agents.ladder import FINISH, Finish, Rung, Stage, ladder
from agents.means import Means
from agents.near_misses import near_miss
from agents.progress import Progress
from agents.questions import questions_of
from agents.rung_costs import costed
from agents.search import Attempt, Green, Search
from agents.second_opinion import SecondOpinion
from agents.streams import merge, one_after_another
from agents.tester import Tester
from agents.tools.test_runner import TestRun
from agents.workbench import Workbench
from memory.records import BestAttempt


class Developer(IAgent):
    """Writes the code of a ticket."""

    agent_type: ClassVar[str] = "developer"
    finish: Finish = FINISH
    """What is done with code that is green."""
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
            search = Search(source, language=bench.language)
            green = await self._found(bench, search, tester)
            if green is None:
                await tester.suspect(bench, search.written)
                bench.ticket.evidence.best_attempt = _best_attempt(bench, search)
                raise TicketBlockedError(_blocked(bench, search))
            green = await self._settled(bench, search, green, tester)
            green = await self._finished(bench, search, green)
            bench.ticket.evidence.near_miss = near_miss(search.best(1), green)
            return green

    async def _found(self, bench: Workbench, search: Search, tester: Tester) -> Green | None:
        """The first code that is green; if it may be fitted to the tests, other code that is."""
        fitted: Green | None = None
        for number, rung in ladder():
            if bench.budget.spent or (fitted and is_enough(number, bench.budget)):
                break
            green = await self._climb(bench, search, rung, number, tester)
            if green is None:
                continue
            if not may_be_fitted(bench, green.candidate):
                return green
            if fitted is None:
                fitted = green
                await self._tell(
                    bench,
                    "green, but few examples are easily fitted: looking for unchanged code",
                )
        if fitted is not None:
            await bench.worktree.reset()
            await bench.worktree.write(bench.ticket.target_file, fitted.candidate.text)
        return fitted

    async def _climb(
        self, bench: Workbench, search: Search, rung: Rung, number: int, tester: Tester
    ) -> Green | None:
        """One rung, again while it gains where the rung says so."""
        while True:
            before = search.progress
            with costed(bench, search, rung):
                async with aclosing(self._candidates(bench, search, rung, number)) as candidates:
                    async for candidate in candidates:
                        green = await self._judge(bench, candidate, search)
                        if green is not None:
                            return green
                green = await self._weigh(bench, search, tester)
                if green is not None:
                    return green
            if not rung.again or search.progress <= before or bench.budget.spent:
                return None

    async def _candidates(
        self, bench: Workbench, search: Search, rung: Rung, number: int
    ) -> AsyncGenerator[Candidate, None]:
        """What a rung brings, each candidate only once, until the budget is spent."""
        if bench.budget.spent or search.leaves_out(rung):
            return
        if rung.stage is Stage.MUTATION:
            stream = self._mutated(bench, search, rung)
        else:
            questions = await questions_of(self, bench, search, rung, number)
            stream = self._answers(bench, search, questions, rung.enough, rung.in_turn)
        async with aclosing(stream) as candidates:
            async for candidate in candidates:
                if search.is_new(candidate):
                    yield candidate
                if bench.budget.spent:
                    return

    async def _answers(
        self,
        bench: Workbench,
        search: Search,
        questions: Sequence[Question],
        enough: int | None = None,
        in_turn: bool = False,
    ) -> AsyncGenerator[Candidate, None]:
        """Candidates of questions that are asked together or `in_turn`.

        They are out of the first `enough` answers.
        """
        streams = [self._write_code.run(self, bench, question) for question in questions]
        sizes = [len(question.temperatures) for question in questions]
        beside = (max(sizes, default=0) if in_turn else sum(sizes)) - 1
        async with aclosing(one_after_another(streams) if in_turn else merge(streams)) as answers:
            came = 0
            async for answer in answers:
                came += 1
                bench.budget.take()
                search.note(answer, beside)
                if isinstance(answer, Rejected):
                    await self.log("step", f"no candidate: {answer.reason}", bench.ticket.id)
                else:
                    yield answer
                if came == enough:
                    return

    async def _afresh(
        self, bench: Workbench, search: Search, rung: Rung, test: str
    ) -> AsyncGenerator[Candidate, None]:
        """Answers to the ticket as it was first asked, but for one more `test`."""
        questions = await questions_of(self, bench, search, rung, 0)
        asked = [replace(question, also=test) for question in questions]
        async with aclosing(self._answers(bench, search, asked)) as answers:
            async for answer in answers:
                yield answer

    async def _mutated(
        self, bench: Workbench, search: Search, rung: Rung
    ) -> AsyncGenerator[Candidate, None]:
        """Small changes of the best attempts; those that were changed once are not again."""
        best = search.fresh(rung.stage, rung.starts)
        if not best:
            return
        search.use(rung.stage, best)
        texts = [attempt.candidate.text for attempt in best]
        donors = [attempt.candidate.text for attempt in search.donors(best)]
        mutated = self._mutate_code.run(self, bench, texts, rung.seconds, donors)
        async with aclosing(mutated) as candidates:
            async for candidate in candidates:
                yield candidate

    async def _judge(self, bench: Workbench, candidate: Candidate, search: Search) -> Green | None:
        """Run the ticket's tests against `candidate`, then the whole suite."""
        ticket = bench.ticket
        await bench.worktree.reset()
        await bench.worktree.write(ticket.target_file, candidate.text)
        paths = [bench.tests.path] if bench.tests else None
        runner = bench.runner.within(bench.budget.run_seconds)
        run = await runner.run(bench.worktree.root, paths)
        total = bench.total
        ticket.evidence.candidates_run += 1
        passed = run.passed_names
        ok = not run.problem and not run.failing and len(passed) >= total
        failure = "" if ok else run.problem or run.first_failure()
        text = f"{candidate.origin}: {len(passed)} of {total} tests pass"
        if ok:
            suite = await bench.suite_runner.run(bench.worktree.root)
            broken = new_failures(bench.baseline, suite)
            failure = await bench.tampering(bench) if bench.tampering else ""
            if broken:
                names = ", ".join(broken[:3])
                failure = f"it breaks other tests: {names}. {suite.first_failure()}"
            if not failure:
                search.green, search.green_is_narrow = len(passed), candidate.narrow
                await self.remember(ticket.id, f"{text}, and the whole suite")
                await self._tell(bench, f"green: {text}, and the whole suite")
                return Green(candidate, run, suite)
        await self._tell(bench, f"{text}; {failure}" if failure else text)
        if not search.attempts or len(passed) > search.passed:
            await self.remember(ticket.id, text)
        failing = tuple(c for c in run.cases if c.outcome in ("failed", "error"))
        attempt = Attempt(candidate, passed, failure, failing, cases=len(run.passed))
        search.attempts.append(attempt)
        return None

    async def _settled(
        self, bench: Workbench, search: Search, green: Green, tester: Tester
    ) -> Green:
        """`green`, or where tests are few the candidate that most others agree with."""
        means = Means(
            judge=lambda candidate: self._judge(bench, candidate, search),
            tell=lambda text: self._tell(bench, text),
            opinions=lambda rung: self._candidates(bench, search, rung, 0),
            afresh=lambda rung, test: self._afresh(bench, search, rung, test),
            predict=lambda calls: tester.predict(bench, calls),
        )
        return await SecondOpinion(bench, search, means).settle(green)

    async def _finished(self, bench: Workbench, search: Search, green: Green) -> Green:
        """`green` as the repository's own checks want it; its text is in the worktree then."""
        finishing = Finishing(
            bench,
            search,
            judge=lambda candidate: self._judge(bench, candidate, search),
            ask=lambda questions: self._answers(bench, search, questions),
            tell=lambda text: self._tell(bench, text),
        )
        return await finishing.finish(green, self.finish)

    async def _weigh(self, bench: Workbench, search: Search, tester: Tester) -> Green | None:
        """Withdraw suggested tests that the candidates agree against; judge the best anew."""
        if bench.tests is None:
            return None
        binding = frozenset(t.name for t in bench.tests.tests if t.binding)
        suggested = frozenset(t.name for t in bench.tests.tests if not t.binding)
        written = search.written
        votes = [search.votes(attempt.candidate) for attempt in written]
        gone = contradicted([a.passed for a in written], binding, suggested, votes)
        if not gone or gone == suggested | binding:
            return None
        await tester.withdraw(bench, gone, written)
        keep = binding | (suggested - gone)
        agreeing = [a for a in search.best(len(search.attempts)) if keep <= a.passed]
        return await self._judge(bench, agreeing[0].candidate, search) if agreeing else None

    async def _tell(self, bench: Workbench, text: str) -> None:
        bench.context.report(Progress("step", self.agent_type, text))
        await self.log("step", text, bench.ticket.id)


def new_failures(baseline: TestRun | None, suite: TestRun) -> list[str]:
    """Tests that fail now and did not before; a run that says nothing counts as one."""
    if suite.problem:
        return [suite.problem]
    before = set(baseline.failing) if baseline else set()
    return [i for i in suite.failing if i not in before]


def _best_attempt(bench: Workbench, search: Search) -> BestAttempt | None:
    for best in search.best(1):
        return BestAttempt(
            text=best.candidate.text,
            rung=best.candidate.origin,
            passed=len(best.passed),
            tests=bench.total,
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
        f"{bench.total} and fails with: {best.failure}. Its code:\n\n{best.candidate.code}\n\n"
        "Make the requirement or its examples clearer, or choose a stronger model "
        "(TENON_MODEL), and run the ticket again."
    )
