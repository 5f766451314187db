"""Brings a finished ticket's commits onto the base branch as it is now, and proves them there."""

from __future__ import annotations

from difflib import SequenceMatcher

from agents.asking import Context
from agents.base import InvalidStateError
from agents.errors import MergeConflictError
from agents.fault_points import fault_point
from agents.progress import Progress
from agents.team import Team
from agents.ticket_merge import DECIDABLE, note_conflict
from agents.ticket_proof import NotProvedError, prove_suite, require_green, require_locked_tests
from agents.ticket_work import TicketWork
from agents.tools.edits import extract_symbol, merge_symbols
from agents.tools.git import Worktree
from agents.tools.rebase import Conflict
from agents.uninterrupted import uninterrupted
from memory.records import Evidence, Ticket, TicketState


class TicketRebase:
    """Carries out a rebase, and finishes one that a kill interrupted."""

    def __init__(self, team: Team, work: TicketWork) -> None:
        self._team = team
        self._work = work

    async def rebase(self, ticket: Ticket, context: Context) -> Ticket:
        """Replay the ticket's commits on its base branch and run its tests and the suite there.

        The ticket is in `review` afterwards, with the evidence of that run; or `conflicted`,
        with its branch as it was. Nothing of the person moves. Raises InvalidStateError and
        GitRefusedError.
        """
        if ticket.state not in DECIDABLE:
            raise InvalidStateError(
                f"The ticket is {ticket.state.value}; only finished work can be rebased."
            )
        worktree = await self._work.worktree(ticket)
        try:
            await self._replay(ticket, worktree, context)
        except (MergeConflictError, NotProvedError) as error:
            choice = (
                "The ticket's branch is as it was. Run the ticket anew, reject it, or merge "
                f"{ticket.base_branch} by hand in {worktree.root}, commit, and accept again."
            )
            await note_conflict(self._work, ticket, error, choice)
            return ticket
        except BaseException:
            await uninterrupted(self.recover(ticket))
            raise
        return await self._finish(ticket)

    async def recover(self, ticket: Ticket) -> Ticket:
        """Finish or forget a rebase that was under way when the process ended."""
        if ticket.pending_rebase is None:
            return ticket
        tip = await self._team.workspace.tip(ticket.branch)
        if tip in ticket.pending_rebase.commits[-1:]:
            return await self._finish(ticket)
        ticket.pending_rebase = None
        await self._work.save(ticket)
        return ticket

    async def _replay(self, ticket: Ticket, worktree: Worktree, context: Context) -> None:
        """Move the branch to commits that are proved; what then holds is noted before."""
        workspace = self._team.workspace
        onto = await workspace.tip(ticket.base_branch)
        old = await workspace.tip(ticket.branch)
        if onto is None or old is None:
            gone = ticket.branch if onto else ticket.base_branch
            raise InvalidStateError(f"There is no branch {gone} any more. Run the ticket anew.")
        by_name = ByName(ticket)
        await self._tell(ticket, context, f"replaying on {ticket.base_branch} ({onto[:12]})")
        since = await self._since(ticket, onto, old)
        async with worktree.replayed(onto, since, by_name.resolve) as tip:
            fault_point("rebase: commits replayed")
            for path in by_name.resolved:
                text = f"{path}: {ticket.target_symbol} was put in by name"
                await self._tell(ticket, context, text)
            evidence = await self._proved(ticket, worktree, onto, tip)
            evidence.mutated_lines = await self._moved_lines(ticket, old, tip)
            fault_point("rebase: commits proved")
            ticket.pending_rebase = evidence
            await self._work.save(ticket)
            fault_point("rebase: commits noted")
            await workspace.archive_branch(ticket.branch, ticket.id)
            await workspace.move_branch(ticket.branch, tip, old)
            fault_point("rebase: branch moved")

    async def _finish(self, ticket: Ticket) -> Ticket:
        ticket.evidence = ticket.pending_rebase or ticket.evidence
        ticket.pending_rebase = None
        ticket.state = TicketState.REVIEW
        ticket.note = ""
        ticket.conflicts = []
        await self._work.save(ticket)
        fault_point("rebase: ticket in review")
        return ticket

    async def _since(self, ticket: Ticket, onto: str, tip: str) -> str:
        """The commit after which the ticket's own commits begin."""
        base = ticket.evidence.base_commit
        common = await self._team.workspace.merge_base(onto, tip)
        ahead = await self._team.workspace.branch_commits(base, common)
        return common if ahead else base

    async def _proved(self, ticket: Ticket, worktree: Worktree, onto: str, tip: str) -> Evidence:
        await require_locked_tests(ticket, self._team.workspace, tip)
        tests = list(ticket.evidence.test_hashes)
        green = await (await self._work.runner(ticket)).run(worktree.root, tests)
        require_green(ticket, green, [])
        runner = await self._work.suite_runner(ticket)
        suite = await prove_suite(ticket, runner, worktree, base=onto, here=tip)
        update = {
            "base_commit": onto,
            "commits": await self._team.workspace.branch_commits(onto, tip),
            "green_run": green.summary(),
            "suite_run": suite.run.summary(),
            "baseline_failing": suite.baseline_failing,
        }
        return ticket.evidence.model_copy(update=update, deep=True)

    async def _moved_lines(self, ticket: Ticket, old: str, new: str) -> list[int]:
        """Where the lines that search changed are now."""
        lines = ticket.evidence.mutated_lines
        before, after = [
            (await self._team.workspace.read_file(commit, ticket.target_file) or "").splitlines()
            for commit in (old, new)
        ]
        blocks = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
        moved = {b.a + n + 1: b.b + n + 1 for b in blocks for n in range(b.size)}
        return [moved[line] for line in lines if line in moved]

    async def _tell(self, ticket: Ticket, context: Context, text: str) -> None:
        director = self._team.resource_director
        context.report(Progress("step", director.agent_type, text))
        await director.log("step", text, ticket.id)


class ByName:
    """Resolves conflicts in a ticket's file in which only the ticket changed its symbol.

    Two functions that are added in one place are a conflict to Git, and none to the syntax tree.
    The tests judge the result.
    """

    def __init__(self, ticket: Ticket) -> None:
        self._ticket = ticket
        self.resolved: list[str] = []

    def resolve(self, conflict: Conflict) -> str | None:
        """The file with the ticket's symbol put in by name, or None."""
        symbol = self._ticket.target_symbol
        if conflict.path != self._ticket.target_file or not symbol:
            return None
        if conflict.ours is None or conflict.theirs is None:
            return None
        if extract_symbol(conflict.ours, symbol) != extract_symbol(conflict.base or "", symbol):
            return None
        merged = merge_symbols(conflict.ours, conflict.theirs, {symbol})
        if not merged.changed:
            return None
        self.resolved.append(conflict.path)
        return merged.text
