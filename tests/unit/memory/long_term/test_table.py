"""Code is found while it is there, embedded once, and gone when it is gone."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from memory.long_term import lance_vectors
from memory.long_term.contract import Filters
from memory.long_term.table import HybridChunkTable
from tests.unit.memory.long_term.conftest import WordEmbedder, function

ADD = function("src/math.py", "add", "def add(a, b):\n    return a + b")
PARSE = function("src/net.py", "parseHTTPHeader", "def parseHTTPHeader(line): ...")
SAVE = function("web/store.ts", "saveUser", "function saveUser(user) {}", language="typescript")
EVERYWHERE = Filters()


async def symbols(table: HybridChunkTable, query: str, filters: Filters = EVERYWHERE) -> list[str]:
    return [hit.chunk.symbol for hit in await table.search(query, 10, filters)]


async def fill(table: HybridChunkTable) -> None:
    await table.replace_files("/r", {"src/math.py": [ADD], "src/net.py": [PARSE]}, "c1")
    await table.replace_file("/it's", "web/store.ts", "c2", [SAVE])


async def test_a_hit_is_the_whole_chunk_with_its_repository_and_commit(
    table: HybridChunkTable,
) -> None:
    await fill(table)
    best = (await table.search("save a user", 1))[0]
    assert (best.chunk, best.repository, best.commit) == (SAVE, "/it's", "c2")


async def test_identifiers_are_found_by_their_words(table: HybridChunkTable) -> None:
    await fill(table)
    assert (await symbols(table, "http header"))[0] == "parseHTTPHeader"
    assert (await symbols(table, "parse_http_header"))[0] == "parseHTTPHeader"


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(repository="/it's"), {"saveUser"}),
        (Filters(repository="/none' OR '1'='1"), set()),
        (Filters(path="src/"), {"add", "parseHTTPHeader"}),
        (Filters(path="*.ts"), {"saveUser"}),
        (Filters(path="src/[m]ath.p?"), {"add"}),
        (Filters(path="src.math.py"), set()),
        (Filters(language="typescript"), {"saveUser"}),
        (Filters(kind="class"), set()),
        (Filters(kind="function", language="python", path="src/n"), {"parseHTTPHeader"}),
    ],
)
@pytest.mark.parametrize("by_meaning", [True, False])
async def test_filters_hold_for_meaning_and_for_words(
    table: HybridChunkTable,
    words: WordEmbedder,
    filters: Filters,
    expected: set[str],
    by_meaning: bool,
) -> None:
    await fill(table)
    words.broken = not by_meaning
    assert set(await symbols(table, "add parse save user header", filters)) == expected


async def test_deleted_code_leaves_the_index(table: HybridChunkTable) -> None:
    await fill(table)
    await table.remove_files("/r", ["src/net.py"])
    assert "parseHTTPHeader" not in await symbols(table, "parse http header")
    await table.replace_file("/r", "src/math.py", "c3", [])
    assert await symbols(table, "add parse save") == ["saveUser"]
    await table.remove_repository("/it's")
    assert await symbols(table, "add parse save") == []


async def test_a_text_is_embedded_once_over_branches_and_repositories(
    table: HybridChunkTable, words: WordEmbedder
) -> None:
    await fill(table)
    await table.remove_repository("/r")
    await table.replace_files("/other", {"a.py": [ADD, PARSE]}, "c4")
    await table.replace_files("/r", {"src/math.py": [ADD], "src/net.py": [PARSE]}, "c1")
    assert sorted(words.embedded) == sorted({ADD.text, PARSE.text, SAVE.text})


async def test_code_survives_reopening(tmp_path: Path, words: WordEmbedder) -> None:
    first = HybridChunkTable(tmp_path, words)
    await fill(first)
    await first.close()
    await first.close()
    second = HybridChunkTable(tmp_path, words)
    words.embedded.clear()
    await second.sync()
    assert (await symbols(second, "save user"))[0] == "saveUser"
    assert words.embedded == []
    await second.close()


async def test_two_windows_see_each_others_writes(tmp_path: Path, words: WordEmbedder) -> None:
    one, two = HybridChunkTable(tmp_path, words), HybridChunkTable(tmp_path, words)
    await one.replace_file("/r", "src/math.py", "c", [ADD])
    await two.replace_file("/r", "src/net.py", "c", [PARSE])
    for window in (one, two):
        assert set(await symbols(window, "add parse")) == {"add", "parseHTTPHeader"}
        await window.close()


async def test_another_model_embeds_anew_and_never_mixes(tmp_path: Path) -> None:
    old = HybridChunkTable(tmp_path, WordEmbedder("old", 64))
    await fill(old)
    await old.close()
    embedder = WordEmbedder("new", 32)
    new = HybridChunkTable(tmp_path, embedder)
    assert (await symbols(new, "save user"))[0] == "saveUser"  # by words, before it is embedded
    await new.sync()
    assert len(embedder.embedded) == 3
    assert (await symbols(new, "save user"))[0] == "saveUser"
    assert len(list((tmp_path / "lance").glob("chunks_*"))) == 1
    await new.close()


async def test_what_was_acknowledged_before_a_crash_is_embedded_after_it(
    tmp_path: Path, words: WordEmbedder
) -> None:
    words.broken = True  # as if the process had ended between the rows and the vectors
    first = HybridChunkTable(tmp_path, words)
    await fill(first)
    await first.close()
    words.broken = False
    second = HybridChunkTable(tmp_path, words)
    await second.sync()
    assert len(words.embedded) == 3
    with sqlite3.connect(tmp_path / "chunks.sqlite3") as connection:
        assert connection.execute("SELECT count(*) FROM synced").fetchone() == (3,)
    connection.close()
    await second.close()


async def test_the_least_used_files_leave_a_full_table(tmp_path: Path, words: WordEmbedder) -> None:
    size = len(ADD.text) + len(SAVE.text)
    table = HybridChunkTable(tmp_path, words, limit_bytes=size)
    await fill(table)
    await table.search("add", 1)
    await table.search("save user", 1)
    await table.tidy()
    assert set(await symbols(table, "add parse save")) == {"add", "saveUser"}
    await table.close()


async def test_a_forgotten_text_is_nowhere_on_the_disk(tmp_path: Path, words: WordEmbedder) -> None:
    table = HybridChunkTable(tmp_path, words)
    await fill(table)
    secret = function("src/key.py", "key", "KEY = 'hunter2swordfish'")
    others = {f"src/{n}.py": [function(f"src/{n}.py", "g", f"def g{n}(): ...")] for n in range(99)}
    await table.replace_files("/r", {**others, "src/key.py": [secret]}, "c1")
    await table.replace_file("/r", "src/math.py", "c2", [ADD])
    assert holds(tmp_path, b"hunter2swordfish")
    assert await table.forget("hunter2swordfish") == 1
    assert await table.forget("hunter2swordfish") == 0
    assert not holds(tmp_path, b"hunter2swordfish")
    assert {"add", "parseHTTPHeader", "saveUser"} <= set(await symbols(table, "add parse save key"))
    with pytest.raises(ValueError, match="everything"):
        await table.forget("")
    await table.close()


def holds(folder: Path, text: bytes) -> bool:
    return any(text in file.read_bytes() for file in folder.rglob("*") if file.is_file())


@pytest.mark.parametrize(("dimensions", "kind"), [(128, "IvfRq"), (100, "IvfSq")])
async def test_many_vectors_are_indexed_and_the_nearest_are_still_exact(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dimensions: int, kind: str
) -> None:
    from lancedb.index import IvfSq

    monkeypatch.setattr(lance_vectors, "_INDEX_AT_ROWS", 500)
    monkeypatch.setattr(lance_vectors, "_PARTITIONS", 4)
    words = WordEmbedder(dimensions=dimensions)
    table = HybridChunkTable(tmp_path, words)
    names = [f"{first}{second}" for first in "abcdefghijklmnopqrstuvwxy" for second in "abcdefghij"]
    files = {
        f"{name}.py": [function(f"{name}.py", f"{name}{n}", f"{name} {name[0]}{n}") for n in (1, 2)]
        for name in names
    }
    await table.replace_files("/r", files, "c")
    inner = table._lance()._table()
    inner.create_index("vector", config=IvfSq(distance_type="cosine", num_partitions=4))  # of old
    await table.tidy()
    assert [index.index_type for index in inner.list_indices()] == [kind]
    for name in names[::25]:
        question = f"{name} {name[0]}2"
        vector = await words.embed_query(question)
        near = await table._nearest(vector, 5, Filters(path=f"{name[0]}*"))
        assert near[0][0].score == pytest.approx(1.0, abs=1e-3)
        assert question in [hit.chunk.text for hit, _ in near]
        for hit, found in near:
            assert hit.score == pytest.approx(float(found @ vector), abs=2e-3)
    await table.close()
