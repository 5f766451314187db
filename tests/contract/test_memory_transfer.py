"""An export holds everything, and an import adds what is missing and nothing else."""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from memory.database import DocumentStore
from memory.errors import TransferError
from memory.mongo_store import MongoStore
from memory.schema import COLLECTIONS, LOGS, SCHEMA_VERSION
from memory.sqlite_store import SqliteStore
from memory.transfer import export_to, import_from
from memory.whole_store import all_documents, all_entries

ROOT = Path(__file__).parents[2]
TEXT = 'Größe 日本語 🪚 \u2028 " \\ \0'


async def fill(store: DocumentStore, count: int = 70) -> None:
    for name in COLLECTIONS:
        for number in range(3 if name != "tickets" else count):
            document = {"id": f"{name}-{number}", "revision": number % 4, "text": TEXT}
            await store.insert(name, {**document, "created_at": str(number)})
    for name in LOGS:
        for number in range(5):
            await store.append(name, {"id": f"{name}-{number}", "kind": "step", "text": TEXT})


async def everything(store: DocumentStore) -> dict[str, list[Any]]:
    documents = {n: [s.document async for s in all_documents(store, n)] for n in COLLECTIONS}
    entries = {n: [e.document async for e in all_entries(store, n)] for n in LOGS}
    return documents | entries


async def test_what_was_exported_is_the_same_after_an_import(
    store: DocumentStore, tmp_path: Path
) -> None:
    await fill(store)
    header = await export_to(store, tmp_path / "export.jsonl")
    other = await SqliteStore.open(tmp_path / "other.sqlite3")
    done = await import_from(other, tmp_path / "export.jsonl")
    assert await everything(other) == await everything(store)
    assert done.added == header.counts
    await other.close()
    assert (tmp_path / "export.jsonl").stat().st_mode & 0o077 == 0


async def test_records_move_between_the_backends_and_back(mongodb_uri: str, tmp_path: Path) -> None:
    sqlite = await SqliteStore.open(tmp_path / "a.sqlite3")
    mongo = await MongoStore.open(mongodb_uri)
    back = await SqliteStore.open(tmp_path / "b.sqlite3")
    await fill(sqlite, count=5)
    ways: list[tuple[DocumentStore, DocumentStore]] = [(sqlite, mongo), (mongo, back)]
    for number, (source, target) in enumerate(ways):
        await export_to(source, tmp_path / f"{number}.jsonl")
        await import_from(target, tmp_path / f"{number}.jsonl")
    assert await everything(back) == await everything(mongo) == await everything(sqlite)
    first, second = (path.read_bytes() for path in sorted(tmp_path.glob("*.jsonl")))
    assert first == second
    await asyncio.gather(sqlite.close(), mongo.close(), back.close())


async def test_newer_revisions_are_never_overwritten(store: DocumentStore, tmp_path: Path) -> None:
    await store.insert("tickets", {"id": "here", "revision": 1, "text": "old"})
    await store.insert("tickets", {"id": "both", "revision": 1, "text": "exported"})
    await export_to(store, tmp_path / "export.jsonl")
    await store.replace("tickets", {"id": "both", "revision": 2, "text": "newer"}, revision=1)
    await store.delete("tickets", "here")
    done = await import_from(store, tmp_path / "export.jsonl")
    found = {document["id"]: document["text"] for document in await store.find("tickets")}
    assert found == {"both": "newer", "here": "old"}
    assert (done.added["tickets"], done.kept["tickets"]) == (1, 1)


async def test_an_import_that_is_repeated_adds_nothing(
    store: DocumentStore, tmp_path: Path
) -> None:
    await fill(store, count=3)
    await export_to(store, tmp_path / "export.jsonl")
    before = await everything(store)
    done = await import_from(store, tmp_path / "export.jsonl")
    assert done.added.total() == 0
    assert await everything(store) == before


