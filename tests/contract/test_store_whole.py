"""What every document store guarantees for moving, measuring and clearing whole collections."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from memory.database import Document, DocumentStore, LogEntry, Size


def ticket(document_id: str, revision: int = 0, **fields: Any) -> Document:
    return {"id": document_id, "revision": revision, "repository": "/r", "priority": 0, **fields}


def texts(entries: list[LogEntry]) -> list[str]:
    return [entry.document["text"] for entry in entries]


async def test_put_inserts_and_replaces_lower_revisions_alone(store: DocumentStore) -> None:
    assert await store.put_all("tickets", [ticket("tkt-1", 3, title="third")])
    assert not await store.put_all("tickets", [ticket("tkt-1", 3, title="also third")])
    assert not await store.put_all("tickets", [ticket("tkt-1", 2, title="second")])
    assert await store.get("tickets", "tkt-1") == ticket("tkt-1", 3, title="third")
    assert await store.put_all("tickets", [ticket("tkt-1", 5, priority=9)])
    assert await store.find("tickets", {"priority": 9}) == [ticket("tkt-1", 5, priority=9)]


async def test_what_is_put_together_keeps_its_order_around_what_was_there(
    store: DocumentStore,
) -> None:
    await store.insert("tickets", ticket("c"))
    await store.insert("tickets", ticket("e", 7))
    documents = [ticket(name, 1) for name in "bacdeg"]
    assert await store.put_all("tickets", documents) == 5
    found = [document["id"] for document in await store.find("tickets")]
    assert found == list("cebadg")
    assert await store.put_all("tickets", documents) == 0
    assert await store.put_all("tickets", []) == 0


async def test_of_racing_puts_the_highest_revision_stays(
    open_store: Callable[[], Awaitable[DocumentStore]],
) -> None:
    stores = [await open_store() for _ in range(3)]
    revisions = [4, 1, 6, 2, 5, 3, 0, 6, 4]
    await asyncio.gather(
        *(stores[i % 3].put_all("tickets", [ticket("tkt-1", r)]) for i, r in enumerate(revisions))
    )
    assert await stores[0].get("tickets", "tkt-1") == ticket("tkt-1", 6)


async def test_a_document_that_has_moved_on_is_not_deleted(store: DocumentStore) -> None:
    await store.insert("tickets", ticket("tkt-1", 1))
    assert not await store.delete("tickets", "tkt-1", revision=0)
    assert await store.get("tickets", "tkt-1") is not None
    assert await store.delete("tickets", "tkt-1", revision=1)
    assert await store.get("tickets", "tkt-1") is None


async def test_pages_meet_every_document_once_while_others_come_and_go(
    store: DocumentStore,
) -> None:
    for number in range(7):
        await store.insert("tickets", ticket(f"t{number}"))
    seen: list[str] = []
    position = 0
    while page := await store.page("tickets", position, 2):
        seen += [stored.document["id"] for stored in page]
        position = page[-1].position
        await store.delete("tickets", "t0")
        await store.replace("tickets", ticket("t6", 1), revision=0) if len(seen) == 2 else None
        await store.insert("tickets", ticket("late")) if len(seen) == 4 else None
    assert seen == [*(f"t{number}" for number in range(7)), "late"]


async def test_sizes_count_records_and_their_bytes(store: DocumentStore) -> None:
    assert await store.size("tickets") == await store.size("agent_log") == Size(0, 0)
    await store.insert("tickets", ticket("a", text="ä" * 1000))
    await store.insert("tickets", ticket("b"))
    await store.append("agent_log", {"text": "ä" * 1000})
    tickets, log = await store.size("tickets"), await store.size("agent_log")
    assert (tickets.records, log.records) == (2, 1)
    assert 2000 < tickets.bytes < 2600
    assert 2000 < log.bytes < 2200
    with pytest.raises(ValueError, match="not declared"):
        await store.size("nothing")


async def test_an_entry_of_a_log_is_replaced_or_taken_out_and_the_others_stay(
    store: DocumentStore,
) -> None:
    numbers = [await store.append("agent_log", {"repository": "/r", "text": t}) for t in "abcd"]
    assert await store.amend("agent_log", numbers[1], {"repository": "/q", "text": "longer text"})
    assert await store.amend("agent_log", numbers[2], None)
    assert not await store.amend("agent_log", numbers[2], None)
    assert not await store.amend("agent_log", numbers[2], {"text": "again"})
    entries = await store.after("agent_log", 0, 10)
    assert texts(entries) == texts(await store.newest("agent_log", 10)) == ["a", "longer text", "d"]
    assert texts(await store.newest("agent_log", 2)) == ["longer text", "d"]
    assert texts(await store.newest("agent_log", 9, {"repository": "/q"})) == ["longer text"]
    assert (await store.size("agent_log")).records == 3
    assert await store.append("agent_log", {"text": "e"}) > numbers[-1]


async def test_amended_logs_stay_within_their_bounds(store: DocumentStore) -> None:
    numbers = [await store.append("agent_log", {"text": "x" * 100}) for _ in range(3)]
    before = await store.size("agent_log")
    await store.amend("agent_log", numbers[0], None)
    await store.amend("agent_log", numbers[1], {"text": "x" * 50})
    after = await store.size("agent_log")
    one = before.bytes // 3
    assert after.bytes == 2 * one - 50


async def test_erasing_keeps_what_is_stored(store: DocumentStore) -> None:
    await store.insert("tickets", ticket("kept"))
    await store.insert("tickets", ticket("gone"))
    number = await store.append("agent_log", {"text": "kept"})
    await store.delete("tickets", "gone")
    await store.erase()
    await store.insert("tickets", ticket("later"))
    assert [document["id"] for document in await store.find("tickets")] == ["kept", "later"]
    assert await store.append("agent_log", {"text": "later"}) == number + 1
