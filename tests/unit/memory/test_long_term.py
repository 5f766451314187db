"""Snippets are found by meaning; when that fails, by words, and nothing else fails."""

from __future__ import annotations

import asyncio
import logging
import sys
from pathlib import Path

import pytest

from memory.embeddings import Embedder, MiniLmEmbedder
from memory.long_term import SnippetMemory
from tests.unit.memory.long_term.conftest import WordEmbedder

ADD = "def add(a, b):\n    return a + b"
CONNECT = "def connect(host):\n    return socket.create_connection((host, 80))"


async def filled(folder: Path, embedder: Embedder) -> SnippetMemory:
    snippets = SnippetMemory(folder, embedder)
    await snippets.add("/r", "math.py", "add", ADD, "tkt-1")
    await snippets.add("/it's ä", "net.py", "connect", CONNECT, "tkt-2")
    return snippets


async def test_the_closest_snippet_comes_first(tmp_path: Path, embedder: MiniLmEmbedder) -> None:
    snippets = await filled(tmp_path, embedder)
    found = await snippets.search("open a network connection", 5)
    await snippets.close()
    assert [snippet.symbol for snippet in found] == ["connect", "add"]
    best = found[0]
    assert (best.repository, best.path, best.text) == ("/it's ä", "net.py", CONNECT)
    assert best.ticket_id == "tkt-2"


async def test_a_search_may_be_kept_to_one_repository(
    tmp_path: Path, embedder: MiniLmEmbedder
) -> None:
    snippets = await filled(tmp_path, embedder)
    for repository, symbol in (("/r", "add"), ("/it's ä", "connect")):
        found = await snippets.search("anything", 5, repository)
        assert [snippet.symbol for snippet in found] == [symbol]
    assert await snippets.search("anything", 5, "/none' OR '1'='1") == []
    assert len(await snippets.search("anything", 1)) == 1
    assert await snippets.search("anything", 0) == []
    assert await snippets.search("  ", 5) == []
    await snippets.close()


async def test_the_same_snippet_is_kept_once(tmp_path: Path, embedder: MiniLmEmbedder) -> None:
    snippets = await filled(tmp_path, embedder)
    await snippets.add("/r", "math.py", "add", ADD, "tkt-3")
    assert len(await snippets.search("sum", 10)) == 2
    await snippets.add("/r", "math.py", "add", ADD + "  # changed", "tkt-3")
    assert len(await snippets.search("sum", 10)) == 3
    await snippets.close()


async def test_snippets_survive_reopening(tmp_path: Path, embedder: MiniLmEmbedder) -> None:
    await (await filled(tmp_path, embedder)).close()
    reopened = SnippetMemory(tmp_path, embedder)
    assert len(await reopened.search("sum", 10)) == 2
    await reopened.close()


async def test_another_model_finds_what_the_first_one_kept(tmp_path: Path) -> None:
    await (await filled(tmp_path, WordEmbedder("first", 8))).close()
    second = SnippetMemory(tmp_path, WordEmbedder("second", 16))
    await second.sync()
    found = await second.search("connect to a host", 1)
    assert [snippet.symbol for snippet in found] == ["connect"]
    await second.close()


async def test_a_forgotten_snippet_is_on_the_disk_no_more(tmp_path: Path) -> None:
    snippets = await filled(tmp_path, WordEmbedder())
    assert await snippets.count_containing("socket.create", "(host, 80)") == 1
    assert await snippets.forget("socket.create", "(host, 80)") == 1
    assert [snippet.symbol for snippet in await snippets.search("connect or add", 5)] == ["add"]
    assert not holds(tmp_path, b"socket.create")
    await snippets.close()


async def test_what_a_removed_model_has_kept_is_forgotten_without_it(tmp_path: Path) -> None:
    await (await filled(tmp_path, WordEmbedder())).close()
    assert holds(tmp_path / "lance", b"socket.create")
    snippets = SnippetMemory(tmp_path, None)
    assert await snippets.forget("socket.create") == 1
    assert not holds(tmp_path, b"socket.create")
    await snippets.close()
    snippets = SnippetMemory(tmp_path, WordEmbedder())
    await snippets.sync()
    assert [snippet.symbol for snippet in await snippets.search("connect or add", 5)] == ["add"]
    await snippets.close()


