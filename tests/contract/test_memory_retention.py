"""Old records leave; what work depends on stays, whatever the limits say."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memory.database import DocumentStore
from memory.manager import MemoryManager
from memory.medium_term.codec import to_document
from memory.records import (
    ConversationTurn,
    Evidence,
    Record,
    RequirementChange,
    Session,
    SpecProposal,
    SpecVersion,
    Ticket,
    TicketRun,
    TicketState,
    utc_now,
)
from memory.retention import Dropped, RetentionLimits, _Aged, _choose, describe, retain

NOTHING = RetentionLimits(days=0.001, records=0, bytes=0)
OPEN_STATES = [s for s in TicketState if s not in (TicketState.MERGED, TicketState.REJECTED)]


def aged(days: float) -> dict[str, datetime]:
    then = utc_now() - timedelta(days=days)
    return {"created_at": then, "updated_at": then}


async def add(store: DocumentStore, collection: str, *records: Record) -> None:
    for record in records:
        await store.insert(collection, to_document(record))


async def ids(store: DocumentStore, collection: str) -> list[str]:
    return [document["id"] for document in await store.find(collection)]


def ticket(name: str, state: TicketState, days: float = 999, **fields: Any) -> Ticket:
    return Ticket(id=name, repository="/r", title=name, state=state, **aged(days), **fields)


async def test_records_leave_by_age_number_and_bytes_oldest_first(store: DocumentStore) -> None:
    for number in range(10):
        turn = ConversationTurn(
            id=f"t{number}", session_id="s", role="user", text="x" * 1000, **aged(100 - number)
        )
        await add(store, "conversations", turn)
    by_age = await retain(store, RetentionLimits(days=98.5), dry_run=True)
    assert by_age["conversations"].records == {"age": 2}
    assert len(await ids(store, "conversations")) == 10

    report = await retain(store, RetentionLimits(days=98.5, records=7, bytes=6 * 1250))

    dropped = report["conversations"]
    assert dropped.records == {"age": 2, "number": 1, "bytes": 1}
    assert 4 * 1100 < dropped.bytes < 4 * 1300
    assert await ids(store, "conversations") == [f"t{number}" for number in range(4, 10)]
    assert dropped.until[:10] == f"{utc_now() - timedelta(days=97):%Y-%m-%d}"
    [line] = describe(report)
    assert line.startswith("conversations: 4 dropped (2 by age, 1 by number, 1 by bytes; ")


async def test_work_that_is_not_over_is_never_dropped(store: DocumentStore) -> None:
    for state in TicketState:
        await add(store, "tickets", ticket(state.value, state))
    await add(
        store,
        "tickets",
        ticket("awaited", TicketState.MERGED),
        ticket("waiting", TicketState.READY, dependencies=["awaited"], proposal_id="of-waiting"),
        ticket("merging", TicketState.MERGED, pending_merge="abc"),
        ticket("rebasing", TicketState.REJECTED, pending_rebase=Evidence()),
    )
    change = RequirementChange(requirement_id="REQ-1", kind="add")
    for name, status in (("open", "pending"), ("closed", "rejected"), ("of-waiting", "accepted")):
        changes = [change.model_copy(update={"status": status})]
        proposal = SpecProposal(id=name, repository="/r", request="x", changes=changes, **aged(999))
        await add(store, "proposals", proposal)
    for name in ("waiting", "merged"):
        run = TicketRun(
            id=f"run-{name}", repository="/r", ticket_id=name, outcome="review", **aged(999)
        )
        await add(store, "runs", run)

    report = await retain(store, NOTHING)

    kept = {*(state.value for state in OPEN_STATES), "awaited", "waiting", "merging", "rebasing"}
    assert set(await ids(store, "tickets")) == kept
    assert report["tickets"].in_use == len(kept)
    assert report["tickets"].records == {"age": 2}
    assert await ids(store, "proposals") == ["open", "of-waiting"]
    assert await ids(store, "runs") == ["run-waiting"]


async def test_the_current_version_of_each_spec_stays(store: DocumentStore) -> None:
    for number, path in enumerate(["a.md", "b.md", "a.md", "a.md"]):
        version = SpecVersion(
            id=f"v{number}", repository="/r", path=path, text="x", **aged(500 - number)
        )
        await add(store, "spec_versions", version)
    await retain(store, NOTHING)
    assert await ids(store, "spec_versions") == ["v1", "v3"]


async def test_a_session_stays_while_it_has_turns_or_is_gone_on_with(
    store: DocumentStore,
) -> None:
    for number, name in enumerate(("talked", "silent", "latest")):
        session = Session(id=name, repository="/r", **aged(900 - number))
        await add(store, "sessions", session)
    turn = ConversationTurn(id="t", session_id="talked", role="user", text="x", **aged(1))
    await add(store, "conversations", turn)
    await retain(store, RetentionLimits(days=30))
    assert await ids(store, "sessions") == ["talked", "latest"]


async def test_what_is_not_a_matter_of_retention_stays(store: DocumentStore) -> None:
    await store.insert("model_cards", {"id": "card", "revision": 0, "updated_at": "2001"})
    await store.append("agent_log", {"text": "x"})
    await retain(store, NOTHING)
    assert await ids(store, "model_cards") == ["card"]
    assert len(await store.newest("agent_log", 5)) == 1


async def test_a_ticket_that_is_taken_up_again_meanwhile_stays(
    store: DocumentStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add(store, "tickets", ticket("t", TicketState.REJECTED))
    delete = store.delete

    async def taken_up_first(name: str, document_id: str, *, revision: int | None = None) -> bool:
        again = to_document(ticket("t", TicketState.READY, revision=1))
        await store.replace("tickets", again, revision=0)
        return await delete(name, document_id, revision=revision)

    monkeypatch.setattr(store, "delete", taken_up_first)
    report = await retain(store, NOTHING)
    assert await ids(store, "tickets") == ["t"]
    assert "tickets" not in report


@given(
    st.lists(st.tuples(st.integers(0, 800), st.integers(1, 50), st.booleans()), max_size=30),
    st.integers(0, 20),
    st.integers(0, 500),
    st.integers(1, 700),
)
@settings(suppress_health_check=list(HealthCheck), deadline=None)
def test_as_much_leaves_as_the_limits_ask_for_and_no_more(
    records: list[tuple[int, int, bool]], most: int, size: int, days: int
) -> None:
    now = utc_now()

    def moment(age: float) -> str:
        return (now - timedelta(days=age)).isoformat(timespec="milliseconds")

    all_ = [
        _Aged(str(i), 0, moment(age), bytes_, in_use)
        for i, (age, bytes_, in_use) in enumerate(records)
    ]
    dropped = Dropped()
    limits = RetentionLimits(days=days + 0.5, records=most, bytes=size)
    gone = {record.document_id for record, _ in _choose(all_, limits, dropped)}
    kept = [record for record in all_ if record.document_id not in gone]
    free = [record for record in kept if not record.in_use]
    assert not any(record.in_use for record in all_ if record.document_id in gone)
    assert all(record.changed >= moment(days + 1) for record in free)
    within = len(kept) <= most and sum(record.bytes for record in kept) <= size
    assert within or not free
    # Whoever left alone could not have stayed with those that did.
    for record in all_:
        if record.document_id in gone and record.changed > moment(days):
            younger = [r for r in all_ if r.changed >= record.changed or r in kept]
            over = len(younger) > most or sum(r.bytes for r in younger) > size
            assert over


async def test_tidying_is_told_in_the_log_and_done_once_a_day(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    memory = await MemoryManager.open(tmp_path)
    await memory.tickets.insert(ticket("old", TicketState.MERGED))
    await memory.tidy_daily(RetentionLimits())
    assert "Retention: tickets: 1 dropped (1 by age" in caplog.text
    [chore] = await memory.housekeeping.recent(5, "retention")
    assert chore.data["tickets"]["records"] == {"age": 1}
    await memory.tickets.insert(ticket("old2", TicketState.MERGED))
    await memory.tidy_daily(RetentionLimits())
    assert await memory.tickets.get("old2") is not None
    await memory.tidy(RetentionLimits())
    assert await memory.tickets.get("old2") is None
    await memory.close()
