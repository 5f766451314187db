"""Short-term memory: what a session is working with, quick to read and safe from a crash."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, deque
from dataclasses import dataclass
from typing import Any

from memory.database import Document, DocumentStore

_LOG = "working_set"


@dataclass
class _CachedSession:
    items: deque[Document]
    expires: float
    """In seconds of the monotonic clock."""


class ShortTermMemory:
    """The newest items of each session, cached in process over a capped log.

    The least recently used sessions leave the cache first; an entry is read again from the log
    after `ttl_seconds`, so that what another process appended comes in.
    """

    def __init__(
        self,
        store: DocumentStore,
        *,
        max_sessions: int = 32,
        items_per_session: int = 64,
        ttl_seconds: float = 300.0,
    ) -> None:
        self._store = store
        self._max_sessions = max_sessions
        self._items_per_session = items_per_session
        self._ttl_seconds = ttl_seconds
        self._cache: OrderedDict[str, _CachedSession] = OrderedDict()
        self._in_order = asyncio.Lock()
        """Keeps a rebuild from missing or doubling an item that arrives during it."""

    async def remember(self, session_id: str, item: dict[str, Any]) -> None:
        """Add a JSON object to the session's working set, durably."""
        async with self._in_order:
            await self._store.append(_LOG, {"session_id": session_id, "item": item})
            if session_id in self._cache:
                self._cache[session_id].items.append(item)

    async def recall(self, session_id: str) -> list[dict[str, Any]]:
        """The newest items of the session, oldest first."""
        async with self._in_order:
            cached = self._cache.get(session_id)
            if cached is None or cached.expires <= time.monotonic():
                cached = await self._rebuild(session_id)
            self._cache.move_to_end(session_id)
            return list(cached.items)

    async def _rebuild(self, session_id: str) -> _CachedSession:
        where = {"session_id": session_id}
        entries = await self._store.newest(_LOG, self._items_per_session, where)
        items = deque((entry.document["item"] for entry in entries), self._items_per_session)
        cached = _CachedSession(items, time.monotonic() + self._ttl_seconds)
        self._cache[session_id] = cached
        while len(self._cache) > self._max_sessions:
            self._cache.popitem(last=False)
        return cached
