"""Conversations of a person with the team."""

from __future__ import annotations

from memory.database import DocumentStore
from memory.medium_term.repository import Repository
from memory.records import ConversationTurn, Session
from memory.schema import INSERTED


class ConversationRepository:
    """The turns of every session, in the order in which they were acknowledged."""

    def __init__(self, store: DocumentStore, sessions: Repository[Session]) -> None:
        self._turns = Repository(store, "conversations", ConversationTurn)
        self._sessions = sessions

    async def append(self, turn: ConversationTurn) -> None:
        """Store a turn durably."""
        await self._turns.insert(turn)

    async def history(self, session_id: str, limit: int) -> list[ConversationTurn]:
        """The newest `limit` turns of the session, oldest first."""
        newest = await self._turns.find({"session_id": session_id}, [(INSERTED, -1)], limit)
        return newest[::-1]

    async def latest_session(self, repository: str) -> Session | None:
        """The session of that repository that was opened or changed last, or None."""
        found = await self._sessions.find({"repository": repository}, [("updated_at", -1)], 1)
        return found[0] if found else None