async def test_entries_that_are_here_are_not_pushed_out_by_older_ones(
    store: DocumentStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = await SqliteStore.open(tmp_path / "other.sqlite3")
    for number in range(6):
        await other.append("agent_log", {"id": f"old{number}"})
    await export_to(other, tmp_path / "export.jsonl")
    await other.close()
    await store.append("agent_log", {"id": "old3"})
    await store.append("agent_log", {"id": "here"})
    monkeypatch.setitem(LOGS, "agent_log", replace(LOGS["agent_log"], max_entries=4))
    done = await import_from(store, tmp_path / "export.jsonl")
    ids = [entry.document["id"] async for entry in all_entries(store, "agent_log")]
    assert ids == ["old3", "here", "old4", "old5"]
    assert (done.added["agent_log"], done.kept["agent_log"]) == (2, 1)
    assert done.left_out["agent_log"] == 3


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda data: data[:-200], "damaged or was cut off.*Nothing was imported"),
        (lambda data: data.replace(b"step", b"stop", 1), "damaged or was cut off"),
        (lambda data: data + b'["tickets",{"id":"x","revision":0}]\n', "damaged or was cut off"),
        (lambda data: data[data.index(b"\n") + 1 :], "no export of Tenon.*tenon memory export"),
        (lambda data: b"", "no export of Tenon"),
        (lambda data: b"\xff\xfe\0", "no export of Tenon"),
        (lambda data: data.replace(b"tenon-memory", b"other-format", 1), "no export of Tenon"),
        (lambda data: data.replace(b'"tickets":', b'"thickets":', 1), "holds thickets"),
        (
            lambda data: data.replace(
                b'"schema_version":%d' % SCHEMA_VERSION, b'"schema_version":99', 1
            ),
            "schema version 99.*newer Tenon",
        ),
    ],
)
async def test_a_file_that_is_not_whole_is_refused_and_nothing_is_written(
    tmp_path: Path, damage: Callable[[bytes], bytes], message: str
) -> None:
    store = await SqliteStore.open(tmp_path / "a.sqlite3")
    await fill(store, count=4)
    path = tmp_path / "export.jsonl"
    await export_to(store, path)
    await store.close()
    path.write_bytes(damage(path.read_bytes()))
    empty = await SqliteStore.open(tmp_path / "b.sqlite3")
    with pytest.raises(TransferError, match=message):
        await import_from(empty, path)
    assert not any((await everything(empty)).values())
    await empty.close()


async def test_a_file_that_cannot_be_read_or_written_is_named(tmp_path: Path) -> None:
    store = await SqliteStore.open(tmp_path / "a.sqlite3")
    with pytest.raises(TransferError, match=r"none\.jsonl cannot be read"):
        await import_from(store, tmp_path / "none.jsonl")
    (tmp_path / "file").write_text("")
    with pytest.raises(TransferError, match=r"export\.jsonl cannot be written"):
        await export_to(store, tmp_path / "file" / "export.jsonl")
    await store.close()


_IMPORT = """
import asyncio, sys
from pathlib import Path
from memory.transfer import import_from
sys.path.insert(0, "tests/contract")
from store_process import open_store

async def main():
    store = await open_store(sys.argv[1])
    await import_from(store, Path(sys.argv[2]), lambda done, _all: print(done, flush=True))

asyncio.run(main())
"""


async def test_an_import_that_was_killed_is_finished_by_another(
    backend: Any, tmp_path: Path
) -> None:
    source = await SqliteStore.open(tmp_path / "source.sqlite3")
    await fill(source, count=400)
    path = tmp_path / "export.jsonl"
    await export_to(source, path)
    for _ in range(3):
        command = [sys.executable, "-c", _IMPORT, backend.address, str(path)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, env=environment, cwd=ROOT
        ) as process:
            assert process.stdout is not None
            for _ in range(random.randint(1, 5)):
                process.stdout.readline()
            process.kill()
    target = await backend.open()
    await import_from(target, path)
    assert await everything(target) == await everything(source)
    await source.close()
    await target.close()
