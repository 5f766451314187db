"""What every document store guarantees for documents."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from memory.database import Document, DocumentStore
from memory.errors import DuplicateIdError, RevisionConflictError, StoreUnavailableError
from memory.schema import INSERTED


def ticket(document_id: str, **fields: Any) -> Document:
    times = {"created_at": "2026-01-01T00:00:00.000+00:00", "updated_at": ""}
    return {"id": document_id, "revision": 0, "repository": "/r", "priority": 0, **times, **fields}


def ids(documents: list[Document]) -> list[str]:
    return [document["id"] for document in documents]


async def test_a_document_comes_back_as_it_was_stored(store: DocumentStore) -> None:
    document = ticket(
        "tkt-1",
        title="Größe prüfen — 日本語 🪚 e\u0301",
        hashes={"tests/test_a.py": "ab", "$odd": 1, "": None, "a.b.c": {"d.e": [1, "x", None]}},
        figures={"seconds": 0.1, "tokens": 2**53, "negative": -1, "yes": True},
        lines="a\r\nb\tc\0d'\"\\",
        empty=[[], {}, ""],
    )
    await store.insert("tickets", document)
    assert await store.get("tickets", "tkt-1") == document


async def test_a_missing_document_is_none(store: DocumentStore) -> None:
    assert await store.get("tickets", "tkt-1") is None


async def test_a_taken_id_is_refused_and_the_first_document_stays(store: DocumentStore) -> None:
    await store.insert("tickets", ticket("tkt-1", title="first"))
    with pytest.raises(DuplicateIdError, match="tkt-1"):
        await store.insert("tickets", ticket("tkt-1", title="second"))
    found = await store.get("tickets", "tkt-1")
    assert found is not None
    assert found["title"] == "first"


async def test_one_id_may_be_used_in_two_collections(store: DocumentStore) -> None:
    await store.insert("tickets", ticket("x-1"))
    await store.insert("sessions", {"id": "x-1", "revision": 0, "repository": "/r"})
    assert await store.get("sessions", "x-1") != await store.get("tickets", "x-1")


async def test_replace_needs_the_stored_revision(store: DocumentStore) -> None:
    await store.insert("tickets", ticket("tkt-1"))
    await store.replace("tickets", ticket("tkt-1", revision=1, title="new"), revision=0)
    with pytest.raises(RevisionConflictError, match="tkt-1"):
        await store.replace("tickets", ticket("tkt-1", revision=1, title="stale"), revision=0)
    found = await store.get("tickets", "tkt-1")
    assert found is not None
    assert (found["revision"], found["title"]) == (1, "new")


async def test_replace_drops_fields_that_are_gone(store: DocumentStore) -> None:
    await store.insert("tickets", ticket("tkt-1", old="x"))
    replacement = ticket("tkt-1", revision=1, **{"dotted.key": "y"})
    await store.replace("tickets", replacement, revision=0)
    assert await store.get("tickets", "tkt-1") == replacement


async def test_replacing_a_deleted_document_is_a_conflict(store: DocumentStore) -> None:
    with pytest.raises(RevisionConflictError):
        await store.replace("tickets", ticket("tkt-1", revision=1), revision=0)
    assert await store.get("tickets", "tkt-1") is None


async def test_delete_says_whether_there_was_one(store: DocumentStore) -> None:
    await store.insert("tickets", ticket("tkt-1"))
    assert await store.delete("tickets", "tkt-1") is True
    assert await store.delete("tickets", "tkt-1") is False
    assert await store.get("tickets", "tkt-1") is None


async def test_find_demands_every_condition(store: DocumentStore) -> None:
    await store.insert("tickets", ticket("a", repository="/r", state="ready", priority=1))
    await store.insert("tickets", ticket("b", repository="/r", state="draft", priority=1))
    await store.insert("tickets", ticket("c", repository="/ä'\"$", state="ready", priority=2))
    assert ids(await store.find("tickets", {"repository": "/r", "state": "ready"})) == ["a"]
    assert ids(await store.find("tickets", {"repository": "/ä'\"$"})) == ["c"]
    assert ids(await store.find("tickets", {"priority": 1})) == ["a", "b"]
    assert ids(await store.find("tickets")) == ["a", "b", "c"]


async def test_none_finds_documents_without_a_value(store: DocumentStore) -> None:
    await store.insert("tickets", ticket("null", state=None))
    await store.insert("tickets", ticket("missing"))
    await store.insert("tickets", ticket("set", state="draft"))
    assert ids(await store.find("tickets", {"state": None})) == ["null", "missing"]


async def test_find_sorts_by_several_keys_and_limits(store: DocumentStore) -> None:
    for document_id, priority, created in [("a", 1, "3"), ("b", 2, "2"), ("c", 2, "1")]:
        document = ticket(document_id, priority=priority, created_at=created)
        await store.insert("tickets", document)
    sort = [("priority", -1), ("created_at", 1)]
    assert ids(await store.find("tickets", {"repository": "/r"}, sort)) == ["c", "b", "a"]
    assert ids(await store.find("tickets", {"repository": "/r"}, sort, 2)) == ["c", "b"]
    assert await store.find("tickets", {"repository": "/r"}, sort, 0) == []


async def test_negative_and_missing_numbers_sort_first(store: DocumentStore) -> None:
    for document_id, priority in [("ten", 10), ("none", None), ("minus", -1), ("two", 2)]:
        await store.insert("tickets", ticket(document_id, priority=priority))
    found = await store.find("tickets", sort=[("priority", 1)])
    assert ids(found) == ["none", "minus", "two", "ten"]


async def test_equals_stand_in_the_order_of_insertion(store: DocumentStore) -> None:
    names = [f"t{number}" for number in range(20)]
    for name in names:
        await store.insert("tickets", ticket(name))
    current = await store.get("tickets", "t3")
    assert current is not None
    await store.replace("tickets", {**current, "revision": 1}, revision=0)
    assert ids(await store.find("tickets")) == names
    assert ids(await store.find("tickets", sort=[("priority", 1)])) == names
    assert ids(await store.find("tickets", sort=[("priority", -1)])) == names[::-1]
    assert ids(await store.find("tickets", sort=[(INSERTED, -1)], limit=2)) == ["t19", "t18"]


async def test_a_replaced_document_is_found_by_its_new_values_only(store: DocumentStore) -> None:
    await store.insert("tickets", ticket("a", state="draft"))
    await store.replace("tickets", ticket("a", revision=1, state="ready"), revision=0)
    assert await store.find("tickets", {"state": "draft"}) == []
    assert ids(await store.find("tickets", {"state": "ready"})) == ["a"]


async def test_count_by_counts_each_value(store: DocumentStore) -> None:
    for number, state in enumerate(["draft", "draft", "ready", None]):
        await store.insert("tickets", ticket(f"t{number}", state=state))
    await store.insert("tickets", ticket("elsewhere", repository="/other", state="draft"))
    counted = await store.count_by("tickets", "state", {"repository": "/r"})
    assert counted == {"draft": 2, "ready": 1, None: 1}
    assert await store.count_by("sessions", "repository") == {}


@pytest.mark.parametrize("name", ["unknown", "agent_log", "tickets; DROP TABLE tickets"])
async def test_an_undeclared_collection_is_refused(store: DocumentStore, name: str) -> None:
    with pytest.raises(ValueError, match="not declared"):
        await store.get(name, "x")
    with pytest.raises(ValueError, match="not declared"):
        await store.insert(name, ticket("x"))


async def test_an_undeclared_field_is_refused(store: DocumentStore) -> None:
    with pytest.raises(ValueError, match="title"):
        await store.find("tickets", {"title": "x"})
    with pytest.raises(ValueError, match="title"):
        await store.find("tickets", sort=[("title", 1)])
    with pytest.raises(ValueError, match="title"):
        await store.count_by("tickets", "title")


async def test_a_second_store_sees_what_the_first_acknowledged(
    open_store: Callable[[], Awaitable[DocumentStore]],
) -> None:
    first, second = await open_store(), await open_store()
    await first.insert("tickets", ticket("tkt-1"))
    assert await second.get("tickets", "tkt-1") == ticket("tkt-1")
    await first.close()
    third = await open_store()
    assert await third.get("tickets", "tkt-1") == ticket("tkt-1")


async def test_a_closed_store_says_so_and_closes_twice(store: DocumentStore) -> None:
    await store.close()
    await store.close()
    with pytest.raises(StoreUnavailableError, match="closed"):
        await store.get("tickets", "tkt-1")