async def test_forgetting_reaches_a_damaged_file_that_was_put_aside(tmp_path: Path) -> None:
    (tmp_path / "chunks.sqlite3").write_bytes(b"secret " * 1000)
    snippets = await filled(tmp_path, WordEmbedder())
    assert holds(tmp_path, b"secret ")
    assert await snippets.forget("secret ") == 0
    assert not holds(tmp_path, b"secret ")
    await snippets.close()


def holds(folder: Path, text: bytes) -> bool:
    return any(text in file.read_bytes() for file in folder.rglob("*") if file.is_file())


async def test_windows_that_add_the_same_keep_it_once(tmp_path: Path) -> None:
    windows = [SnippetMemory(tmp_path, WordEmbedder()) for _ in range(3)]
    await asyncio.gather(
        *(
            window.add("/r", "a.py", f"f{number}", "def f(): ...", "tkt-1")
            for number in range(6)
            for window in windows
        )
    )
    for window in windows:
        found = await window.search("def f", 20)
        assert sorted(snippet.symbol for snippet in found) == [f"f{n}" for n in range(6)]
        await window.close()


async def assert_found_by_words_with_one_warning(
    snippets: SnippetMemory, caplog: pytest.LogCaptureFixture, reason: str
) -> None:
    for _ in range(2):
        await snippets.add("/r", "a.py", "f", "def f(): ...", "tkt-1")
        found = await snippets.search("f", 5)
        assert [(snippet.path, snippet.symbol) for snippet in found] == [("a.py", "f")]
    await snippets.close()
    assert_one_warning(caplog, reason)


def assert_one_warning(caplog: pytest.LogCaptureFixture, reason: str) -> None:
    warnings = [line for line in caplog.records if line.levelno >= logging.WARNING]
    assert len(warnings) == 1
    assert reason in warnings[0].getMessage()


async def test_without_an_embedder_words_find(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await assert_found_by_words_with_one_warning(
        SnippetMemory(tmp_path, None), caplog, "tenon models pull minilm-l6-v2-int8"
    )


async def test_with_a_broken_embedder_words_find(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    embedder = WordEmbedder()
    embedder.broken = True
    await assert_found_by_words_with_one_warning(
        SnippetMemory(tmp_path, embedder), caplog, "bad model"
    )


async def test_without_lancedb_words_find(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "lancedb", None)
    await assert_found_by_words_with_one_warning(
        SnippetMemory(tmp_path, WordEmbedder()), caplog, "lancedb"
    )


@pytest.mark.parametrize("damaged", ["lance/**/*", "chunks.*", "**/*"])
async def test_damaged_files_never_raise(tmp_path: Path, damaged: str) -> None:
    await (await filled(tmp_path, WordEmbedder())).close()
    for file in tmp_path.glob(damaged):
        if file.is_file():
            file.write_bytes(b"damaged" * 100)
    snippets = SnippetMemory(tmp_path, WordEmbedder())
    await snippets.search("anything", 5)
    await assert_found_once(snippets)
    await snippets.close()


async def assert_found_once(snippets: SnippetMemory) -> None:
    await snippets.add("/r", "a.py", "subtract", "def subtract(a, b): ...", "tkt-1")
    found = await snippets.search("subtract", 5)
    assert [snippet.symbol for snippet in found].count("subtract") == 1


async def test_vectors_of_rows_that_are_lost_are_not_found(tmp_path: Path) -> None:
    await (await filled(tmp_path, WordEmbedder())).close()
    (tmp_path / "chunks.sqlite3").unlink()
    snippets = SnippetMemory(tmp_path, WordEmbedder())
    assert await snippets.search("connect to a host", 5) == []
    await assert_found_once(snippets)
    await snippets.close()


async def test_a_file_where_the_folder_should_be_turns_snippets_off(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "snippets"
    path.write_text("not a folder")
    snippets = SnippetMemory(path, WordEmbedder())
    for _ in range(2):
        await snippets.add("/r", "a.py", "f", "def f(): ...", "tkt-1")
        assert await snippets.search("f", 5) == []
        await snippets.sync()
        await snippets.tidy()
    await snippets.close()
    assert_one_warning(caplog, str(path))
    assert path.read_text() == "not a folder"


async def test_nothing_is_opened_before_it_is_used(tmp_path: Path) -> None:
    snippets = SnippetMemory(tmp_path / "snippets", WordEmbedder())
    await snippets.sync()
    await snippets.tidy()
    assert await snippets.count_containing("anything") == 0
    await snippets.close()
    assert list(tmp_path.iterdir()) == []
