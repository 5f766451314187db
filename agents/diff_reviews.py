"""The Architect's reviews of finished work, written while the person looks at it already.

What proves a ticket is computed before that; a review only says where to look. So nobody waits for
it, a decision of the person ends it, and one that fails or is cut short leaves the ticket as it is.
"""

from __future__ import annotations

import asyncio
import logging

from agents.asking import Context
from agents.base import TeamError
from agents.inference import ModelError, Priority
from agents.team import Team
from agents.ticket_merge import TicketMerge
from agents.ticket_work import TicketWork
from memory.errors import MemoryStoreError
from memory.records import Ticket, TicketState

logger = logging.getLogger(__name__)


class DiffReviews:
    """Reviews of the tickets of one team, one task each."""

    def __init__(self, team: Team, work: TicketWork, merge: TicketMerge) -> None:
        self._team, self._work, self._merge = team, work, merge
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def later(self, ticket: Ticket) -> None:
        """Review `ticket`, which has come to `review`, in the background."""
        task = asyncio.get_running_loop().create_task(self._review(ticket))
        self._tasks[ticket.id] = task
        task.add_done_callback(lambda _: self._tasks.pop(ticket.id, None))

    async def stop(self, ticket_id: str | None = None) -> None:
        """End the review of a ticket, or all; the model is free within a decoding step."""
        tasks = [t for name, t in self._tasks.items() if ticket_id in (None, name)]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def finished(self, ticket_id: str) -> None:
        """Wait until the review of a ticket is written, or is not going to be."""
        if task := self._tasks.get(ticket_id):
            await asyncio.wait([task])

    async def _review(self, ticket: Ticket) -> None:
        context = Context(ticket_id=ticket.id, priority=Priority.REVIEW)
        try:
            statement = await self._work.statement(ticket)
            diff = (await self._merge.changes(ticket)).diff
            text = await self._team.architect.review(ticket, statement, diff, context)
            await self._keep(ticket, text, context)
        except (ModelError, MemoryStoreError, TeamError) as error:
            logger.warning("Ticket %s has no review: %s", ticket.id, error)

    async def _keep(self, reviewed: Ticket, text: str, context: Context) -> None:
        """Store the review, unless the ticket has moved on. Raises ConflictError."""
        with self._team.resource_director.claim(reviewed.id):
            ticket = await self._team.tools.memory.tickets.get(reviewed.id)
            if ticket is None or not _same_work(ticket, reviewed):
                return
            ticket.evidence.review = text
            ticket.evidence.prompt_tokens += context.tally.prompt_tokens
            ticket.evidence.completion_tokens += context.tally.completion_tokens
            await self._work.save(ticket)


def _same_work(ticket: Ticket, reviewed: Ticket) -> bool:
    return ticket.state is TicketState.REVIEW and ticket.run_id == reviewed.run_id
