"""The working set is bounded, quick and survives its process."""

from __future__ import annotations

import asyncio
from typing import Any

from memory.database import LogEntry, Where
from memory.short_term import ShortTermMemory
from memory.sqlite_store import SqliteStore


class CountingStore(SqliteStore):
    """A real store that counts how often the log is read."""

    reads = 0

    async def newest(self, log: str, limit: int, where: Where | None = None) -> list[LogEntry]:
        self.reads += 1
        return await super().newest(log, limit, where)


async def counting(store: SqliteStore) -> CountingStore:
    opened = await CountingStore.open(store._path)
    assert isinstance(opened, CountingStore)
    return opened


def items(*numbers: int) -> list[dict[str, Any]]:
    return [{"number": number} for number in numbers]


async def test_items_come_back_in_order_per_session(store: SqliteStore) -> None:
    memory = ShortTermMemory(store)
    for number in (1, 2):
        await memory.remember("a", {"number": number})
    await memory.remember("b", {"number": 3})
    assert await memory.recall("a") == items(1, 2)
    await memory.remember("a", {"number": 4})
    assert await memory.recall("a") == items(1, 2, 4)
    assert await memory.recall("unknown") == []


async def test_the_working_set_is_rebuilt_after_a_restart(store: SqliteStore) -> None:
    await ShortTermMemory(store).remember("a", {"text": "ä"})
    assert await ShortTermMemory(store).recall("a") == [{"text": "ä"}]


async def test_only_the_newest_items_are_kept(store: SqliteStore) -> None:
    memory = ShortTermMemory(store, items_per_session=2)
    assert await memory.recall("a") == []
    for number in range(5):
        await memory.remember("a", {"number": number})
    assert await memory.recall("a") == items(3, 4)
    assert await ShortTermMemory(store, items_per_session=3).recall("a") == items(2, 3, 4)


async def test_a_cached_session_is_not_read_again(store: SqliteStore) -> None:
    counted = await counting(store)
    memory = ShortTermMemory(counted)
    for _ in range(3):
        await memory.recall("a")
        await memory.remember("a", {"number": 1})
    await counted.close()
    assert counted.reads == 1


async def test_the_least_recently_used_session_leaves_the_cache(store: SqliteStore) -> None:
    counted = await counting(store)
    memory = ShortTermMemory(counted, max_sessions=2)
    for session in ("a", "b", "a", "c"):  # c pushes b out
        await memory.recall(session)
    assert counted.reads == 3
    await memory.recall("a")
    assert counted.reads == 3
    await memory.recall("b")
    assert counted.reads == 4
    await counted.close()


async def test_an_expired_session_shows_what_another_process_added(store: SqliteStore) -> None:
    memory = ShortTermMemory(store, ttl_seconds=0)
    assert await memory.recall("a") == []
    await ShortTermMemory(store).remember("a", {"number": 1})
    assert await memory.recall("a") == items(1)


async def test_items_that_arrive_during_a_rebuild_are_neither_lost_nor_doubled(
    store: SqliteStore,
) -> None:
    for number in range(20):
        memory = ShortTermMemory(store)
        session = f"s{number}"
        await asyncio.gather(
            memory.recall(session), memory.remember(session, {"number": 1}), memory.recall(session)
        )
        assert await memory.recall(session) == items(1)
