"""Short-term memory: what the team is working with, quick to read and safe from a crash.

A working set belongs to a session (a conversation, or a ticket in work) and an agent. It lives
in a capped log of the document store; this process holds the sets used last in a cache that is
bounded in bytes.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import OrderedDict
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

from memory.database import DocumentStore, LogEntry, Where
from memory.records import new_id

_LOG = "working_set"
_PAGE = 500
Item = dict[str, Any]
Key = tuple[str, str]
"""Session and agent."""


@dataclass(frozen=True)
class Remembered:
    """One item of the log, as followers get it."""

    seq: int
    """Rises with each item of any session; never used again."""
    session_id: str
    agent: str
    item: Item


@dataclass(frozen=True)
class _Cached:
    items: tuple[Item, ...]
    sizes: tuple[int, ...]
    """Bytes of each item as JSON."""
    expires: float
    """In seconds of the monotonic clock."""

    @property
    def bytes(self) -> int:
        return sum(self.sizes)


class ShortTermMemory:
    """The newest items of each working set, cached in process over a capped log.

    The least recently used sets leave the cache first; one is read again from the log after
    `ttl_seconds`, so that what another process appended comes in. A set that alone is over
    `max_bytes` is not cached.
    """

    def __init__(
        self,
        store: DocumentStore,
        *,
        max_bytes: int = 4 * 1024**2,
        items_per_set: int = 64,
        ttl_seconds: float = 300.0,
    ) -> None:
        self._store = store
        self._max_bytes = max_bytes
        self._items_per_set = items_per_set
        self._ttl_seconds = ttl_seconds
        self._cache: OrderedDict[Key, _Cached] = OrderedDict()
        self._cached_bytes = 0
        self._in_order = asyncio.Lock()
        """Keeps a rebuild from missing or doubling an item that arrives during it."""

    @property
    def cached_bytes(self) -> int:
        """Bytes of all cached items as JSON, never more than `max_bytes`."""
        return self._cached_bytes

    async def remember(self, session_id: str, item: Item, agent: str = "") -> int:
        """Add a JSON object to a working set, durably; its sequence number."""
        async with self._in_order:
            names = {"id": new_id("wrk"), "session_id": session_id, "agent": agent}
            document = {**names, "item": item}
            seq = await self._store.append(_LOG, document)
            cached = self._cache.get((session_id, agent))
            if cached is not None:
                items, sizes = (*cached.items, item), (*cached.sizes, _size(item))
                self._keep((session_id, agent), items, sizes, cached.expires)
            return seq

    async def recall(self, session_id: str, agent: str = "") -> list[Item]:
        """The newest items of a working set, oldest first."""
        key = (session_id, agent)
        async with self._in_order:
            cached = self._cache.get(key)
            if cached is None or cached.expires <= time.monotonic():
                return await self._rebuild(key)
            self._cache.move_to_end(key)
            return list(cached.items)

    async def after(
        self, seq: int, limit: int, session_id: str | None = None, agent: str | None = None
    ) -> list[Remembered]:
        """The oldest `limit` items with a higher number, of all sets or those named."""
        asked = {"session_id": session_id, "agent": agent}
        where = {field: value for field, value in asked.items() if value is not None}
        return [_remembered(entry) for entry in await self._store.after(_LOG, seq, limit, where)]

    async def follow(
        self,
        seq: int = 0,
        *,
        session_id: str | None = None,
        agent: str | None = None,
        poll_seconds: float = 0.5,
    ) -> AsyncGenerator[Remembered, None]:
        """Every item behind the number `seq`, then new ones as any process adds them; endless.

        A reader that notes the last number it has dealt with goes on from there after a crash.
        What left the capped log meanwhile is skipped.
        """
        while True:
            page = await self.after(seq, _PAGE, session_id, agent)
            for remembered in page:
                yield remembered
                seq = remembered.seq
            if len(page) < _PAGE:
                await asyncio.sleep(poll_seconds)

    async def drop_cache(self) -> None:
        """Forget what is cached, but nothing that is stored."""
        async with self._in_order:
            self._cache.clear()
            self._cached_bytes = 0

    async def _rebuild(self, key: Key) -> list[Item]:
        where: Where = {"session_id": key[0], "agent": key[1]}
        entries = await self._store.newest(_LOG, self._items_per_set, where)
        items = tuple(entry.document["item"] for entry in entries)
        expires = time.monotonic() + self._ttl_seconds
        self._keep(key, items, tuple(_size(item) for item in items), expires)
        return list(items)

    def _keep(
        self, key: Key, items: tuple[Item, ...], sizes: tuple[int, ...], expires: float
    ) -> None:
        self._discard(key)
        kept = slice(max(0, len(items) - self._items_per_set), None)
        cached = _Cached(items[kept], sizes[kept], expires)
        if cached.bytes > self._max_bytes:
            return
        self._cache[key] = cached
        self._cached_bytes += cached.bytes
        while self._cached_bytes > self._max_bytes:
            self._discard(next(iter(self._cache)))

    def _discard(self, key: Key) -> None:
        cached = self._cache.pop(key, None)
        if cached is not None:
            self._cached_bytes -= cached.bytes


def _size(item: Item) -> int:
    return len(json.dumps(item, ensure_ascii=False).encode())


def _remembered(entry: LogEntry) -> Remembered:
    document = entry.document
    return Remembered(
        entry.seq, document["session_id"], document.get("agent") or "", document["item"]
    )
