"""What holds for MongoDB alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pymongo
import pytest
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import OperationFailure

from memory.errors import SchemaMismatchError
from memory.manager import MemoryManager
from memory.mongo_store import MongoStore
from memory.records import AgentLogEntry, ConversationTurn, Session, Ticket
from memory.schema import LOGS, SCHEMA_VERSION


async def test_a_newer_schema_is_refused_in_clear_words(mongodb_uri: str) -> None:
    await (await MongoStore.open(mongodb_uri)).close()
    with pymongo.MongoClient[dict[str, Any]](mongodb_uri) as client:
        meta = client.get_default_database()["tenon_meta"]
        meta.update_one({"_id": "schema"}, {"$set": {"version": 99}})
    with pytest.raises(SchemaMismatchError, match=r"version 99.*Start a newer Tenon"):
        await MongoStore.open(mongodb_uri)


async def test_a_database_of_the_version_before_is_taken_over(mongodb_uri: str) -> None:
    await (await MongoStore.open(mongodb_uri)).close()
    with pymongo.MongoClient[dict[str, Any]](mongodb_uri) as client:
        meta = client.get_default_database()["tenon_meta"]
        meta.update_one({"_id": "schema"}, {"$set": {"version": 1}})
        await (await MongoStore.open(mongodb_uri)).close()
        assert meta.find_one({"_id": "schema"}) == {"_id": "schema", "version": SCHEMA_VERSION}


async def test_logs_are_capped_by_the_server(mongodb_uri: str) -> None:
    await (await MongoStore.open(mongodb_uri)).close()
    with pymongo.MongoClient[dict[str, Any]](mongodb_uri) as client:
        database = client.get_default_database()
        for log in LOGS.values():
            options = database[log.name].options()
            assert options["capped"] is True
            assert (options["max"], options["size"]) == (log.max_entries, log.max_bytes)


async def test_the_manager_keeps_every_record_on_the_server(
    mongodb_uri: str, tmp_path: Path
) -> None:
    ticket = Ticket(id="tkt-1", repository="/r", title="ä")
    turn = ConversationTurn(id="turn-1", session_id="s", role="user", text="hello")
    entry = AgentLogEntry(id="log-1", repository="/r", agent="pm", kind="step", text="x")
    memory = await MemoryManager.open(tmp_path, mongodb_uri=mongodb_uri)
    await memory.sessions.insert(Session(id="s", repository="/r"))
    await memory.tickets.insert(ticket)
    await memory.conversations.append(turn)
    await memory.log.append(entry)
    await memory.close()

    memory = await MemoryManager.open(tmp_path, mongodb_uri=mongodb_uri)
    assert await memory.tickets.for_repository("/r") == [ticket]
    assert await memory.conversations.history("s", 5) == [turn]
    assert await memory.log.recent("/r", 5) == [entry]
    await memory.close()
    # The index of turns is local: it can be made again from the server's records.
    assert {path.name for path in tmp_path.iterdir()} <= {"conversations"}


async def test_entries_are_emptied_where_the_server_deletes_none_of_a_capped_log(
    mongodb_uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_arguments: Any, **_options: Any) -> None:
        raise OperationFailure("cannot remove from a capped collection", code=20)

    store = await MongoStore.open(mongodb_uri)
    numbers = [await store.append("agent_log", {"text": text}) for text in ("a", "s3cret", "b")]
    monkeypatch.setattr(AsyncCollection, "delete_one", refuse)
    assert await store.amend("agent_log", numbers[1], None)
    assert not await store.amend("agent_log", numbers[1], None)
    entries = await store.after("agent_log", 0, 9)
    assert [entry.document["text"] for entry in entries] == ["a", "b"]
    assert (await store.size("agent_log")).records == 2
    await store.close()
    with pymongo.MongoClient[dict[str, Any]](mongodb_uri) as client:
        assert "s3cret" not in str(list(client.get_default_database()["agent_log"].find()))
