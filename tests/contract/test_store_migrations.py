"""Older documents are brought up to date once, whoever is killed or comes second meanwhile."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pymongo
import pytest

from memory import migrations
from memory.errors import SchemaMismatchError
from memory.migrations import MIGRATIONS, Migration
from memory.schema import SCHEMA_VERSION

WORKER = Path(__file__).with_name("migrating_process.py")
ROOT = Path(__file__).parents[2]
COUNT = 450


def migrating(address: str, *arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, str(WORKER), address, *arguments]
    return subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT)})


def age(address: str, version: int = SCHEMA_VERSION - 1) -> None:
    """Make the database one of another version."""
    if not address.startswith("mongodb"):
        with closing(sqlite3.connect(address)) as connection:
            connection.execute(f"PRAGMA user_version = {version}")
        return
    with pymongo.MongoClient[dict[str, Any]](address) as client:
        database = client.get_default_database()
        database["tenon_meta"].update_one({"_id": "schema"}, {"$set": {"version": version}})
        for number, name in enumerate(("tickets", "sessions")):  # as that version wrote them
            change = {"$set": {"v": version}} if number else {"$unset": {"v": ""}}
            database[name].update_many({}, change)


async def aged(backend: Any) -> None:
    store = await backend.open()
    await asyncio.gather(
        *(
            store.insert("tickets", {"id": f"t{i}", "revision": 7, "priority": i, "changes": 0})
            for i in range(COUNT)
        ),
        store.insert("sessions", {"id": "old", "revision": 0}),
        store.insert("sessions", {"id": "dropped", "revision": 0}),
        store.insert("proposals", {"id": "same", "revision": 0}),
    )
    await store.close()
    age(backend.address)


async def require_migrated_once(backend: Any) -> None:
    """What migrating_process.py makes of the documents of `aged`."""
    store = await backend.open()
    found = await store.find("tickets")
    assert len(found) == COUNT
    assert {document["changes"] for document in found} == {1}
    assert await store.find("tickets", {"repository": "/migrated"}, (), 1) != []
    assert len(await store.find("tickets", {"repository": "/migrated"})) == COUNT
    assert [d["id"] for d in await store.find("sessions")] == ["old"]
    assert await store.get("proposals", "same") == {"id": "same", "revision": 0}
    await store.close()


def test_every_version_has_a_migration() -> None:
    assert [step.version for step in MIGRATIONS] == list(range(2, SCHEMA_VERSION + 1))


async def test_documents_go_through_a_migration_once(backend: Any) -> None:
    await aged(backend)
    for _ in range(2):
        assert migrating(backend.address, "0").wait() == 0
    await require_migrated_once(backend)


@pytest.mark.parametrize("kill_at", [1, 250, COUNT])
async def test_a_kill_in_the_middle_of_a_migration_changes_no_document_twice(
    backend: Any, kill_at: int
) -> None:
    await aged(backend)
    assert migrating(backend.address, str(kill_at)).wait() == -signal.SIGKILL
    assert migrating(backend.address, "0", "0.5").wait() == 0
    await require_migrated_once(backend)


async def test_processes_that_open_at_once_migrate_once(backend: Any) -> None:
    await aged(backend)
    processes = [migrating(backend.address, "0") for _ in range(3)]
    assert [process.wait() for process in processes] == [0, 0, 0]
    await require_migrated_once(backend)


def test_steps_follow_one_another_and_skip_those_that_were_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def adding(text: str) -> Any:
        return lambda document: {**document, "text": document["text"] + text}

    steps = tuple(Migration(v, {"tickets": adding(str(v))}) for v in (2, 3, 4))
    monkeypatch.setattr(migrations, "MIGRATIONS", (*steps, Migration(5, {"runs": adding("5")})))
    assert migrations.migrate("tickets", {"text": ""}, 1) == {"text": "234"}
    assert migrations.migrate("tickets", {"text": ""}, 3) == {"text": "4"}
    assert migrations.migrate("tickets", {"text": ""}, 4) == {"text": ""}
    assert migrations.outdated_collections(3) == ["tickets", "runs"]
    assert migrations.outdated_collections(5) == []


async def test_fields_that_were_declared_since_are_found_by(backend: Any) -> None:
    """The working set has an agent since version 4, and there were no runs before."""
    if backend.address.startswith("mongodb"):
        with pymongo.MongoClient[dict[str, Any]](backend.address) as client:
            database = client.get_default_database()
            database["tenon_meta"].insert_one({"_id": "schema", "version": 3})
            database.create_collection("working_set", capped=True, size=2**20)
            document = {"session_id": "s", "item": {"number": 1}}
            database["working_set"].insert_one({"_id": 1, "doc": document})
    else:
        with closing(sqlite3.connect(backend.address)) as connection:
            connection.executescript(_VERSION_3)
    store = await backend.open()
    assert [e.seq for e in await store.newest("working_set", 5, {"agent": None})] == [1]
    await store.append("working_set", {"session_id": "s", "agent": "tester", "item": {}})
    assert [e.seq for e in await store.newest("working_set", 5, {"agent": "tester"})] == [2]
    await store.insert("runs", {"id": "run-1", "revision": 0, "ticket_id": "t"})
    assert len(await store.find("runs", {"ticket_id": "t"})) == 1
    await store.close()


_VERSION_3 = """
PRAGMA journal_mode = WAL;
CREATE TABLE log_sizes (log TEXT PRIMARY KEY, bytes INTEGER NOT NULL) STRICT;
CREATE TABLE working_set (seq INTEGER PRIMARY KEY AUTOINCREMENT, session_id TEXT,
                          bytes INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
INSERT INTO working_set VALUES (1, 's', 38, '{"session_id":"s","item":{"number":1}}');
INSERT INTO log_sizes VALUES ('working_set', 38);
PRAGMA user_version = 3;
"""


async def test_an_open_store_does_not_write_into_a_newer_database(tmp_path: Path) -> None:
    from memory.sqlite_store import SqliteStore

    path = tmp_path / "tenon.sqlite3"
    store = await SqliteStore.open(path)
    age(str(path), SCHEMA_VERSION + 1)
    with pytest.raises(SchemaMismatchError, match="newer Tenon has brought"):
        await store.insert("tickets", {"id": "t", "revision": 0})
    assert await store.find("tickets") == []
    await store.close()
