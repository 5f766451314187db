"""What has to hold before a ticket's work counts on commits that it was not made on."""

from __future__ import annotations

from dataclasses import dataclass

from agents.base import ConflictError
from agents.errors import GitRefusedError
from agents.pair import sha256
from agents.tools.git import Workspace, Worktree
from agents.tools.test_runner import TestRun, TestRunner
from memory.records import Ticket


class NotProvedError(GitRefusedError):
    """With the base branch's new commits, tests fail."""


@dataclass(frozen=True)
class Suite:
    """A run of the whole suite that breaks nothing."""

    run: TestRun
    baseline_failing: list[str]
    """Tests that fail without the ticket's commits."""


async def require_locked_tests(ticket: Ticket, workspace: Workspace, commit: str) -> None:
    """Raise ConflictError if `commit` has other tests than those that were locked."""
    for path, digest in ticket.evidence.test_hashes.items():
        text = await workspace.read_file(commit, path)
        if text is None or sha256(text) != digest:
            raise ConflictError(
                f"{path} is not the test that was locked. Run the ticket again, or reject it."
            )


async def prove_suite(
    ticket: Ticket, runner: TestRunner, worktree: Worktree, *, base: str, here: str
) -> Suite:
    """Run the whole suite on `here`, which is checked out.

    What fails on `base` as well, where the ticket has no part in it, is not the ticket's fault.
    Raises NotProvedError.
    """
    run = await runner.run(worktree.root)
    known = ticket.evidence.baseline_failing
    if not run.problem and set(run.failing) - set(known):
        async with worktree.visiting(base, back=here):
            known = (await runner.run(worktree.root)).failing
    require_green(ticket, run, known)
    return Suite(run, known)


def require_green(ticket: Ticket, run: TestRun, known: list[str]) -> None:
    """Raise NotProvedError if more tests fail than those that are known to."""
    broken = [test for test in run.failing if test not in known]
    if run.problem or broken:
        reason = run.problem or f"{', '.join(broken[:3])}: {run.first_failure()}."
        raise NotProvedError(
            f"{ticket.base_branch} has moved on, and with its new commits tests fail: {reason}"
        )
