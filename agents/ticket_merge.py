"""What a person's click does to a finished ticket: merge it, send it back, or drop it."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from agents.base import GitRefusedError, InvalidStateError
from agents.errors import MergeConflictError
from agents.fault_points import fault_point
from agents.languages.registry import language_of
from agents.lessons import learn
from agents.team import Team
from agents.ticket_proof import NotProvedError, prove_suite, require_locked_tests
from agents.ticket_work import TicketWork
from agents.working_set import last_progress
from memory.records import Criterion, Ticket, TicketState

logger = logging.getLogger(__name__)

DECIDABLE = {TicketState.REVIEW, TicketState.CONFLICTED}
"""States in which a ticket's work is done and waits for a person."""
UNDER_WORK = {TicketState.TESTING, TicketState.IMPLEMENTING}


@dataclass(frozen=True)
class FileDiff:
    """One changed file with both texts; a side is empty where the file does not exist."""

    path: str
    status: str
    before: str
    after: str


@dataclass(frozen=True)
class TicketChanges:
    """What accepting a ticket would merge."""

    files: list[FileDiff]
    diff: str


class TicketMerge:
    """Carries out accept and reject, and finishes what a kill interrupted."""

    def __init__(self, team: Team, work: TicketWork) -> None:
        self._team = team
        self._work = work

    async def accept(self, ticket: Ticket) -> Ticket:
        """Merge with --no-ff into the base branch, then remove worktree and branch.

        The merge commit is built first and noted in the ticket; then the branch moves. A ticket
        that cannot be merged, or not without failing tests, is `conflicted` afterwards. Raises
        GitRefusedError, with nothing changed, if Git or the working tree does not allow it.
        """
        if ticket.state not in DECIDABLE:
            raise InvalidStateError(
                f"The ticket is {ticket.state.value}; only one in review can be accepted."
            )
        async with self._team.resource_director.merging():
            try:
                merge = await self._proved_merge(ticket)
            except (MergeConflictError, NotProvedError) as error:
                return await self._conflicted(ticket, error)
            ticket.pending_merge = merge
            await self._work.save(ticket)
            fault_point("accept: merge noted")
            try:
                await self._team.workspace.finish_merge(ticket.base_branch, merge)
            except GitRefusedError:
                ticket.pending_merge = None
                await self._work.save(ticket)
                raise
            fault_point("accept: branch moved")
            return await self._merged(ticket, merge)

    async def _proved_merge(self, ticket: Ticket) -> str:
        """Raises MergeConflictError, NotProvedError, ConflictError and GitRefusedError."""
        merge = await self._team.workspace.prepare_merge(
            ticket.base_branch, ticket.branch, _message(ticket)
        )
        fault_point("accept: merge built")
        await self._require_proof(ticket, merge)
        fault_point("accept: merge proved")
        return merge

    async def _conflicted(self, ticket: Ticket, error: GitRefusedError) -> Ticket:
        await note_conflict(
            self._work,
            ticket,
            error,
            f"Nothing was merged. Rebase the ticket on {ticket.base_branch} (its tests and the "
            "whole suite run again), run it anew, or reject it.",
        )
        return ticket

    async def reject(self, ticket: Ticket, reason: str, drop: bool) -> Ticket:
        """Back to `ready` with the person's words, or `rejected` for good."""
        if ticket.state in (TicketState.MERGED, TicketState.REJECTED):
            raise InvalidStateError(f"The ticket is {ticket.state.value} already.")
        if not drop and not reason.strip():
            raise InvalidStateError("Say what should be different, so that the pair can mend it.")
        ticket.conflicts = []
        if drop:
            ticket.state = TicketState.REJECTED
            ticket.note = reason
        else:
            ticket.state = TicketState.READY
            ticket.feedback.append(reason.strip())
            ticket.criteria += _criteria_in(reason, ticket)
            ticket.note = ""
        await self._work.save(ticket)
        fault_point("reject: decision noted")
        if ticket.branch:
            await self._team.workspace.archive_branch(ticket.branch, ticket.id)
            fault_point("reject: branch archived")
            await self._remove(ticket)
        return ticket

    async def changes(self, ticket: Ticket) -> TicketChanges:
        """The ticket's files before and after."""
        workspace, evidence = self._team.workspace, ticket.evidence
        if ticket.state is TicketState.MERGED:
            tip = evidence.commits[-1] if evidence.commits else evidence.merge_commit
        elif ticket.branch and evidence.commits:
            tip = await workspace.tip(ticket.branch) or evidence.commits[-1]
        else:
            raise InvalidStateError("The ticket has no changes yet; run it first.")
        base = await workspace.merge_base(evidence.base_commit, tip)
        files = [
            FileDiff(
                changed.path,
                changed.status,
                await workspace.read_file(base, changed.path) or "",
                await workspace.read_file(tip, changed.path) or "",
            )
            for changed in await workspace.changed_files(base, tip)
        ]
        return TicketChanges(files, await workspace.diff(base, tip))

    async def recover(self, ticket: Ticket) -> Ticket:
        """Finish or undo what was under way when the process ended."""
        if ticket.pending_merge:
            if await self._team.workspace.contains(ticket.base_branch, ticket.pending_merge):
                return await self._merged(ticket, ticket.pending_merge)
            ticket.pending_merge = None
            await self._work.save(ticket)
        elif ticket.state in UNDER_WORK:
            agent = "tester" if ticket.state is TicketState.TESTING else "developer"
            progress = await last_progress(self._team.tools.memory, agent, ticket.id)
            ticket.state = TicketState.READY
            ticket.note = "The work was interrupted; run the ticket to start it anew."
            if progress:
                ticket.note += f" It had come to this: {progress}."
            await self._work.save(ticket)
            await self._work.keep_run(ticket, "interrupted")
        return ticket

    async def _merged(self, ticket: Ticket, merge: str) -> Ticket:
        ticket.state = TicketState.MERGED
        ticket.pending_merge = None
        ticket.note = ""
        ticket.conflicts = []
        ticket.evidence.merge_commit = merge
        await self._work.save(ticket)
        fault_point("accept: ticket merged")
        await self._remember(ticket, merge)
        fault_point("accept: code remembered")
        await self._remove(ticket)
        return ticket

    async def _remove(self, ticket: Ticket) -> None:
        """Worktree and branch go; a failure is no reason to fail what was decided."""
        try:
            folder = self._work.worktree_folder(ticket)
            await self._team.workspace.remove_worktree(folder, ticket.branch or None)
        except GitRefusedError as error:
            logger.warning("The worktree of %s is left behind: %s", ticket.id, error)

    async def _require_proof(self, ticket: Ticket, merge: str) -> None:
        """Test the merge result itself if it is not the very tree that was proved."""
        await require_locked_tests(ticket, self._team.workspace, merge)
        if await self._is_proved(ticket):
            return
        worktree = await self._work.worktree(ticket)
        runner = await self._work.suite_runner(ticket)
        async with worktree.visiting(merge):
            suite = await prove_suite(ticket, runner, worktree, base=f"{merge}^1", here=merge)
        ticket.evidence.suite_run = suite.run.summary()

    async def _is_proved(self, ticket: Ticket) -> bool:
        """Neither the base branch nor the ticket's branch has moved since the green run."""
        evidence, workspace = ticket.evidence, self._team.workspace
        tips = await workspace.branch_commits(evidence.base_commit, ticket.branch)
        base_moved = await workspace.branch_commits(evidence.base_commit, ticket.base_branch)
        return not base_moved and set(tips) == set(evidence.commits)

    async def _remember(self, ticket: Ticket, merge: str) -> None:
        """Accepted code becomes an example for later prompts, and what it took a lesson."""
        await learn(self._team.tools.memory, ticket)
        text = await self._team.workspace.read_file(merge, ticket.target_file)
        language = language_of(ticket.target_file)
        code = language.extract(text, ticket.target_symbol) if text else None
        if code:
            await self._team.tools.memory.snippets.add(
                ticket.repository, ticket.target_file, ticket.target_symbol, code, ticket.id
            )


async def note_conflict(
    work: TicketWork, ticket: Ticket, error: GitRefusedError, choice: str
) -> None:
    """Make `ticket` conflicted, with what is in the way and what a person can choose."""
    ticket.state = TicketState.CONFLICTED
    ticket.conflicts = error.files if isinstance(error, MergeConflictError) else []
    ticket.note = f"{error} {choice}"
    await work.save(ticket)


def _message(ticket: Ticket) -> str:
    trailers = [f"Ticket: {ticket.id}", *(f"Requirement: {r}" for r in ticket.requirement_ids)]
    return f"Merge ticket {ticket.id}: {ticket.title}\n\n" + "\n".join(trailers)


def _criteria_in(reason: str, ticket: Ticket) -> list[Criterion]:
    """Examples in a person's words of rejection bind the next attempt."""
    known = {c.call for c in ticket.criteria}
    examples = language_of(ticket.target_file).examples(reason)
    start = len(ticket.criteria) + 1
    return [
        Criterion(
            id=f"AC-{number}",
            text="As the person said when sending the work back.",
            call=e.call,
            expected=e.expected,
            raises=e.raises,
            origin="person",
        )
        for number, e in enumerate((e for e in examples if e.call not in known), start)
    ]
