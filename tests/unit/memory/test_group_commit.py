"""Writers at the same time share a transaction, and none is acknowledged before it is committed."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from memory.errors import DuplicateIdError, RevisionConflictError, StoreUnavailableError
from memory.sqlite_store import SqliteStore


def document(name: str, revision: int = 0) -> dict[str, object]:
    return {"id": name, "revision": revision, "repository": "/r"}


async def trace_commits(store: SqliteStore) -> list[str]:
    """A list that grows with every COMMIT of the store."""
    commits: list[str] = []

    def note(statement: str) -> None:
        if statement == "COMMIT":
            commits.append(statement)

    await store._writer.run(lambda connection: connection.set_trace_callback(note))
    return commits


async def test_writers_at_the_same_time_share_a_commit(store: SqliteStore) -> None:
    commits = await trace_commits(store)
    await asyncio.gather(*(store.insert("tickets", document(str(n))) for n in range(200)))
    assert len(await store.find("tickets")) == 200
    assert 1 <= len(commits) < 100
    before = len(commits)
    for number in range(200, 210):  # one after the other: none waits for company
        await store.insert("tickets", document(str(number)))
    assert len(commits) == before + 10


async def test_a_write_is_committed_when_it_is_acknowledged(
    store: SqliteStore, tmp_path: Path
) -> None:
    async def write_and_look(number: int) -> None:
        await store.insert("tickets", document(str(number)))
        with closing(sqlite3.connect(store._path)) as other:
            sql = "SELECT count(*) FROM tickets WHERE id = ?"
            assert other.execute(sql, [str(number)]).fetchone() == (1,)

    await asyncio.gather(*(write_and_look(number) for number in range(100)))


async def test_a_write_that_fails_undoes_nothing_of_the_others(store: SqliteStore) -> None:
    await store.insert("tickets", document("taken"))
    results = await asyncio.gather(
        store.insert("tickets", document("a")),
        store.insert("tickets", document("taken")),
        store.put_all("tickets", [document("b"), {"id": "no revision", "revision": None}]),
        store.replace("tickets", document("a", 1), revision=0),
        store.replace("tickets", document("a", 1), revision=0),
        store.append("agent_log", {"repository": "/r"}),
        return_exceptions=True,
    )
    assert [type(result) for result in results] == [
        type(None),
        DuplicateIdError,
        StoreUnavailableError,
        type(None),
        RevisionConflictError,
        int,
    ]
    assert {d["id"]: d["revision"] for d in await store.find("tickets")} == {"taken": 0, "a": 1}
    assert len(await store.newest("agent_log", 5)) == 1


async def test_when_a_commit_fails_nobody_is_acknowledged(
    store: SqliteStore, tmp_path: Path
) -> None:
    def refuse_commits(connection: sqlite3.Connection) -> None:
        connection.executescript(
            "PRAGMA foreign_keys = ON;"
            "CREATE TABLE parent (id INTEGER PRIMARY KEY);"
            "CREATE TABLE child (id INTEGER REFERENCES parent DEFERRABLE INITIALLY DEFERRED);"
            "CREATE TRIGGER break AFTER INSERT ON tickets WHEN NEW.id = 'bad' "
            "BEGIN INSERT INTO child VALUES (1); END;"
        )

    await store._writer.run(refuse_commits)
    names = ["first", *(f"t{number}" for number in range(20)), "bad", "last"]
    results = await asyncio.gather(
        *(store.insert("tickets", document(name)) for name in names), return_exceptions=True
    )
    stored = {d["id"] for d in await store.find("tickets")}
    acknowledged = {name for name, result in zip(names, results, strict=True) if result is None}
    assert stored == acknowledged
    assert "bad" not in stored
    assert any(isinstance(result, StoreUnavailableError) for result in results)
    await store.insert("tickets", document("later"))


async def test_readers_do_not_wait_for_a_writer(store: SqliteStore) -> None:
    await store.insert("tickets", document("there"))
    with closing(sqlite3.connect(store._path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        writing = asyncio.create_task(store.insert("tickets", document("waits")))
        assert await store.get("tickets", "there") == document("there")
        assert not writing.done()
        other.execute("ROLLBACK")
    await writing


@pytest.mark.parametrize("count", [1, 2000])
async def test_closing_waits_for_what_is_under_way(tmp_path: Path, count: int) -> None:
    store = await SqliteStore.open(tmp_path / "tenon.sqlite3")
    writes = [
        asyncio.create_task(store.insert("tickets", document(str(number))))
        for number in range(count)
    ]
    await asyncio.sleep(0)
    await store.close()
    assert await asyncio.gather(*writes) == [None] * count
    store = await SqliteStore.open(tmp_path / "tenon.sqlite3")
    assert (await store.size("tickets")).records == count
    await store.close()
