"""The manager opens every tier, keeps what it was given, and shuts down cleanly."""

from __future__ import annotations

from pathlib import Path

import pytest

from memory.chunking.chunk import Chunk
from memory.embeddings import MiniLmEmbedder
from memory.errors import ForgetError, StoreUnavailableError
from memory.long_term.lessons import Lesson
from memory.manager import MemoryManager
from memory.records import Session, Ticket
from memory.retention import RetentionLimits


async def test_every_tier_survives_a_restart(tmp_path: Path, embedder: MiniLmEmbedder) -> None:
    ticket = Ticket(id="tkt-1", repository="/r", title="t")
    memory = await MemoryManager.open(tmp_path, embedder=embedder)
    await memory.tickets.insert(ticket)
    await memory.short_term.remember("s", {"step": 1})
    await memory.snippets.add("/r", "a.py", "f", "def f(): ...", "tkt-1")
    lesson = Lesson("/r", "tkt-1", "f", "it failed", "it was mended", "Mend it.")
    await memory.lessons.add(lesson)
    chunk = Chunk("a.py", "python", "function", "f", "def f(): ...", 1, 1)
    await memory.code.replace_file("/r", "a.py", "c1", [chunk])
    await memory.close()

    memory = await MemoryManager.open(tmp_path, embedder=embedder)
    assert await memory.tickets.get("tkt-1") == ticket
    assert await memory.short_term.recall("s") == [{"step": 1}]
    assert [snippet.symbol for snippet in await memory.snippets.search("f", 5)] == ["f"]
    assert await memory.lessons.search("mend", 5) == [lesson]
    assert [hit.chunk for hit in await memory.code.search("f", 5)] == [chunk]
    await memory.close()


async def test_two_windows_share_one_folder(tmp_path: Path) -> None:
    first, second = [await MemoryManager.open(tmp_path) for _ in range(2)]
    await first.sessions.insert(Session(id="s", repository="/r"))
    found = await second.conversations.latest_session("/r")
    assert found is not None
    assert found.id == "s"
    await first.close()
    await second.close()


async def test_a_closed_manager_says_so_and_closes_twice(tmp_path: Path) -> None:
    memory = await MemoryManager.open(tmp_path)
    await memory.close()
    await memory.close()
    with pytest.raises(StoreUnavailableError, match="closed"):
        await memory.tickets.for_repository("/r")


async def test_folders_that_cannot_be_used_close_no_door(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("snippets", "lessons", "code"):
        (tmp_path / name).write_text("not a folder")
    memory = await MemoryManager.open(tmp_path)
    await memory.snippets.add("/r", "a.py", "f", "def f(): ...", "tkt-1")
    await memory.lessons.add(Lesson("/r", "tkt-1", "f", "failed", "mended", "Mend it."))
    await memory.code.remove_repository("/r")
    await memory.sync_long_term()
    await memory.tidy(RetentionLimits())
    with pytest.raises(ForgetError, match=r"snippets.*lessons.*code"):
        await memory.forget_text("secret")
    await memory.close()
    assert len(caplog.records) == 3


async def test_closing_turns_snippets_off_without_a_warning(
    tmp_path: Path, embedder: MiniLmEmbedder, caplog: pytest.LogCaptureFixture
) -> None:
    memory = await MemoryManager.open(tmp_path, embedder=embedder)
    await memory.close()
    assert await memory.snippets.search("x", 1) == []
    assert caplog.records == []


async def test_a_mongodb_uri_is_used_instead_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailableError, match="TENON_MONGODB_URI"):
        await MemoryManager.open(tmp_path, mongodb_uri="no-uri")
    assert list(tmp_path.iterdir()) == []
