"""What is made forgotten is nowhere any more, and nothing else is harmed."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from memory import sqlite_file
from memory.chunking.chunk import Chunk
from memory.errors import ForgetError, RevisionConflictError, StoreUnavailableError
from memory.long_term.lessons import Lesson
from memory.manager import MemoryManager
from memory.records import (
    AcceptanceTest,
    AgentLogEntry,
    ConversationTurn,
    Evidence,
    Requirement,
    RequirementChange,
    Session,
    SpecProposal,
    SpecVersion,
    Ticket,
    TicketRun,
)
from memory.redaction import MARK
from memory.schema import COLLECTIONS, LOGS
from memory.whole_store import all_documents, all_entries
from tests.unit.memory.long_term.conftest import WordEmbedder

SECRET = 'hunter2-"Ä🪚\\x\nend'
WORDS = "please make the sign-in shorter"


@pytest.fixture
async def memory(backend: Any, tmp_path: Path) -> Any:
    uri = backend.address if backend.address.startswith("mongodb") else None
    opened = await MemoryManager.open(tmp_path, mongodb_uri=uri, embedder=WordEmbedder())
    yield opened
    await opened.close()


async def fill(memory: MemoryManager, secret: str) -> None:
    """The secret in every collection and log, in text, lists, keys and JSON inside a text."""
    change = RequirementChange(
        requirement_id="REQ-1",
        kind="add",
        after=Requirement(id="REQ-1", title="t", statement="s", source=f"use {secret} then"),
    )
    evidence = Evidence(review=f"has {secret}", test_hashes={f"tests/{secret}.py": "ab"})
    await memory.sessions.insert(Session(id="ses-1", repository="/r", title=f"say {secret}"))
    for number, text in enumerate((f"my key is {secret}", "no key here", f"{secret}{secret}")):
        turn = ConversationTurn(id=f"trn-{number}", session_id="ses-1", role="user", text=text)
        await memory.conversations.append(turn)
    await memory.proposals.insert(
        SpecProposal(id="prp-1", repository="/r", request=f"with {secret}", changes=[change])
    )
    await memory.spec_versions.insert(
        SpecVersion(id="spv-1", repository="/r", path="docs/spec.md", text=f"# {secret}\n")
    )
    test = AcceptanceTest(path="test_a.py", text=f"assert f() == '{secret}'")
    ticket = Ticket(
        id="tkt-1", repository="/r", title=secret, feedback=[secret], acceptance_tests=[test]
    )
    await memory.tickets.insert(ticket)
    await memory.runs.insert(
        TicketRun(id="run-1", repository="/r", ticket_id="t", outcome="review", evidence=evidence)
    )
    await memory.log.append(
        AgentLogEntry(
            id="log-1",
            repository="/r",
            agent="developer",
            kind="step",
            text=f"tried {secret}",
            data={"nested": [{"text": secret}], "json": ConversationTurn.model_dump_json(turn)},
        )
    )
    await memory.short_term.remember("tkt-1", {"progress": secret}, "developer")
    await memory.snippets.add("/r", "a.py", "f", f"KEY = '{secret}'", "tkt-1")
    await memory.snippets.add("/r", "a.py", "g", "HARMLESS = 1", "tkt-1")
    await memory.lessons.add(Lesson("/r", "tkt-1", "f", "failed", f"use {secret}", "Use the key."))
    chunk = Chunk("src/a.py", "python", "function", "f", f'key = "{secret}"', 1, 1)
    await memory.code.replace_file("/r", "src/a.py", "c1", [chunk])


async def stored_text(memory: MemoryManager) -> str:
    store = memory._store
    documents = [
        s.document for n in COLLECTIONS for s in [x async for x in all_documents(store, n)]
    ]
    entries = [e.document for n in LOGS for e in [x async for x in all_entries(store, n)]]
    return repr(documents) + repr(entries)


@pytest.mark.parametrize("secret", ["s3cret-word-4711", SECRET])
async def test_a_secret_is_forgotten_in_every_collection_log_and_cache(
    memory: MemoryManager, secret: str
) -> None:
    await fill(memory, secret)
    await memory.short_term.recall("tkt-1", "developer")
    found = await memory.forget_text(secret, dry_run=True)
    assert await memory.tickets.get("tkt-1") is not None
    assert secret[:8] in await stored_text(memory)

    done = await memory.forget_text(f" {secret}\n")

    names = {"sessions", "conversations", "proposals", "spec_versions", "tickets", "runs"}
    assert set(done.changed) == {*names, "agent_log", "working_set"}
    assert done.deleted == {"snippets": 1, "lessons": 1, "code_chunks": 1}
    assert (done.changed, done.deleted) == (found.changed, found.deleted)
    assert done.changed["conversations"] == 2
    assert secret[:8] not in await stored_text(memory)
    assert await memory.short_term.recall("tkt-1", "developer") == [{"progress": MARK}]
    assert [snippet.symbol for snippet in await memory.snippets.search("key harmless", 9)] == ["g"]
    assert await memory.lessons.search("use the key", 9) == []
    assert await memory.code.search("key", 9) == []
    history = await memory.conversations.history("ses-1", 9)
    assert [turn.text for turn in history] == [f"my key is {MARK}", "no key here", MARK + MARK]
    assert [entry.text for entry in await memory.log.recent("/r", 9)] == [f"tried {MARK}"]
    chores = await memory.housekeeping.recent(5, "forget")
    assert [chore.data["changed"]["tickets"] for chore in chores] == [1]
    assert (await memory.forget_text(secret)).total == 0


@pytest.mark.parametrize("secret", ["s3cret-word-4711", SECRET])
async def test_no_file_holds_a_forgotten_secret(tmp_path: Path, secret: str) -> None:
    memory = await MemoryManager.open(tmp_path, embedder=WordEmbedder())
    part = secret.split('"', maxsplit=1)[0].encode()
    for number in range(40):  # over pages of its own, and freed ones
        ticket = Ticket(id=f"t{number}", repository="/r", title="x", note=f"{secret} " * 300)
        await memory.tickets.insert(ticket)
    await fill(memory, secret)
    for number in range(0, 40, 3):
        await memory.tickets.delete(f"t{number}")
    for place in ("tenon.sqlite3*", "*/turns.sqlite3*", "snippets/*", "lessons/*", "code/*"):
        files = [path for path in tmp_path.glob(place) if path.is_file()]
        assert any(part in path.read_bytes() for path in files), place
    for table in ("snippets", "lessons", "code"):
        files = [path for path in (tmp_path / table / "lance").rglob("*") if path.is_file()]
        assert any(part in path.read_bytes() for path in files), table

    done = await memory.forget_text(secret)

    assert done.erased
    assert_no_file_holds(tmp_path, part)
    await memory.close()


async def test_a_program_that_still_has_a_secret_cannot_write_it_back(
    memory: MemoryManager,
) -> None:
    await fill(memory, "s3cret-word")
    held = await memory.tickets.get("tkt-1")
    assert held is not None
    await memory.forget_text("s3cret-word")
    with pytest.raises(RevisionConflictError):
        await memory.tickets.replace(held)


async def test_a_record_that_is_changed_meanwhile_is_forgotten_in_its_newest_form(
    memory: MemoryManager,
) -> None:
    await memory.tickets.insert(Ticket(id="tkt-1", repository="/r", title="s3cret-word 0"))
    stop = asyncio.Event()

    async def keep_changing() -> int:
        count = 0
        while not stop.is_set():
            ticket = await memory.tickets.get("tkt-1")
            assert ticket is not None
            try:
                await memory.tickets.replace(ticket.model_copy(update={"priority": count}))
            except RevisionConflictError:
                continue
            count += 1
            await asyncio.sleep(0.003)
        return count

    changing = asyncio.create_task(keep_changing())
    await asyncio.sleep(0.02)
    await memory.forget_text("s3cret-word")
    stop.set()
    assert await changing > 0
    ticket = await memory.tickets.get("tkt-1")
    assert ticket is not None
    assert ticket.title == f"{MARK} 0"


async def test_a_conversation_is_forgotten_with_what_others_quote_of_it(
    memory: MemoryManager,
) -> None:
    for session_id, words in (("ses-1", WORDS), ("ses-2", "something else entirely")):
        await memory.sessions.insert(Session(id=session_id, repository="/r", title=words[:60]))
        for number, text in enumerate((words, "yes")):
            turn = ConversationTurn(
                id=f"{session_id}-{number}", session_id=session_id, role="user", text=text
            )
            await memory.conversations.append(turn)
        await memory.short_term.remember(session_id, {"text": words}, "project_manager")
    entry = AgentLogEntry(
        id="log-1", repository="/r", agent="pm", kind="message", text=f"→ spec_builder: {WORDS}"
    )
    await memory.log.append(entry)
    await memory.proposals.insert(
        SpecProposal(id="prp-1", repository="/r", request=WORDS, changes=[])
    )
    await memory.tickets.insert(Ticket(id="tkt-1", repository="/r", title="say yes"))
    await memory.snippets.add("/r", "a.py", "f", f"# {WORDS}", "tkt-1")
    found = await memory.forget_conversation("ses-1", dry_run=True)
    assert WORDS in await stored_text(memory)

    done = await memory.forget_conversation("ses-1")

    assert done.deleted == {"sessions": 1, "conversations": 2, "working_set": 1, "snippets": 1}
    assert done.changed == {"agent_log": 1, "proposals": 1}
    assert (found.deleted, found.changed) == (done.deleted, done.changed)
    assert WORDS not in await stored_text(memory)
    assert await memory.conversations.history("ses-1", 9) == []
    assert [turn.text for turn in await memory.conversations.history("ses-2", 9)] == [
        "something else entirely",
        "yes",
    ]
    ticket = await memory.tickets.get("tkt-1")
    assert ticket is not None
    assert ticket.title == "say yes"  # so short a turn is no quotation
    assert await memory.snippets.search(WORDS, 9) == []
    with pytest.raises(ForgetError, match=r"no conversation ses-1.*tenon memory sessions"):
        await memory.forget_conversation("ses-1")


async def test_what_would_break_records_is_refused_and_nothing_is_changed(
    memory: MemoryManager,
) -> None:
    await fill(memory, "s3cret-word")
    before = await stored_text(memory)
    with pytest.raises(ForgetError, match="Tenon itself writes"):
        await memory.forget_text("pending")  # a state of changes in proposals
    with pytest.raises(ForgetError, match="at least 4 characters"):
        await memory.forget_text(" abc ")
    assert await stored_text(memory) == before


async def test_fields_that_records_are_found_by_stay_and_are_told(memory: MemoryManager) -> None:
    await memory.tickets.insert(Ticket(id="tkt-1", repository="/home/anna", title="for anna"))
    done = await memory.forget_text("anna")
    assert (done.kept["tickets"], done.changed["tickets"]) == (1, 1)
    assert [t.title for t in await memory.tickets.for_repository("/home/anna")] == [f"for {MARK}"]


async def test_a_secret_leaves_the_files_also_beside_another_open_tenon(tmp_path: Path) -> None:
    memory, other = [await MemoryManager.open(tmp_path) for _ in range(2)]
    await fill(memory, "s3cret-word")
    assert len(await other.tickets.for_repository("/r")) == 1
    done = await memory.forget_text("s3cret-word")
    assert done.erased
    assert_no_file_holds(tmp_path, b"s3cret-word")
    assert [t.title for t in await other.tickets.for_repository("/r")] == [MARK]
    for opened in (memory, other):
        await opened.close()


async def test_files_that_could_not_be_cleared_are_told_and_cleared_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_file, "BUSY_SECONDS", 0.1)
    memory = await MemoryManager.open(tmp_path)
    await fill(memory, "s3cret-word")
    with closing(sqlite3.connect(tmp_path / "tenon.sqlite3", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM tickets").fetchone()
        with pytest.raises(StoreUnavailableError, match=r"Another Tenon.*repeat the command"):
            await memory.forget_text("s3cret-word")
        reader.execute("ROLLBACK")
    assert (await memory.forget_text("s3cret-word")).total == 0
    assert_no_file_holds(tmp_path, b"s3cret-word")
    await memory.close()


def assert_no_file_holds(folder: Path, part: bytes) -> None:
    for path in (path for path in folder.rglob("*") if path.is_file()):
        assert part not in path.read_bytes(), path
