"""Tester and Developer on one ticket: red, locked, green, whole suite.

What counts is computed here from exit codes, hashes and commits; no model is asked whether
it is done.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from agents.developer import Developer
from agents.errors import GitRefusedError, TicketBlockedError
from agents.fault_points import fault_point
from agents.progress import Progress
from agents.search import Green
from agents.tester import Tester
from agents.tools.confine import steers_tests
from agents.tools.test_runner import TestRun
from agents.workbench import Workbench
from memory.records import BestAttempt, Ticket, TicketState

Save = Callable[[Ticket], Awaitable[None]]
"""Stores the ticket as it is; what is stored survives a kill."""


@dataclass
class Pair:
    """One Tester and one Developer."""

    tester: Tester
    developer: Developer
    save: Save

    async def work(self, bench: Workbench) -> None:
        """Bring the ticket to `review`.

        Raises TicketBlockedError with the reason when the pair cannot; the worktree then is
        at its last good commit.
        """
        ticket = bench.ticket
        _require_free(ticket)
        bench.lock_tests, bench.tampering = self._relock, self._tampering
        try:
            await self._baseline(bench)
            fault_point("run: baseline run")
            await self._test_first(bench)
            await self._implement(bench)
        finally:
            self._count(bench)
            await bench.worktree.reset()
        ticket.state = TicketState.REVIEW
        await self.save(ticket)
        fault_point("run: in review")

    def _count(self, bench: Workbench) -> None:
        """What the work has cost, whatever came of it."""
        evidence, tally = bench.ticket.evidence, bench.context.tally
        evidence.minutes = round(bench.budget.minutes_used, 2)
        evidence.prompt_tokens = tally.prompt_tokens
        evidence.completion_tokens = tally.completion_tokens
        evidence.models = tally.models

    async def _baseline(self, bench: Workbench) -> None:
        """What failed before anything was changed is nobody's fault here."""
        run = await bench.suite_runner.run(bench.worktree.root)
        if run.problem and run.collected and not run.failing:
            raise TicketBlockedError(f"The repository's own tests cannot be run: {run.problem}")
        run = _without(run, {test.path for test in bench.ticket.acceptance_tests})
        bench.baseline = run
        bench.ticket.evidence.baseline_failing = run.failing
        self._tell(bench, "tester", f"before the change: {_in_words(run)}")

    async def _test_first(self, bench: Workbench) -> None:
        ticket = bench.ticket
        ticket.state = TicketState.TESTING
        await self.save(ticket)
        await self.tester.remember(ticket.id, "the tests are being written")
        bench.tests, red = await self.tester.write_tests(bench)
        fault_point("run: tests written")
        ticket.evidence.red_run = red.summary()
        paths = [module.path for module in bench.tests.modules]
        commit = await bench.worktree.commit(paths, f"test: {ticket.title}", _trailers(ticket))
        fault_point("run: tests committed")
        await self._lock(bench, commit)
        await self.tester.send("developer", f"{len(bench.tests.tests)} tests are red", ticket.id)

    async def _implement(self, bench: Workbench) -> None:
        ticket = bench.ticket
        ticket.state = TicketState.IMPLEMENTING
        await self.save(ticket)
        await self.developer.remember(
            ticket.id, f"{bench.total} tests are red, no code was run yet"
        )
        fault_point("run: tests noted")
        source = await bench.worktree.read(ticket.target_file) or ""
        green = await self.developer.make_green(bench, source, self.tester)
        await self._require_locked(bench)
        ticket.evidence.green_run = green.run.summary()
        ticket.evidence.suite_run = green.suite.summary()
        ticket.evidence.checks = list(green.checks)
        ticket.evidence.repairs = list(green.repairs)
        ticket.evidence.rung = green.candidate.origin
        ticket.evidence.mutations = list(green.candidate.changes)
        ticket.evidence.mutated_lines = list(green.candidate.lines)
        fault_point("run: code found")
        try:
            commit = await bench.worktree.commit(
                [ticket.target_file], f"feat: {ticket.title}", _trailers(ticket)
            )
        except GitRefusedError as error:  # a hook, or a key: the code is not lost
            ticket.evidence.best_attempt = _uncommitted(green, str(error))
            raise
        fault_point("run: code committed")
        ticket.evidence.commits.append(commit)
        await self.developer.send("architect", "green, please review", ticket.id)

    async def _relock(self, bench: Workbench) -> None:
        """Commit and lock the tests anew after the Tester withdrew a suggestion."""
        if bench.tests is None:
            return
        text = bench.tests.source()
        bench.worktree.unlock()
        await bench.worktree.reset()
        await bench.worktree.write(bench.tests.path, text)
        commit = await bench.worktree.commit(
            [bench.tests.path],
            "test: withdraw suggestions that independent candidates contradict",
            _trailers(bench.ticket),
        )
        await self._lock(bench, commit)
        await self.save(bench.ticket)

    async def _lock(self, bench: Workbench, commit: str) -> None:
        if bench.tests is None:
            return
        evidence = bench.ticket.evidence
        if commit not in (evidence.base_commit, *evidence.commits):  # it may be there already
            evidence.commits.append(commit)
        modules = bench.tests.modules
        evidence.test_hashes = {m.path: sha256(m.source()) for m in modules}
        evidence.test_origins = {m.path: m.origin for m in modules}
        await bench.worktree.lock(evidence.test_hashes)

    async def _hashes(self, bench: Workbench) -> dict[str, str]:
        paths = bench.ticket.evidence.test_hashes
        return {path: sha256(await bench.worktree.read(path) or "") for path in paths}

    async def _tampering(self, bench: Workbench) -> str:
        """What a candidate did to the locked tests when it ran; asked before it is cleared away."""
        try:
            await self._require_locked(bench)
        except TicketBlockedError as error:
            return str(error)
        return ""

    async def _require_locked(self, bench: Workbench) -> None:
        """The tests, and what steers them, are as they were locked, whatever the code has done."""
        same = await self._hashes(bench) == bench.ticket.evidence.test_hashes
        if not same:
            raise TicketBlockedError("The locked tests were changed; the work is not accepted.")
        if changed := await bench.worktree.tampered():
            raise TicketBlockedError(
                f"The code changed {', '.join(changed)} when it ran, which decides how the "
                "locked tests are run; the work is not accepted."
            )

    def _tell(self, bench: Workbench, agent: str, text: str) -> None:
        bench.context.report(Progress("step", agent, text))


def _require_free(ticket: Ticket) -> None:
    if steers_tests(ticket.target_file):
        raise TicketBlockedError(
            f"{ticket.target_file} decides which tests run, so no code of the team may change "
            "it while tests are locked. Change it by hand."
        )


def sha256(text: str) -> str:
    """Hex digest of a text file's UTF-8 bytes."""
    return hashlib.sha256(text.encode()).hexdigest()


def _uncommitted(green: Green, reason: str) -> BestAttempt:
    passed = len(green.run.passed)
    return BestAttempt(
        text=green.candidate.text,
        rung=green.candidate.origin,
        passed=passed,
        tests=passed,
        failure=reason,
    )


def _trailers(ticket: Ticket) -> dict[str, str | list[str]]:
    return {"Ticket": ticket.id, "Requirement": list(ticket.requirement_ids)}


def _without(run: TestRun, paths: set[str]) -> TestRun:
    """`run` without the files of `paths`: acceptance tests that fail are no excuse later."""
    return replace(run, cases=[c for c in run.cases if c.file not in paths])


def _in_words(run: TestRun) -> str:
    if run.problem:
        return run.problem
    return f"{len(run.passed)} tests pass, {len(run.failing)} fail"
