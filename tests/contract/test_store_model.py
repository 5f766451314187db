"""Any sequence of calls has the answers of a model in plain Python, on every backend."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from memory.database import Document, DocumentStore, LogEntry
from memory.errors import DuplicateIdError, RevisionConflictError
from memory.schema import INSERTED, LOGS

_T = TypeVar("_T")
CAP = 4
IDS = st.sampled_from(["a", "b", "c", "ä", "A", "a.b", "$c"])
STATES = st.sampled_from([None, "ready", "merged", "Ready", "é", "e\u0301"])
NUMBERS = st.sampled_from([None, 0, 1, -1, 2**53])
KEYS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=4)
"""Keys of BSON are C strings of UTF-8; no record has others."""
BODIES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner),
    max_leaves=5,
)
SORTS = st.sampled_from([[], [(INSERTED, -1)], [(INSERTED, 1)], [("created_at", 1)]])


class StoreMachine(RuleBasedStateMachine):
    """One store and what it should hold; `backend` is set by the test."""

    backend: Any

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.store: DocumentStore = self.run(self.backend.open())
        self.documents: dict[str, Document] = {}
        """In the order of insertion."""
        self.entries: list[LogEntry] = []

    def run(self, work: Coroutine[Any, Any, _T]) -> _T:
        return self.runner.run(work)

    @initialize()
    def clear(self) -> None:
        for stored in self.run(self.store.page("tickets", 0, 1000)):
            self.run(self.store.delete("tickets", stored.document["id"]))
        for entry in self.run(self.store.newest("agent_log", 1000)):
            self.run(self.store.amend("agent_log", entry.seq, None))

    def teardown(self) -> None:
        self.run(self.store.close())
        self.runner.close()

    @rule()
    def reopen(self) -> None:
        self.run(self.store.close())
        self.store = self.run(self.backend.open())

    @rule(document_id=IDS, state=STATES, priority=NUMBERS, body=BODIES)
    def insert(self, document_id: str, state: Any, priority: Any, body: Any) -> None:
        document = made(document_id, 0, state, priority, body)
        if document_id in self.documents:
            with pytest.raises(DuplicateIdError):
                self.run(self.store.insert("tickets", document))
        else:
            self.run(self.store.insert("tickets", document))
            self.documents[document_id] = document

    @rule(document_id=IDS, revision=st.integers(0, 3), state=STATES, body=BODIES)
    def replace(self, document_id: str, revision: int, state: Any, body: Any) -> None:
        document = made(document_id, revision + 1, state, 1, body)
        stored = self.documents.get(document_id)
        if stored is None or stored["revision"] != revision:
            with pytest.raises(RevisionConflictError):
                self.run(self.store.replace("tickets", document, revision=revision))
        else:
            self.run(self.store.replace("tickets", document, revision=revision))
            self.documents[document_id] = document

    @rule(document_id=IDS, revision=st.integers(0, 5), state=STATES, body=BODIES)
    def put(self, document_id: str, revision: int, state: Any, body: Any) -> None:
        document = made(document_id, revision, state, 0, body)
        stored = self.documents.get(document_id)
        newer = stored is None or stored["revision"] < revision
        assert self.run(self.store.put_all("tickets", [document])) == newer
        if newer:
            self.documents[document_id] = document

    @rule(document_id=IDS, revision=st.none() | st.integers(0, 2))
    def delete(self, document_id: str, revision: int | None) -> None:
        stored = self.documents.get(document_id)
        there = stored is not None and revision in (None, stored["revision"])
        assert self.run(self.store.delete("tickets", document_id, revision=revision)) == there
        if there:
            del self.documents[document_id]

    @rule(state=STATES, sort=SORTS, limit=st.none() | st.integers(0, 3))
    def find(self, state: Any, sort: list[tuple[str, int]], limit: int | None) -> None:
        expected = [d for d in self.documents.values() if d["state"] == state]
        if sort == [(INSERTED, -1)]:
            expected = expected[::-1]
        elif sort == [("created_at", 1)]:
            expected.sort(key=lambda document: str(document["created_at"]))
        expected = expected[: len(expected) if limit is None else limit]
        assert self.run(self.store.find("tickets", {"state": state}, sort, limit)) == expected

    @rule(priority=NUMBERS)
    def count(self, priority: Any) -> None:
        matching = [d["state"] for d in self.documents.values() if d["priority"] == priority]
        expected = {state: matching.count(state) for state in matching}
        where = {"priority": priority}
        assert self.run(self.store.count_by("tickets", "state", where)) == expected

    @rule(ticket_id=STATES, body=BODIES)
    def append(self, ticket_id: Any, body: Any) -> None:
        document = {"repository": "/r", "ticket_id": ticket_id, "body": body}
        seq = self.run(self.store.append("agent_log", document))
        assert not self.entries or seq > self.entries[-1].seq
        self.entries.append(LogEntry(seq, document))

    @rule(back=st.integers(1, CAP + 1), body=st.none() | BODIES)
    def amend(self, back: int, body: Any) -> None:
        """Of an entry that is there or has left."""
        if back > len(self.entries):
            return
        old = self.entries[-back]
        document = None if body is None else {"repository": "/r", "ticket_id": "x", "body": body}
        there = old in self.run(self.store.after("agent_log", 0, 1000))
        assert self.run(self.store.amend("agent_log", old.seq, document)) == there
        if document is None:
            self.entries.remove(old)
        elif there:
            self.entries[-back] = replace(old, document=document)

    @rule(ticket_id=STATES, skip=st.integers(0, CAP), limit=st.integers(1, CAP))
    def read_log(self, ticket_id: Any, skip: int, limit: int) -> None:
        where = {"ticket_id": ticket_id}
        kept = [e for e in self.kept() if e.document["ticket_id"] == ticket_id]
        assert self.run(self.store.newest("agent_log", limit, where)) == kept[-limit:]
        seq = kept[skip].seq if skip < len(kept) else 0
        later = [e for e in kept if e.seq > seq][:limit]
        assert self.run(self.store.after("agent_log", seq, limit, where)) == later

    @invariant()
    def holds_the_same(self) -> None:
        stored = self.run(self.store.page("tickets", 0, 1000))
        assert [s.document for s in stored] == list(self.documents.values())
        assert self.run(self.store.size("tickets")).records == len(self.documents)
        self.kept()

    def kept(self) -> list[LogEntry]:
        """The entries that are there: the newest, and at most as many as the log may hold."""
        kept = self.run(self.store.after("agent_log", 0, 1000))
        assert kept == self.entries[len(self.entries) - len(kept) :]
        assert len(kept) <= CAP
        assert self.run(self.store.size("agent_log")).records == len(kept)
        last = [entry.seq for entry in self.entries[-1:]]
        assert [entry.seq for entry in kept[-1:]] == last
        return kept


def made(document_id: str, revision: int, state: Any, priority: Any, body: Any) -> Document:
    return {
        "id": document_id,
        "revision": revision,
        "state": state,
        "priority": priority,
        "body": body,
        "created_at": f"{len(str(body)):04}",
    }


def test_a_store_answers_like_the_model(backend: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LOGS, "agent_log", replace(LOGS["agent_log"], max_entries=CAP))
    machine = type("Machine", (StoreMachine,), {"backend": backend})
    examples = 8 if backend.address.startswith("mongodb") else 40
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=30,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
