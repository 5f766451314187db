"""Repositories: records come back whole, in order, and never overwrite each other unseen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from memory.errors import DuplicateIdError, RevisionConflictError, SchemaMismatchError
from memory.manager import MemoryManager
from memory.records import (
    AgentLogEntry,
    ConversationTurn,
    Criterion,
    Evidence,
    Requirement,
    RequirementChange,
    Session,
    SpecProposal,
    TestRunSummary,
    Ticket,
    TicketState,
    new_id,
)
from memory.sqlite_store import SqliteStore


def ticket(**fields: Any) -> Ticket:
    return Ticket(**{"id": new_id("tkt"), "repository": "/r", "title": "t", **fields})


def entry(text: str, **fields: Any) -> AgentLogEntry:
    values = {"repository": "/r", "agent": "developer", "kind": "step", **fields}
    return AgentLogEntry(id=new_id("log", 16), text=text, **values)


def turn(text: str, session_id: str = "s") -> ConversationTurn:
    return ConversationTurn(id=new_id("turn"), session_id=session_id, role="user", text=text)


async def test_a_ticket_comes_back_equal(memory: MemoryManager) -> None:
    run = TestRunSummary(
        command="pytest", passed=1, failed=2, errors=0, seconds=0.25, failing=["tests/a.py::b"]
    )
    evidence = Evidence(red_run=run, test_hashes={"tests/test_ä.b.py": "00ff"}, minutes=1.5)
    whole = ticket(
        title="Prüfe 日本 🪚",
        criteria=[Criterion(id="AC-1", text="a\nb", call='f("x")', raises="ValueError")],
        state=TicketState.REVIEW,
        evidence=evidence,
        priority=-3,
    )
    await memory.tickets.insert(whole)
    assert await memory.tickets.get(whole.id) == whole


async def test_a_proposal_comes_back_equal(memory: MemoryManager) -> None:
    after = Requirement(id="REQ-1", title="t", statement="When x, the system shall y.")
    change = RequirementChange(requirement_id="REQ-1", kind="add", after=after)
    proposal = SpecProposal(id="prp-1", repository="/r", request="do", changes=[change])
    await memory.proposals.insert(proposal)
    assert await memory.proposals.find({"repository": "/r"}) == [proposal]


async def test_replace_returns_the_next_revision(memory: MemoryManager) -> None:
    first = await memory.tickets.insert(ticket())
    second = await memory.tickets.replace(first.model_copy(update={"title": "new"}))
    assert (second.revision, second.title) == (1, "new")
    assert second.updated_at >= first.updated_at
    assert await memory.tickets.get(first.id) == second
    assert (await memory.tickets.replace(second)).revision == 2


async def test_a_stale_record_is_not_stored(memory: MemoryManager) -> None:
    read = await memory.tickets.insert(ticket(title="read"))
    await memory.tickets.replace(read.model_copy(update={"title": "theirs"}))
    with pytest.raises(RevisionConflictError, match="Read it again"):
        await memory.tickets.replace(read.model_copy(update={"title": "mine"}))
    stored = await memory.tickets.get(read.id)
    assert stored is not None
    assert stored.title == "theirs"


async def test_a_taken_id_is_refused(memory: MemoryManager) -> None:
    same = await memory.tickets.insert(ticket())
    with pytest.raises(DuplicateIdError):
        await memory.tickets.insert(same)


async def test_a_deleted_record_is_gone(memory: MemoryManager) -> None:
    gone = await memory.tickets.insert(ticket())
    assert await memory.tickets.delete(gone.id)
    assert await memory.tickets.get(gone.id) is None
    with pytest.raises(RevisionConflictError):
        await memory.tickets.replace(gone)


async def test_tickets_stand_by_priority_then_age(memory: MemoryManager) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for title, priority, minutes in [("c", 1, 2), ("a", 5, 9), ("b", 1, 1), ("d", -1, 0)]:
        created = start + timedelta(minutes=minutes)
        await memory.tickets.insert(ticket(title=title, priority=priority, created_at=created))
    await memory.tickets.insert(ticket(title="elsewhere", repository="/other"))
    assert [found.title for found in await memory.tickets.for_repository("/r")] == list("abcd")


async def test_times_sort_by_moment_not_by_spelling(memory: MemoryManager) -> None:
    moment = datetime(2026, 1, 1, 12, tzinfo=UTC)
    later = moment + timedelta(milliseconds=1)
    in_tokyo = (moment - timedelta(seconds=1)).astimezone(timezone(timedelta(hours=9)))
    for created in (later, moment, in_tokyo):
        await memory.tickets.insert(ticket(created_at=created))
    found = await memory.tickets.find(sort=[("created_at", 1)])
    assert [record.created_at for record in found] == [in_tokyo, moment, later]
    assert len(await memory.tickets.find({"created_at": in_tokyo})) == 1


async def test_records_are_found_and_counted_by_enum(memory: MemoryManager) -> None:
    await memory.tickets.insert(ticket(state=TicketState.READY))
    await memory.tickets.insert(ticket())
    found = await memory.tickets.find({"state": TicketState.READY})
    assert [record.state for record in found] == [TicketState.READY]
    assert await memory.tickets.count_by("state") == {"ready": 1, "draft": 1}
    with pytest.raises(ValueError, match="list"):
        await memory.tickets.find({"state": ["ready"]})


async def test_history_keeps_the_order_of_acknowledgement(memory: MemoryManager) -> None:
    turns = [turn(f"t{number}") for number in range(10)]
    for appended in turns:
        await memory.conversations.append(appended)
    await memory.conversations.append(turn("elsewhere", "other"))
    assert await memory.conversations.history("s", 100) == turns
    assert await memory.conversations.history("s", 3) == turns[-3:]
    assert await memory.conversations.history("unknown", 3) == []


async def test_the_latest_session_is_the_one_used_last(memory: MemoryManager) -> None:
    assert await memory.conversations.latest_session("/r") is None
    first = await memory.sessions.insert(Session(id="first", repository="/r"))
    await memory.sessions.insert(Session(id="second", repository="/r"))
    await memory.sessions.insert(Session(id="other", repository="/other"))
    latest = await memory.conversations.latest_session("/r")
    assert latest is not None
    assert latest.id == "second"
    later = first.model_copy(update={"title": "again"})
    await memory.sessions.replace(later)
    latest = await memory.conversations.latest_session("/r")
    assert latest is not None
    assert latest.updated_at >= first.updated_at


async def test_the_log_returns_the_newest_entries_oldest_first(memory: MemoryManager) -> None:
    for number in range(5):
        await memory.log.append(entry(f"e{number}", ticket_id="tkt-1" if number % 2 else None))
    await memory.log.append(entry("elsewhere", repository="/other"))
    assert [found.text for found in await memory.log.recent("/r", 2)] == ["e3", "e4"]
    of_ticket = await memory.log.recent("/r", 10, ticket_id="tkt-1")
    assert [found.text for found in of_ticket] == ["e1", "e3"]


async def test_log_figures_come_back_equal(memory: MemoryManager) -> None:
    written = entry("ä", data={"tokens": 3, "rate": 0.5, "none": None, "nested": {"a.b": [1]}})
    await memory.log.append(written)
    assert await memory.log.recent("/r", 1) == [written]


async def test_a_record_of_another_form_is_named(memory: MemoryManager, store: SqliteStore) -> None:
    from memory.medium_term.tickets import TicketRepository

    document = {"id": "tkt-1", "revision": 0, "repository": "/r", "from_the_future": 1}
    await store.insert("tickets", document)
    with pytest.raises(SchemaMismatchError, match=r"tkt-1.*from_the_future.*newer Tenon"):
        await TicketRepository(store).get("tkt-1")
