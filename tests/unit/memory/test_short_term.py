"""The working set is bounded, quick and survives its process."""

from __future__ import annotations

import asyncio
import json
import tempfile
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memory.database import LogEntry, Where
from memory.errors import StoreUnavailableError
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
    memory = ShortTermMemory(store, items_per_set=2)
    assert await memory.recall("a") == []
    for number in range(5):
        await memory.remember("a", {"number": number})
    assert await memory.recall("a") == items(3, 4)
    assert await ShortTermMemory(store, items_per_set=3).recall("a") == items(2, 3, 4)


async def test_a_cached_session_is_not_read_again(store: SqliteStore) -> None:
    counted = await counting(store)
    memory = ShortTermMemory(counted)
    for _ in range(3):
        await memory.recall("a")
        await memory.remember("a", {"number": 1})
    await counted.close()
    assert counted.reads == 1


async def test_the_least_recently_used_set_leaves_the_cache(store: SqliteStore) -> None:
    counted = await counting(store)
    memory = ShortTermMemory(counted, max_bytes=250)
    for session in "abc":
        await memory.remember(session, {"text": "x" * 90})  # 102 bytes as JSON
    for session in ("a", "b", "a", "c"):  # c pushes b out
        await memory.recall(session)
    assert counted.reads == 3
    await memory.recall("a")
    assert counted.reads == 3
    await memory.recall("b")
    assert counted.reads == 4
    await counted.close()


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from(["", "developer"]), st.integers(0, 400)),
        max_size=25,
    ),
    st.integers(0, 900),
    st.integers(1, 5),
)
@settings(max_examples=25, deadline=None)
def test_the_cache_never_holds_more_bytes_than_it_may(
    steps: list[tuple[str, str, int]], max_bytes: int, items_per_set: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(follow_steps(Path(folder), steps, max_bytes, items_per_set))


async def follow_steps(
    folder: Path, steps: list[tuple[str, str, int]], max_bytes: int, items_per_set: int
) -> None:
    store = await SqliteStore.open(folder / "tenon.sqlite3")
    memory = ShortTermMemory(store, max_bytes=max_bytes, items_per_set=items_per_set)
    expected: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for session, agent, size in steps:
        item = {"text": "ä" * size}
        await memory.remember(session, item, agent)
        expected.setdefault((session, agent), []).append(item)
        assert await memory.recall(session, agent) == expected[session, agent][-items_per_set:]
        held = sum(
            len(json.dumps(item, ensure_ascii=False).encode())
            for cached in memory._cache.values()
            for item in cached.items
        )
        assert held == memory.cached_bytes <= max_bytes
    await store.close()


async def test_agents_of_one_session_have_sets_of_their_own(store: SqliteStore) -> None:
    memory = ShortTermMemory(store)
    await memory.remember("s", {"number": 1}, "tester")
    await memory.remember("s", {"number": 2}, "developer")
    assert await memory.recall("s", "tester") == items(1)
    assert await memory.recall("s", "developer") == items(2)
    assert await memory.recall("s") == []


async def test_a_follower_sees_what_other_processes_add_and_goes_on_after_a_crash(
    store: SqliteStore,
) -> None:
    memory, other = ShortTermMemory(store), ShortTermMemory(store)
    await memory.remember("a", {"number": 1}, "tester")
    seen: list[tuple[str, str, int]] = []
    last = 0

    async def read(count: int) -> None:
        nonlocal last
        async with aclosing(other.follow(last, poll_seconds=0.01)) as followed:
            async for entry in followed:
                seen.append((entry.session_id, entry.agent, entry.item["number"]))
                last = entry.seq
                if len(seen) == count:
                    return

    await read(1)
    reading = asyncio.create_task(read(3))
    await memory.remember("b", {"number": 2})
    await memory.remember("a", {"number": 3}, "tester")
    await asyncio.wait_for(reading, 30)
    assert seen == [("a", "tester", 1), ("b", "", 2), ("a", "tester", 3)]
    assert [entry.item for entry in await memory.after(0, 10, "a", "tester")] == items(1, 3)


async def test_what_is_not_stored_is_not_remembered(store: SqliteStore) -> None:
    memory = ShortTermMemory(store)
    assert await memory.recall("a") == []
    await store.close()
    with pytest.raises(StoreUnavailableError):
        await memory.remember("a", {"number": 1})
    assert await memory.recall("a") == []


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
