"""A database file that cannot be used gets a clear answer and stays as it is."""

from __future__ import annotations

import asyncio
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from memory.errors import SchemaMismatchError, StoreUnavailableError
from memory.schema import LOGS, SCHEMA_VERSION
from memory.sqlite_store import SqliteStore

ROOT = Path(__file__).parents[3]
NOBODY = 65534


@pytest.fixture
def ordinary_user() -> Iterator[Path]:
    """A folder of which permissions hold for this process, even when root runs the tests."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        path.chmod(0o777)
        was_root = os.geteuid() == 0
        if was_root:
            os.seteuid(NOBODY)
        try:
            yield path
        finally:
            if was_root:
                os.seteuid(0)


async def test_acknowledged_writes_are_synchronised_to_the_disk(tmp_path: Path) -> None:
    store = await SqliteStore.open(tmp_path / "tenon.sqlite3")
    modes = [await store._write(mode_of(name)) for name in _DURABILITY]
    await store.close()
    assert modes == list(_DURABILITY.values())


_DURABILITY = {
    "journal_mode": "wal",
    "synchronous": 2,
    "busy_timeout": 30_000,
    "secure_delete": 1,
}


def mode_of(name: str) -> Callable[[sqlite3.Connection], object]:
    return lambda connection: connection.execute(f"PRAGMA {name}").fetchone()[0]


async def test_missing_folders_are_made(tmp_path: Path) -> None:
    path = tmp_path / "größer als" / "data" / "tenon.sqlite3"
    store = await SqliteStore.open(path)
    await store.close()
    assert path.exists()


async def test_a_file_of_another_kind_is_named_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "tenon.sqlite3"
    path.write_text("no database, but somebody's notes\n" * 100)
    before = path.read_bytes()
    with pytest.raises(StoreUnavailableError, match=r"tenon\.sqlite3 is not a database.*Move"):
        await SqliteStore.open(path)
    assert path.read_bytes() == before


async def test_a_damaged_file_is_reported_not_returned_as_data(tmp_path: Path) -> None:
    path = tmp_path / "tenon.sqlite3"
    store = await SqliteStore.open(path)
    for number in range(400):
        await store.insert("tickets", {"id": f"t{number}", "revision": 0, "text": "x" * 1000})
    await store.close()
    with path.open("r+b") as file:
        file.seek(4096 * 60)  # behind the tables' definitions
        file.write(b"\xff" * 4096 * 40)

    store = await SqliteStore.open(path)
    with pytest.raises(StoreUnavailableError, match=r"is damaged.*restore a backup"):
        await store.find("tickets")
    await store.close()


async def test_a_newer_schema_is_refused_in_clear_words(tmp_path: Path) -> None:
    path = tmp_path / "tenon.sqlite3"
    await (await SqliteStore.open(path)).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(SchemaMismatchError, match=r"version 99.*Start a newer Tenon"):
        await SqliteStore.open(path)


async def test_a_database_of_the_version_before_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "tenon.sqlite3"
    store = await SqliteStore.open(path)
    document = {"id": "tkt-1", "revision": 0, "repository": "/r"}
    await store.insert("tickets", document)
    await store.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 1")
    store = await SqliteStore.open(path)
    assert await store.get("tickets", "tkt-1") == document
    await store.close()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)


async def test_a_read_only_folder_is_named(ordinary_user: Path) -> None:
    folder = ordinary_user / "data"
    folder.mkdir()
    folder.chmod(0o555)
    with pytest.raises(StoreUnavailableError, match=r"data cannot be used.*TENON_DATA_DIR"):
        await SqliteStore.open(folder / "tenon.sqlite3")
    assert list(folder.iterdir()) == []


async def test_a_folder_that_cannot_be_made_is_named(ordinary_user: Path) -> None:
    (ordinary_user / "file").write_text("")
    with pytest.raises(StoreUnavailableError, match="TENON_DATA_DIR"):
        await SqliteStore.open(ordinary_user / "file" / "data" / "tenon.sqlite3")


async def test_a_read_only_file_is_named(ordinary_user: Path) -> None:
    path = ordinary_user / "tenon.sqlite3"
    await (await SqliteStore.open(path)).close()
    path.chmod(0o444)
    with pytest.raises(StoreUnavailableError, match=r"is read-only.*TENON_DATA_DIR"):
        await SqliteStore.open(path)


_FILL_THE_DISK = """
import asyncio, sys
from pathlib import Path
from memory.errors import StoreUnavailableError
from memory.sqlite_store import SqliteStore

async def main():
    store = await SqliteStore.open(Path(sys.argv[1]))
    try:
        for number in range(1000):
            document = {"id": f"t{number}", "revision": 0, "text": "x" * 20_000}
            await store.insert("tickets", document)
            print(document["id"], flush=True)
    except StoreUnavailableError as error:
        print(error, flush=True)
    await store.close()

asyncio.run(main())
"""


async def test_a_disk_without_space_loses_nothing_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "tenon.sqlite3"
    process = await asyncio.to_thread(_run_with_small_files, path)
    *acknowledged, message = process.stdout.splitlines()
    assert "or set TENON_DATA_DIR to another folder" in message

    store = await SqliteStore.open(path)
    found = await store.find("tickets")
    await store.insert("tickets", {"id": "later", "revision": 0})
    await store.close()
    assert acknowledged
    assert [document["id"] for document in found] == acknowledged


def _run_with_small_files(path: Path) -> subprocess.CompletedProcess[str]:
    """The nearest to a full disk that needs no rights: no file may exceed a megabyte."""
    return subprocess.run(
        [sys.executable, "-c", _FILL_THE_DISK, str(path)],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, 2**20)),
    )


async def test_the_newest_log_entry_stays_whatever_its_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LOGS, "agent_log", replace(LOGS["agent_log"], max_bytes=1000))
    store = await SqliteStore.open(tmp_path / "tenon.sqlite3")
    for text in ("small", "large" * 1000, "after"):
        await store.append("agent_log", {"text": text})
        newest = await store.after("agent_log", 0, 10)
        assert [entry.document["text"] for entry in newest][-1] == text
    assert len(newest) == 1
    await store.close()


async def test_a_cancelled_call_leaves_the_store_usable(tmp_path: Path) -> None:
    store = await SqliteStore.open(tmp_path / "tenon.sqlite3")
    calls = [
        asyncio.create_task(store.insert("tickets", {"id": f"t{number}", "revision": 0}))
        for number in range(20)
    ]
    await asyncio.sleep(0)
    for call in calls[::2]:
        call.cancel()
    results = await asyncio.gather(*calls, return_exceptions=True)
    found = {document["id"] for document in await store.find("tickets")}
    await store.close()
    acknowledged = {f"t{number}" for number, result in enumerate(results) if result is None}
    assert len(acknowledged) >= 10
    assert found >= acknowledged
