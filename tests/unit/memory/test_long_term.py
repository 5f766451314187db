"""Snippets are found by meaning; when that fails, nothing else does."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from memory.embeddings import MiniLmEmbedder, Vectors, VectorSource
from memory.long_term import SnippetMemory

ADD = "def add(a, b):\n    return a + b"
CONNECT = "def connect(host):\n    return socket.create_connection((host, 80))"


async def filled(folder: Path, embedder: VectorSource) -> SnippetMemory:
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
    assert 1.0 >= best.score > found[1].score


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


class InstantEmbedder:
    """Some vector for each text at once, so that windows meet in the table."""

    async def embed(self, texts: Sequence[str]) -> Vectors:
        return np.ones((len(texts), 384), dtype=np.float32)


async def test_windows_that_add_the_same_keep_it_once(tmp_path: Path) -> None:
    windows = [SnippetMemory(tmp_path, InstantEmbedder()) for _ in range(3)]
    await asyncio.gather(
        *(
            window.add("/r", "a.py", f"f{number}", "def f(): ...", "tkt-1")
            for number in range(6)
            for window in windows
        )
    )
    for window in windows:
        found = await window.search("function", 20)
        assert sorted(snippet.symbol for snippet in found) == [f"f{n}" for n in range(6)]
        await window.close()


class BrokenEmbedder:
    """Fails as a damaged model file does."""

    async def embed(self, texts: Sequence[str]) -> Vectors:
        raise RuntimeError("bad model")


async def assert_off_with_one_warning(
    snippets: SnippetMemory, caplog: pytest.LogCaptureFixture, reason: str
) -> None:
    for _ in range(2):
        await snippets.add("/r", "a.py", "f", "def f(): ...", "tkt-1")
        assert await snippets.search("f", 5) == []
    await snippets.close()
    warnings = [line for line in caplog.records if line.levelno >= logging.WARNING]
    assert len(warnings) == 1
    assert reason in warnings[0].getMessage()


async def test_without_an_embedder_there_are_no_snippets(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    snippets = SnippetMemory(tmp_path, None)
    await assert_off_with_one_warning(snippets, caplog, "tenon models pull minilm-l6-v2-int8")


async def test_a_broken_embedder_turns_snippets_off(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await assert_off_with_one_warning(
        SnippetMemory(tmp_path, BrokenEmbedder()), caplog, "bad model"
    )


async def test_a_missing_lancedb_turns_snippets_off(
    tmp_path: Path,
    embedder: MiniLmEmbedder,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "lancedb", None)
    await assert_off_with_one_warning(SnippetMemory(tmp_path, embedder), caplog, "lancedb")


async def test_a_damaged_table_turns_snippets_off(
    tmp_path: Path, embedder: MiniLmEmbedder, caplog: pytest.LogCaptureFixture
) -> None:
    await (await filled(tmp_path, embedder)).close()
    for file in tmp_path.rglob("*"):
        if file.is_file():
            file.write_bytes(b"damaged")
    await assert_off_with_one_warning(SnippetMemory(tmp_path, embedder), caplog, str(tmp_path))


async def test_a_file_where_the_folder_should_be_turns_snippets_off(
    tmp_path: Path, embedder: MiniLmEmbedder, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "snippets"
    path.write_text("not a folder")
    await assert_off_with_one_warning(SnippetMemory(path, embedder), caplog, str(path))
    assert path.read_text() == "not a folder"
