"""The tickets of a repository as a person sees and changes them; working on them is elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import PurePosixPath
from typing import Any

from agents.base import ConflictError, InvalidStateError, NotFoundError
from agents.bus import TicketsChanged
from agents.team import Team
from memory.errors import RevisionConflictError
from memory.records import AcceptanceTest, AgentLogEntry, Ticket, TicketState, new_id

_LOG_LINES = 500
_BY_HAND: dict[TicketState, set[TicketState]] = {
    TicketState.DRAFT: {TicketState.READY, TicketState.REJECTED},
    TicketState.READY: {TicketState.DRAFT, TicketState.REJECTED},
    TicketState.BLOCKED: {TicketState.READY, TicketState.REJECTED},
}
"""State changes that a person may make directly; all others follow from work."""
_MOVED_ON = "The ticket has changed meanwhile. Look at it again and retry."


class TicketBoard:
    """Finds, adds and changes tickets. `is_running` tells by id which are worked on here."""

    def __init__(self, team: Team, is_running: Callable[[str], bool]) -> None:
        self._team, self._is_running = team, is_running
        self._memory = team.tools.memory

    async def all(self) -> list[Ticket]:
        """All tickets, by descending priority, then age."""
        return await self._memory.tickets.for_repository(self._team.repository)

    async def ticket(self, ticket_id: str) -> Ticket:
        """The ticket with that id, or with the only id that begins so. Raises NotFoundError."""
        found = [t for t in await self.all() if t.id.startswith(ticket_id) and ticket_id]
        exact = [t for t in found if t.id == ticket_id]
        if len(exact or found) != 1:
            reason = "several tickets begin so" if found else "there is none in this repository"
            raise NotFoundError(f"No ticket {ticket_id!r}: {reason}.")
        return (exact or found)[0]

    async def idle(self, ticket_id: str) -> Ticket:
        """The same, if nobody works on it here. Raises InvalidStateError."""
        ticket = await self.ticket(ticket_id)
        if self._is_running(ticket.id):
            raise InvalidStateError("The ticket is being worked on; cancel it first.")
        return ticket

    async def log(self, ticket_id: str) -> list[AgentLogEntry]:
        """What the agents did on a ticket, oldest first."""
        ticket = await self.ticket(ticket_id)
        return await self._memory.log.recent(self._team.repository, _LOG_LINES, ticket_id=ticket.id)

    async def add(
        self,
        title: str,
        description: str,
        target_file: str,
        target_symbol: str,
        tests: Sequence[AcceptanceTest],
    ) -> Ticket:
        """A ready ticket that brings its acceptance tests, without a requirement of the spec.

        Without a symbol the whole file is to be written. Raises InvalidStateError.
        """
        if not title.strip() or not target_file.strip() or not tests:
            raise InvalidStateError("Such a ticket needs a title, a file to change, and tests.")
        for path in (target_file, *(test.path for test in tests)):
            if not is_inside(path):
                raise InvalidStateError(f"{path} is no path inside the repository.")
        ticket = Ticket(
            id=new_id("tkt"),
            repository=self._team.repository,
            title=title.strip(),
            description=description.strip(),
            target_file=target_file,
            target_symbol=target_symbol,
            acceptance_tests=list(tests),
            state=TicketState.READY,
        )
        await self._memory.tickets.insert(ticket)
        self._team.tools.bus.publish(TicketsChanged((ticket.id,)))
        return ticket

    async def update(
        self,
        ticket_id: str,
        revision: int,
        title: str | None,
        priority: int | None,
        state: TicketState | None,
    ) -> Ticket:
        """Change fields by hand. Raises ConflictError if the ticket has moved on."""
        ticket = await self.ticket(ticket_id)
        if ticket.revision != revision:
            raise ConflictError(_MOVED_ON)
        if state is not None and state != ticket.state:
            with self._team.resource_director.claim(ticket.id):
                return await self._update(ticket, title, priority, state)
        return await self._update(ticket, title, priority, None)

    async def _update(
        self, ticket: Ticket, title: str | None, priority: int | None, state: TicketState | None
    ) -> Ticket:
        update: dict[str, Any] = {}
        if title is not None:
            if not title.strip():
                raise InvalidStateError("A ticket needs a title.")
            update["title"] = title.strip()
        if priority is not None:
            update["priority"] = priority
        if state is not None:
            if self._is_running(ticket.id) or state not in _BY_HAND.get(ticket.state, set()):
                raise InvalidStateError(
                    f"A ticket that is {ticket.state.value} cannot be {state.value}."
                )
            update["state"] = state
        stored = await self._replace(ticket.model_copy(update=update))
        self._team.tools.bus.publish(TicketsChanged((ticket.id,)))
        return stored

    async def _replace(self, ticket: Ticket) -> Ticket:
        try:
            return await self._memory.tickets.replace(ticket)
        except RevisionConflictError:
            raise ConflictError(_MOVED_ON) from None


def is_inside(path: str) -> bool:
    """Whether `path` is relative, and neither leaves the repository nor goes to its ``.git``."""
    parts = PurePosixPath(path).parts
    return bool(parts) and parts[0] not in ("/", ".git") and ".." not in parts
