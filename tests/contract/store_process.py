"""A process that works on a store, for tests of several processes and of kills.

Usage: python store_process.py <path or MongoDB URI> increment <document id> <times>
       python store_process.py <path or MongoDB URI> append-for-ever <name>
       python store_process.py <path or MongoDB URI> write-together <name>

The last two print each appended or inserted id once it is acknowledged; `write-together` has many
writes under way at any moment.
"""

from __future__ import annotations

import asyncio
import sys
from itertools import count
from pathlib import Path

from memory.database import DocumentStore
from memory.errors import RevisionConflictError
from memory.mongo_store import MongoStore
from memory.sqlite_store import SqliteStore


async def open_store(address: str) -> DocumentStore:
    if address.startswith("mongodb"):
        return await MongoStore.open(address)
    return await SqliteStore.open(Path(address))


async def increment(store: DocumentStore, document_id: str, times: int) -> None:
    """Add 1 to `priority` that many times, again after each lost race."""
    done = 0
    while done < times:
        document = await store.get("tickets", document_id)
        assert document is not None
        revision = document["revision"]
        document["revision"] = revision + 1
        document["priority"] += 1
        try:
            await store.replace("tickets", document, revision=revision)
        except RevisionConflictError:
            continue
        done += 1


async def append_for_ever(store: DocumentStore, name: str) -> None:
    for number in count():
        document_id = f"{name}-{number}"
        await store.append("agent_log", {"repository": "/r", "text": document_id})
        print("logged", document_id, flush=True)
        await store.insert("tickets", {"id": document_id, "revision": 0, "repository": "/r"})
        print("inserted", document_id, flush=True)


async def write_together(store: DocumentStore, name: str) -> None:
    async def write(writer: int) -> None:
        for number in count():
            document_id = f"{name}-{writer}-{number}"
            await store.insert("tickets", {"id": document_id, "revision": 0, "repository": "/r"})
            print("inserted", document_id, flush=True)
            await store.append("agent_log", {"repository": "/r", "text": document_id})
            print("logged", document_id, flush=True)

    await asyncio.gather(*(write(writer) for writer in range(24)))


async def main(address: str, work: str, *arguments: str) -> None:
    store = await open_store(address)
    if work == "increment":
        await increment(store, arguments[0], int(arguments[1]))
    elif work == "write-together":
        await write_together(store, arguments[0])
    else:
        await append_for_ever(store, arguments[0])
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
