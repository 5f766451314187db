"""What every document store guarantees for capped logs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from memory.database import DocumentStore, LogEntry
from memory.schema import LOGS


@pytest.fixture
def ten_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bound the agent log to ten entries; to be asked for before the store."""
    monkeypatch.setitem(LOGS, "agent_log", replace(LOGS["agent_log"], max_entries=10))


@pytest.fixture
def ten_thousand_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LOGS, "agent_log", replace(LOGS["agent_log"], max_bytes=10_000))


async def append(store: DocumentStore, *texts: str, ticket_id: str | None = None) -> list[int]:
    return [
        await store.append("agent_log", {"repository": "/r", "ticket_id": ticket_id, "text": text})
        for text in texts
    ]


def texts(entries: list[LogEntry]) -> list[str]:
    return [entry.document["text"] for entry in entries]


async def test_entries_come_back_in_order_with_rising_numbers(store: DocumentStore) -> None:
    numbers = await append(store, "ä", "b", "c")
    entries = await store.after("agent_log", 0, 10)
    assert texts(entries) == ["ä", "b", "c"]
    assert [entry.seq for entry in entries] == numbers == sorted(set(numbers))


async def test_after_pages_forward_without_gap_or_repetition(store: DocumentStore) -> None:
    await append(store, *"abcde")
    seen: list[str] = []
    seq = 0
    while entries := await store.after("agent_log", seq, 2):
        seen += texts(entries)
        seq = entries[-1].seq
    assert seen == list("abcde")


async def test_newest_returns_the_last_entries_oldest_first(store: DocumentStore) -> None:
    await append(store, *"abcde")
    assert texts(await store.newest("agent_log", 2)) == ["d", "e"]
    assert await store.newest("agent_log", 0) == []


async def test_entries_are_filtered_by_declared_fields(store: DocumentStore) -> None:
    await append(store, "a", "b")
    await append(store, "c", ticket_id="tkt-1")
    await append(store, "d")
    where = {"repository": "/r", "ticket_id": "tkt-1"}
    assert texts(await store.newest("agent_log", 5, where)) == ["c"]
    assert texts(await store.after("agent_log", 0, 5, {"ticket_id": None})) == ["a", "b", "d"]
    with pytest.raises(ValueError, match="text"):
        await store.newest("agent_log", 5, {"text": "a"})
    with pytest.raises(ValueError, match="not declared"):
        await store.append("tickets", {})


async def test_the_oldest_entries_leave_when_there_are_too_many(
    ten_entries: None, store: DocumentStore
) -> None:
    numbers = await append(store, *(str(number) for number in range(25)))
    entries = await store.after("agent_log", 0, 100)
    assert texts(entries) == [str(number) for number in range(15, 25)]
    assert [entry.seq for entry in entries] == numbers[15:]


async def test_the_oldest_entries_leave_when_they_are_too_large(
    ten_thousand_bytes: None, store: DocumentStore
) -> None:
    appended = [f"{number:02}" + "ä" * 500 for number in range(40)]
    await append(store, *appended)
    kept = texts(await store.after("agent_log", 0, 100))
    assert sum(len(text.encode()) for text in kept) <= 10_000
    assert len(kept) > 3
    assert kept == appended[-len(kept) :]


async def test_numbers_are_not_used_again_after_reopening(
    ten_entries: None, open_store: Callable[[], Awaitable[DocumentStore]]
) -> None:
    store = await open_store()
    before = await append(store, *(str(number) for number in range(15)))
    await store.close()
    after = await append(await open_store(), "later")
    assert after[0] > max(before)


async def test_eight_tasks_append_without_loss_and_in_one_order(
    ten_entries: None, open_store: Callable[[], Awaitable[DocumentStore]]
) -> None:
    stores = [await open_store() for _ in range(2)]
    numbers = await asyncio.gather(
        *(append(stores[task % 2], *(f"{task}.{step}" for step in range(5))) for task in range(8))
    )
    acknowledged = {
        seq: f"{task}.{step}" for task, seqs in enumerate(numbers) for step, seq in enumerate(seqs)
    }
    assert len(acknowledged) == 40
    entries = await stores[0].after("agent_log", 0, 100)
    newest = sorted(acknowledged)[-10:]
    assert [(entry.seq, entry.document["text"]) for entry in entries] == [
        (seq, acknowledged[seq]) for seq in newest
    ]


async def test_a_reader_never_sees_a_number_before_its_predecessor(
    open_store: Callable[[], Awaitable[DocumentStore]],
) -> None:
    writers = [await open_store() for _ in range(3)]
    reader = await open_store()
    tasks = [asyncio.create_task(append(writer, *"abcdefgh")) for writer in writers]
    followed: list[int] = []
    while len(followed) < 24:
        new = await reader.after("agent_log", followed[-1] if followed else 0, 100)
        followed += [entry.seq for entry in new]
    await asyncio.gather(*tasks)
    assert followed == list(range(followed[0], followed[0] + 24))
