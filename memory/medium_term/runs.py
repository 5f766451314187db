"""Every run of a pair on a ticket, with its evidence: the ticket itself keeps the last alone."""

from __future__ import annotations

from memory.database import DocumentStore
from memory.medium_term.repository import Repository
from memory.records import TicketRun


class RunRepository(Repository[TicketRun]):
    """Runs of all tickets, in the order in which they ended."""

    def __init__(self, store: DocumentStore) -> None:
        super().__init__(store, "runs", TicketRun)

    async def of_ticket(self, ticket_id: str) -> list[TicketRun]:
        """All runs of the ticket that are kept, oldest first."""
        return await self.find({"ticket_id": ticket_id}, [("created_at", 1)])

    async def recent(self, repository: str, limit: int) -> list[TicketRun]:
        """The newest `limit` runs of a repository, oldest first."""
        found = await self.find({"repository": repository}, [("created_at", -1)], limit)
        return found[::-1]
