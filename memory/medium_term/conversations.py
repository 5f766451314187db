"""Conversations of a person with the team."""

from __future__ import annotations

from collections.abc import Callable

from memory.database import DocumentStore
from memory.medium_term.repository import Repository
from memory.records import ConversationTurn, Session
from memory.schema import INSERTED


class ConversationRepository:
    """The turns of every session, in the order in which they were acknowledged."""

    def __init__(self, store: DocumentStore, sessions: Repository[Session]) -> None:
        self._turns = Repository(store, "conversations", ConversationTurn)
        self._sessions = sessions
        self.on_append: Callable[[ConversationTurn], None] = lambda _turn: None
        """Told of each turn once it is stored."""

    async def append(self, turn: ConversationTurn) -> None:
        """Store a turn durably."""
        await self._turns.insert(turn)
        self.on_append(turn)

    async def get(self, turn_id: str) -> ConversationTurn | None:
        """The turn of that id, or None."""
        return await self._turns.get(turn_id)

    async def newest(self, limit: int) -> list[ConversationTurn]:
        """The newest `limit` turns of all sessions, newest first."""
        return await self._turns.find(sort=[(INSERTED, -1)], limit=limit)

    async def count(self, session_id: str) -> int:
        """How many turns the session has."""
        counts = await self._turns.count_by("session_id", {"session_id": session_id})
        return counts.get(session_id, 0)

    async def counts(self) -> dict[str, int]:
        """How many turns each session has; sessions without any are left out."""
        return {str(key): n for key, n in (await self._turns.count_by("session_id")).items()}

    async def history(self, session_id: str, limit: int) -> list[ConversationTurn]:
        """The newest `limit` turns of the session, oldest first."""
        newest = await self._turns.find({"session_id": session_id}, [(INSERTED, -1)], limit)
        return newest[::-1]

    async def latest_session(self, repository: str) -> Session | None:
        """The session of that repository that was opened or changed last, or None."""
        found = await self._sessions.find({"repository": repository}, [("updated_at", -1)], 1)
        return found[0] if found else None
