"""Tickets of every repository."""

from __future__ import annotations

from memory.database import DocumentStore
from memory.medium_term.repository import Repository
from memory.records import Ticket


class TicketRepository(Repository[Ticket]):
    """Repository of tickets, with the order in which they are worked on."""

    def __init__(self, store: DocumentStore) -> None:
        super().__init__(store, "tickets", Ticket)

    async def for_repository(self, repository: str) -> list[Ticket]:
        """All tickets of the repository, highest priority first, then oldest first."""
        return await self.find({"repository": repository}, [("priority", -1), ("created_at", 1)])
