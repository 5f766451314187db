"""The team's front door: a deterministic state machine over spec, tickets and chat.

The server calls only this. Who may do what in which state is in docs/architecture.md.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Coroutine, Iterator, Sequence
from typing import Any, Literal

from agents.asking import Context
from agents.base import ConflictError, InvalidStateError, Toolbox
from agents.budget import TeamOptions
from agents.bus import TicketsChanged
from agents.conversation import Conversation
from agents.diff_reviews import DiffReviews
from agents.edit_proposals import EditProposal, EditRequest
from agents.edit_writer import EditWriter
from agents.inference import Priority
from agents.leftovers import Leftovers
from agents.progress import Progress, Report, silent
from agents.spec_keeper import SpecKeeper, SpecView
from agents.team import Team
from agents.ticket_board import TicketBoard
from agents.ticket_merge import UNDER_WORK, FileDiff, TicketChanges, TicketMerge
from agents.ticket_rebase import TicketRebase
from agents.ticket_work import TicketWork
from agents.tools.git import Workspace
from agents.uninterrupted import uninterrupted
from memory.records import (
    AcceptanceTest,
    AgentLogEntry,
    ConversationTurn,
    SpecProposal,
    Ticket,
    TicketState,
)

__all__ = ["FileDiff", "Orchestrator", "SpecView", "TeamOptions", "TicketChanges"]

logger = logging.getLogger(__name__)


class Orchestrator:
    """One team on one repository."""

    def __init__(self, workspace: Workspace, tools: Toolbox, options: TeamOptions) -> None:
        self._team = Team.gather(workspace, tools, options)
        self._running: dict[str, asyncio.Task[Ticket]] = {}
        self._board = TicketBoard(self._team, self._running.__contains__)
        self._spec = SpecKeeper(self._team)
        self._work = TicketWork(self._team, self._spec)
        self._merge = TicketMerge(self._team, self._work)
        self._rebase = TicketRebase(self._team, self._work)
        self._reviews = DiffReviews(self._team, self._work, self._merge)
        self._leftovers = Leftovers(self._team, self._work)
        self._edits = EditWriter(self._team)
        self._chat = Conversation(self._team, self._spec, self._start_ready, self.running)
        self._background: set[asyncio.Task[Any]] = set()

    async def start(self) -> None:
        """Start the agents and recover what a kill interrupted."""
        for agent in self._team.agents:
            agent.start()
        await self._recover()

    async def stop(self) -> None:
        """Cancel all work, wait for its clean-up, and stop the agents."""
        await self._chat.stop()
        tasks = [*self._running.values(), *self._background]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._reviews.stop()
        await self._spec.stop()
        for agent in self._team.agents:
            agent.stop()

    # ------------------------------------------------------------------ chat and spec

    async def chat(self, text: str, session_id: str | None, report: Report) -> ConversationTurn:
        """The team's reply to a message."""
        return await self._chat.say(text, session_id, report)

    async def prepare_chat(self) -> None:
        """Make ready for a message that a person is writing. Raises ModelError."""
        await self._team.project_manager.prepare()

    async def chat_history(self, session_id: str | None, limit: int) -> list[ConversationTurn]:
        """Messages of a conversation, oldest first."""
        return await self._chat.history(session_id, limit)

    async def spec(self) -> SpecView:
        """The spec and its open proposals."""
        return await self._spec.view()

    async def propose_spec(self, request: str, report: Report) -> SpecProposal:
        """A proposal for a wish."""
        context = Context(report=report, priority=Priority.INTERACTIVE)
        return await self._spec.propose(request, context)

    async def accept_spec(
        self, proposal_id: str, requirement_ids: list[str] | None, report: Report
    ) -> tuple[list[Ticket], str]:
        """Write accepted changes to the spec and make their tickets."""
        context = Context(report=report, priority=Priority.INTERACTIVE)
        return await self._spec.accept(proposal_id, requirement_ids, context)

    async def reject_spec(self, proposal_id: str, requirement_ids: list[str] | None) -> None:
        """Drop proposed changes."""
        await self._spec.reject(proposal_id, requirement_ids)

    # ------------------------------------------------------------------ tickets

    async def tickets(self) -> list[Ticket]:
        """All tickets, by descending priority, then age."""
        return await self._board.all()

    async def add_ticket(
        self,
        title: str,
        description: str,
        target_file: str,
        target_symbol: str = "",
        tests: Sequence[AcceptanceTest] = (),
    ) -> Ticket:
        """A ready ticket that brings its acceptance tests. Raises InvalidStateError."""
        return await self._board.add(title, description, target_file, target_symbol, tests)

    async def ticket(self, ticket_id: str) -> Ticket:
        """The ticket with that id, or with the only id that begins so. Raises NotFoundError."""
        return await self._board.ticket(ticket_id)

    async def ticket_log(self, ticket_id: str) -> list[AgentLogEntry]:
        """What the agents did on a ticket, oldest first."""
        return await self._board.log(ticket_id)

    async def ticket_changes(self, ticket_id: str) -> TicketChanges:
        """The files that a ticket changes."""
        return await self._merge.changes(await self.ticket(ticket_id))

    async def update_ticket(
        self,
        ticket_id: str,
        revision: int,
        *,
        title: str | None = None,
        priority: int | None = None,
        state: Literal["draft", "ready", "rejected"] | None = None,
    ) -> Ticket:
        """Change fields by hand. Raises ConflictError if the ticket has moved on."""
        wanted = None if state is None else TicketState(state)
        return await self._board.update(ticket_id, revision, title, priority, wanted)

    async def run_ticket(
        self, ticket_id: str, report: Report, seed: int = 0, *, with_review: bool = False
    ) -> Ticket:
        """Let the pair work until `review` or `blocked`; cancelling the caller stops it.

        The Architect's review is added later, and only awaited `with_review`.
        """
        ticket = await self.ticket(ticket_id)
        if ticket.id in self._running:
            raise InvalidStateError("The ticket is being worked on already.")
        context = Context(report=report, ticket_id=ticket.id, seed=seed)
        done = await self._tracked(ticket.id, self._work.run(ticket, context))
        if done.state is TicketState.REVIEW:
            self._reviews.later(done)
            if with_review:
                report(Progress("step", self._team.architect.agent_type, "reviewing the change"))
                await self._reviews.finished(done.id)
                return await self.ticket(done.id)
        return done

    async def rebase_ticket(self, ticket_id: str, report: Report) -> Ticket:
        """Replay finished work on its base branch and prove it there."""
        ticket = await self._board.idle(ticket_id)
        context = Context(report=report, ticket_id=ticket.id)
        return await self._tracked(ticket.id, self._rebase_held(ticket.id, context))

    async def _rebase_held(self, ticket_id: str, context: Context) -> Ticket:
        async with self._held(ticket_id) as ticket:
            return await self._rebase.rebase(ticket, context)

    async def _tracked(self, ticket_id: str, work: Coroutine[Any, Any, Ticket]) -> Ticket:
        """Do `work` so that it counts as running and can be cancelled."""
        task = asyncio.ensure_future(work)
        self._running[ticket_id] = task
        self._team.tools.bus.publish(TicketsChanged((ticket_id,)))
        try:
            return await task
        except asyncio.CancelledError:
            task.cancel()
            await uninterrupted(_settled(task))
            raise
        finally:
            self._running.pop(ticket_id, None)
            self._team.tools.bus.publish(TicketsChanged((ticket_id,)))

    async def cancel_ticket(self, ticket_id: str) -> Ticket:
        """Stop the work on a ticket; it is ready again afterwards."""
        ticket = await self.ticket(ticket_id)
        task = self._running.get(ticket.id)
        if task is None:
            raise InvalidStateError("The ticket is not being worked on.")
        task.cancel()
        await _settled(task)
        return await self.ticket(ticket.id)

    async def accept_ticket(self, ticket_id: str) -> Ticket:
        """Merge a ticket in review, or find it conflicted."""
        idle = await self._board.idle(ticket_id)
        async with self._held(idle.id) as ticket:
            if ticket.state is TicketState.MERGED and idle.pending_merge:
                return ticket
            return await self._merge.accept(ticket)

    async def reject_ticket(self, ticket_id: str, reason: str, drop: bool) -> Ticket:
        """Send a ticket back to work, or drop it."""
        idle = await self._board.idle(ticket_id)
        async with self._held(idle.id) as ticket:
            return await self._merge.reject(ticket, reason, drop)

    # ------------------------------------------------------------------ edits and status

    async def propose_edit(self, request: EditRequest, report: Report) -> EditProposal:
        """A proposed new text for a document."""
        return await self._edits.propose(request, report)

    def running(self) -> list[str]:
        """Ids of the tickets that are worked on here."""
        return list(self._running)

    def agent_states(self) -> list[tuple[str, str, str]]:
        """(agent type, lifecycle state, what it does) of every agent."""
        return [(a.agent_type, a.state.value, a.detail) for a in self._team.agents]

    # ------------------------------------------------------------------ inside

    @contextlib.asynccontextmanager
    async def _held(self, ticket_id: str) -> AsyncGenerator[Ticket, None]:
        """The ticket, held against other processes; what was interrupted is finished or undone.

        Raises ConflictError.
        """
        await self._reviews.stop(ticket_id)
        with self._team.resource_director.claim(ticket_id):
            ticket = await self.ticket(ticket_id)
            if _is_interrupted(ticket):
                ticket = await self._merge.recover(await self._rebase.recover(ticket))
            yield ticket

    async def _start_ready(self) -> list[Ticket]:
        """Run every ready ticket in the background, so many at a time as may be."""
        ready = [
            t
            for t in await self.tickets()
            if t.state is TicketState.READY and t.id not in self._running
        ]
        waiting = iter([t.id for t in ready])
        for _ in range(min(len(ready), self._team.resource_director.parallel)):
            self._spawn(self._run_all(waiting))
        return ready

    async def _run_all(self, waiting: Iterator[str]) -> None:
        for ticket_id in waiting:
            try:
                await self.run_ticket(ticket_id, silent)
            except Exception as error:
                logger.warning("Ticket %s could not be run: %s", ticket_id, error)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def _recover(self) -> None:
        accepted = {
            (p.id, c.requirement_id)
            for p in await self._team.tools.memory.proposals.find(
                {"repository": self._team.repository}, [("created_at", -1)], 100
            )
            for c in p.changes
            if c.status == "accepted"
        }
        for ticket in await self.tickets():
            planned = {(ticket.proposal_id, r) for r in ticket.requirement_ids}
            is_accepted = ticket.state is TicketState.DRAFT and bool(planned & accepted)
            if is_accepted or _is_interrupted(ticket):
                await self._recover_one(ticket.id, is_accepted)
        await self._work.complete_history(await self.tickets())
        await self._leftovers.sweep(await self.tickets())

    async def _recover_one(self, ticket_id: str, is_accepted: bool) -> None:
        """Finish or undo what was under way; what another process works on is left alone."""
        with contextlib.suppress(ConflictError):
            async with self._held(ticket_id) as ticket:
                if is_accepted and ticket.state is TicketState.DRAFT:
                    await self._spec.make_ready(ticket)


def _is_interrupted(ticket: Ticket) -> bool:
    pending = ticket.pending_merge or ticket.pending_rebase
    return bool(pending) or ticket.state in UNDER_WORK


async def _settled(task: asyncio.Task[Ticket]) -> None:
    """Wait until `task` is over, however it ends."""
    await asyncio.wait([task])
