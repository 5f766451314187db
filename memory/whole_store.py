"""Walking through everything that a store holds."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from memory.database import DocumentStore, LogEntry, Stored

_PAGE = 200


async def all_documents(store: DocumentStore, collection: str) -> AsyncGenerator[Stored, None]:
    """Every document of a collection, in the order of insertion, a page at a time in memory."""
    position = 0
    while page := await store.page(collection, position, _PAGE):
        for stored in page:
            yield stored
        position = page[-1].position


async def all_entries(store: DocumentStore, log: str) -> AsyncGenerator[LogEntry, None]:
    """Every entry of a capped log, oldest first, a page at a time in memory."""
    seq = 0
    while page := await store.after(log, seq, _PAGE):
        for entry in page:
            yield entry
        seq = page[-1].seq
