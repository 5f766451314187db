"""Several processes and threads on one database lose nothing."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from memory.database import DocumentStore
from memory.errors import RevisionConflictError

WORKER = Path(__file__).with_name("store_process.py")
ROOT = Path(__file__).parents[2]

OpenStore = Callable[[], Awaitable[DocumentStore]]


async def counter(open_store: OpenStore) -> DocumentStore:
    store = await open_store()
    await store.insert("tickets", {"id": "count", "revision": 0, "priority": 0})
    return store


async def increment(store: DocumentStore, times: int) -> None:
    """Add 1 to `priority` that many times, again after each lost race."""
    while times:
        document = await store.get("tickets", "count")
        assert document is not None
        revision = document["revision"]
        changed = {**document, "revision": revision + 1, "priority": document["priority"] + 1}
        try:
            await store.replace("tickets", changed, revision=revision)
        except RevisionConflictError:
            continue
        times -= 1


async def run_worker(address: str, *arguments: str) -> int:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(WORKER),
        address,
        *arguments,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    return await process.wait()


async def test_processes_lose_no_update(backend: Any, open_store: OpenStore) -> None:
    store = await counter(open_store)
    workers = asyncio.gather(
        *(run_worker(backend.address, "increment", "count", "30") for _ in range(2))
    )
    own = 0
    while not workers.done():  # so that the three overlap, however long a start takes
        await increment(store, 1)
        own += 1
    assert await workers == [0, 0]
    final = await store.get("tickets", "count")
    assert final is not None
    assert final["priority"] == final["revision"] == 60 + own


async def test_eight_threads_lose_no_update(backend: Any, open_store: OpenStore) -> None:
    store = await counter(open_store)

    async def work() -> None:
        own = await backend.open()
        await increment(own, 5)
        await own.close()

    with ThreadPoolExecutor(8) as threads:
        loop = asyncio.get_running_loop()
        await asyncio.gather(
            *(loop.run_in_executor(threads, lambda: asyncio.run(work())) for _ in range(8))
        )
    final = await store.get("tickets", "count")
    assert final is not None
    assert (final["priority"], final["revision"]) == (40, 40)


async def test_eight_tasks_on_one_store_lose_no_update(open_store: OpenStore) -> None:
    store = await counter(open_store)
    await asyncio.gather(*(increment(store, 1) for _ in range(8)))
    final = await store.get("tickets", "count")
    assert final is not None
    assert final["priority"] == 8


async def test_one_of_two_racing_inserts_wins(open_store: OpenStore) -> None:
    stores = [await open_store() for _ in range(4)]
    document = {"id": "same", "revision": 0}
    results = await asyncio.gather(
        *(store.insert("tickets", document) for store in stores), return_exceptions=True
    )
    assert sorted(type(result).__name__ for result in results) == [
        *["DuplicateIdError"] * 3,
        "NoneType",
    ]


async def test_several_stores_may_create_the_database_at_once(backend: Any) -> None:
    stores = await asyncio.gather(*(backend.open() for _ in range(6)))
    await stores[0].insert("tickets", {"id": "x", "revision": 0})
    assert await stores[5].get("tickets", "x") is not None
    await asyncio.gather(*(store.close() for store in stores))
