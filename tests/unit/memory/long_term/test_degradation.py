"""Whatever of meaning fails, words still find; there is one warning and no error."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import pytest

from memory import processor
from memory.long_term.table import HybridChunkTable
from tests.unit.memory.long_term.conftest import WordEmbedder, function

ADD = function("math.py", "add", "def add(a, b): ...")
SAVE = function("store.py", "save_user", "def save_user(user): ...")


async def assert_words_find(
    table: HybridChunkTable, caplog: pytest.LogCaptureFixture, reason: str
) -> None:
    await table.replace_files("/r", {"math.py": [ADD], "store.py": [SAVE]}, "c")
    for _ in range(2):
        assert [hit.chunk for hit in await table.search("save user", 5)] == [SAVE]
    await table.remove_files("/r", ["store.py"])
    assert await table.search("save user", 5) == []
    await table.tidy()
    await table.close()
    warnings = [line for line in caplog.records if line.levelno >= logging.WARNING]
    assert len(warnings) == 1
    assert reason in warnings[0].getMessage()


async def test_without_lancedb(
    tmp_path: Path,
    words: WordEmbedder,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "lancedb", None)
    await assert_words_find(HybridChunkTable(tmp_path, words), caplog, "lancedb")


async def test_without_avx2(
    tmp_path: Path,
    words: WordEmbedder,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    old = tmp_path / "cpuinfo"
    old.write_text("flags\t\t: fpu sse4_2 avx\n")
    monkeypatch.setattr(processor.require_avx2, "__defaults__", (old,))
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    await assert_words_find(HybridChunkTable(tmp_path / "code", words), caplog, "AVX2")


async def test_without_an_embedder(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    await assert_words_find(HybridChunkTable(tmp_path, None), caplog, "tenon models pull")


async def test_with_a_broken_embedder(
    tmp_path: Path, words: WordEmbedder, caplog: pytest.LogCaptureFixture
) -> None:
    words.broken = True
    await assert_words_find(HybridChunkTable(tmp_path, words), caplog, "bad model")


async def test_with_a_damaged_table(
    tmp_path: Path, words: WordEmbedder, caplog: pytest.LogCaptureFixture
) -> None:
    table = HybridChunkTable(tmp_path, words)
    await table.replace_files("/r", {"math.py": [ADD]}, "c")
    await table.close()
    for file in (tmp_path / "lance").rglob("*"):
        if file.is_file():
            file.write_bytes(b"damaged")
    await assert_words_find(HybridChunkTable(tmp_path, words), caplog, str(tmp_path))


async def test_a_table_that_was_removed_is_made_anew_from_the_rows(
    tmp_path: Path, words: WordEmbedder
) -> None:
    import shutil

    table = HybridChunkTable(tmp_path, words)
    await table.replace_files("/r", {"math.py": [ADD]}, "c")
    await table.close()
    shutil.rmtree(tmp_path / "lance")
    table = HybridChunkTable(tmp_path, words)
    await table.sync()
    near = await table._nearest(await words.embed_query("add"), 5, table_filters())
    assert [hit.chunk for hit, _ in near] == [ADD]
    assert words.embedded == [ADD.text]  # from the cache
    await table.close()


def table_filters():
    from memory.long_term.contract import Filters

    return Filters()


async def test_damaged_rows_are_put_aside(tmp_path: Path, words: WordEmbedder) -> None:
    (tmp_path / "chunks.sqlite3").write_bytes(b"damaged" * 1000)
    table = HybridChunkTable(tmp_path, words)
    await table.replace_files("/r", {"math.py": [ADD]}, "c")
    assert [hit.chunk for hit in await table.search("add", 5)] == [ADD]
    assert (tmp_path / "chunks.damaged").exists()
    await table.close()
