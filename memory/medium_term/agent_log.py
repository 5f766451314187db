"""The agent log: what every agent said and did, in order, bounded in size."""

from __future__ import annotations

from memory.database import DocumentStore
from memory.medium_term.codec import to_document, to_record
from memory.records import AgentLogEntry

_LOG = "agent_log"


class AgentLog:
    """A capped log of all repositories together; the oldest entries leave first."""

    def __init__(self, store: DocumentStore) -> None:
        self._store = store

    async def append(self, entry: AgentLogEntry) -> None:
        """Store an entry durably."""
        await self._store.append(_LOG, to_document(entry))

    async def recent(
        self, repository: str, limit: int, ticket_id: str | None = None
    ) -> list[AgentLogEntry]:
        """The newest `limit` entries of a repository, or of one ticket of it, oldest first."""
        where = {"repository": repository}
        if ticket_id is not None:
            where["ticket_id"] = ticket_id
        entries = await self._store.newest(_LOG, limit, where)
        return [to_record(AgentLogEntry, entry.document) for entry in entries]
