"""The document store on a MongoDB server: for a team, or for more data than one machine holds.

A document is stored as `{_id, order, v, doc}`, where `v` is its schema version, and a log entry as
`{_id: seq, doc}`, so that the fields of Tenon and of MongoDB cannot clash.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any

from pymongo import AsyncMongoClient
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import BulkWriteError, DuplicateKeyError, OperationFailure, PyMongoError

from memory.database import (
    Document,
    LogEntry,
    Scalar,
    Size,
    Sort,
    Stored,
    Where,
    complete_sort,
    declared,
    declared_collection,
    declared_log,
)
from memory.errors import DuplicateIdError, RevisionConflictError
from memory.mongo_errors import clear_errors, invalid_uri
from memory.mongo_schema import prepare_schema
from memory.schema import INSERTED, SCHEMA_VERSION

_SERVER_SELECTION_MS = 3_000
_SOCKET_MS = 30_000
_DEFAULT_DATABASE = "tenon"
_SCHEMES = ("mongodb://", "mongodb+srv://")
_ILLEGAL_OPERATION = 20
_THERE = {"doc.forgotten": {"$ne": True}}
"""Entries of logs that were not made forgotten: old servers delete none of a capped collection."""


class MongoStore:
    """A DocumentStore on a MongoDB database. Open it with `MongoStore.open`."""

    def __init__(self, client: AsyncMongoClient[Document]) -> None:
        self._client = client
        self._database = client.get_default_database(_DEFAULT_DATABASE)
        self._appending = asyncio.Lock()
        self._last_order = 0

    @classmethod
    async def open(cls, uri: str) -> MongoStore:
        """Connect, and create what is missing. The database is the URI's, or `tenon`.

        Raises StoreUnavailableError or SchemaMismatchError.
        """
        store = cls(_connect(uri))
        try:
            with clear_errors():
                await prepare_schema(store._database)
        except BaseException:
            await store.close()
            raise
        return store

    async def close(self) -> None:
        """Release the connections. Closing twice is allowed."""
        await self._client.close()

    async def insert(self, collection: str, document: Document) -> None:
        """Store a new document. Raises DuplicateIdError if the id is taken."""
        declared_collection(collection)
        with clear_errors():
            try:
                await self._database[collection].insert_one(self._stored(document))
            except DuplicateKeyError:
                raise DuplicateIdError(collection, document["id"]) from None

    async def get(self, collection: str, document_id: str) -> Document | None:
        """The document of that id, or None."""
        declared_collection(collection)
        with clear_errors():
            stored = await self._database[collection].find_one({"_id": document_id})
        return stored["doc"] if stored else None

    async def replace(self, collection: str, document: Document, *, revision: int) -> None:
        """Replace the document if its stored revision is `revision`."""
        declared_collection(collection)
        same = {"_id": document["id"], "doc.revision": revision}
        with clear_errors():
            result = await self._database[collection].update_one(same, _change(document))
        if result.matched_count == 0:
            raise RevisionConflictError(collection, document["id"])

    async def put_all(self, collection: str, documents: Sequence[Document]) -> int:
        """Insert each document, or replace a stored one of a lower revision; how many it did."""
        declared_collection(collection)
        kept = self._database[collection]
        with clear_errors():
            ids = {"_id": {"$in": [document["id"] for document in documents]}}
            there = {stored["_id"] async for stored in kept.find(ids, {"_id": 1})}
            old = [document for document in documents if document["id"] in there]
            new = [self._stored(d) for d in documents if d["id"] not in there]
            done = sum(await asyncio.gather(*(_replace_older(kept, d) for d in old)))
            return done + await self._insert_all(kept, new)

    async def _insert_all(
        self, kept: AsyncCollection[Document], new: Sequence[dict[str, Any]]
    ) -> int:
        if not new:
            return 0
        try:
            await kept.insert_many(new)
        except BulkWriteError:  # somebody was quicker with one of them
            return sum([await self._put(kept, stored) for stored in new])
        return len(new)

    async def _put(self, kept: AsyncCollection[Document], stored: dict[str, Any]) -> bool:
        try:
            await kept.insert_one(stored)
        except DuplicateKeyError:
            return await _replace_older(kept, stored["doc"])
        return True

    async def delete(
        self, collection: str, document_id: str, *, revision: int | None = None
    ) -> bool:
        """Delete the document of that id, or only that revision of it; whether there was one."""
        declared_collection(collection)
        condition: dict[str, Any] = {"_id": document_id}
        if revision is not None:
            condition["doc.revision"] = revision
        with clear_errors():
            result = await self._database[collection].delete_one(condition)
        return result.deleted_count > 0

    async def find(
        self,
        collection: str,
        where: Where | None = None,
        sort: Sort = (),
        limit: int | None = None,
    ) -> list[Document]:
        """Documents that match, sorted; equals stand in the order of insertion."""
        keys = complete_sort(collection, where, sort)
        if limit == 0:
            return []  # which MongoDB takes for no limit
        with clear_errors():
            cursor = self._database[collection].find(_condition(where))
            found = await cursor.sort(_order(keys)).limit(limit or 0).to_list()
        return [stored["doc"] for stored in found]

    async def count_by(
        self, collection: str, field: str, where: Where | None = None
    ) -> dict[Scalar, int]:
        """How many matching documents there are for each value of `field`."""
        declared_collection(collection, {field, *(where or {})})
        group = {"_id": f"$doc.{field}", "count": {"$sum": 1}}
        with clear_errors():
            cursor = await self._database[collection].aggregate(
                [{"$match": _condition(where)}, {"$group": group}]
            )
            return {row["_id"]: row["count"] for row in await cursor.to_list()}

    async def page(self, collection: str, after: int, limit: int) -> list[Stored]:
        """The first `limit` documents behind the position `after`, in the order of insertion."""
        declared_collection(collection)
        with clear_errors():
            cursor = self._database[collection].find({"order": {"$gt": after}})
            found = await cursor.sort("order", 1).limit(limit).to_list()
        return [Stored(int(stored["order"]), stored["doc"]) for stored in found]

    async def size(self, name: str) -> Size:
        """How much a collection or a log holds; bytes of the BSON."""
        declared(name)
        group = {"_id": None, "count": {"$sum": 1}, "bytes": {"$sum": {"$bsonSize": "$doc"}}}
        with clear_errors():
            cursor = await self._database[name].aggregate([{"$match": _THERE}, {"$group": group}])
            rows = await cursor.to_list()
        return Size(int(rows[0]["count"]), int(rows[0]["bytes"])) if rows else Size(0, 0)

    async def append(self, log: str, document: Document) -> int:
        """Append to a capped log; its bounds are kept by the server."""
        declared_log(log)
        async with self._appending:
            with clear_errors():
                return await self._append(self._database[log], document)

    async def after(
        self, log: str, seq: int, limit: int, where: Where | None = None
    ) -> list[LogEntry]:
        """The oldest `limit` matching entries with a higher sequence number, oldest first."""
        declared_log(log, where or {})
        condition = {"_id": {"$gt": seq}, **_condition(where)}
        return await self._entries(log, condition, 1, limit)

    async def newest(self, log: str, limit: int, where: Where | None = None) -> list[LogEntry]:
        """The newest `limit` matching entries, oldest first."""
        declared_log(log, where or {})
        entries = await self._entries(log, _condition(where), -1, limit)
        return entries[::-1]

    async def amend(self, log: str, seq: int, document: Document | None) -> bool:
        """Replace an entry of a capped log, or take it out (None); whether it was there."""
        declared_log(log)
        entry = {"_id": seq, **_THERE}
        with clear_errors():
            if document is not None:
                change = {"$set": {"doc": document}}
                result = await self._database[log].update_one(entry, change)
                return result.matched_count > 0
            return await self._take_out(self._database[log], entry)

    async def erase(self) -> bool:
        """False: the files, journal and backups of the server are its administrator's matter."""
        return False

    async def _take_out(self, log: AsyncCollection[Document], entry: dict[str, Any]) -> bool:
        try:
            return (await log.delete_one(entry)).deleted_count > 0
        except OperationFailure as error:  # servers before 5.0 delete nothing from a capped log
            if error.code != _ILLEGAL_OPERATION:
                raise
        forgotten = {"$set": {"doc": {"forgotten": True}}}
        return (await log.update_one(entry, forgotten)).matched_count > 0

    async def _append(self, log: AsyncCollection[Document], document: Document) -> int:
        # A number follows one that is there already, so that a reader never sees 6 before 5.
        # Who loses the race for a number takes the next.
        while True:
            newest = await log.find_one(sort=[("_id", -1)], projection={"_id": 1})
            seq = int(newest["_id"]) + 1 if newest else 1
            try:
                await log.insert_one({"_id": seq, "doc": document})
            except DuplicateKeyError:
                continue
            return seq

    async def _entries(
        self, log: str, condition: dict[str, Any], direction: int, limit: int
    ) -> list[LogEntry]:
        if limit == 0:
            return []
        with clear_errors():
            cursor = self._database[log].find({**condition, **_THERE})
            cursor = cursor.sort("_id", direction).limit(limit)
            return [LogEntry(int(stored["_id"]), stored["doc"]) async for stored in cursor]

    def _stored(self, document: Document) -> dict[str, Any]:
        order = self._next_order()
        return {"_id": document["id"], "order": order, "v": SCHEMA_VERSION, "doc": document}

    def _next_order(self) -> int:
        """Nanoseconds since 1970, made to rise with each call."""
        self._last_order = max(time.time_ns(), self._last_order + 1)
        return self._last_order


def _connect(uri: str) -> AsyncMongoClient[Document]:
    """A client that acknowledges what is in the journal of a majority, and nothing earlier."""
    if not uri.startswith(_SCHEMES):
        raise invalid_uri()
    try:
        return AsyncMongoClient(
            uri,
            appname="tenon",
            w="majority",
            journal=True,
            serverSelectionTimeoutMS=_SERVER_SELECTION_MS,
            connectTimeoutMS=_SERVER_SELECTION_MS,
            socketTimeoutMS=_SOCKET_MS,
        )
    except (PyMongoError, ValueError):
        raise invalid_uri() from None


async def _replace_older(kept: AsyncCollection[Document], document: Document) -> bool:
    older = {"_id": document["id"], "doc.revision": {"$lt": document["revision"]}}
    return (await kept.update_one(older, _change(document))).matched_count > 0


def _change(document: Document) -> dict[str, Any]:
    return {"$set": {"doc": document, "v": SCHEMA_VERSION}}


def _condition(where: Where | None) -> dict[str, Any]:
    return {f"doc.{field}": value for field, value in (where or {}).items()}


def _order(keys: list[tuple[str, int]]) -> list[tuple[str, int]]:
    return [("order" if field == INSERTED else f"doc.{field}", step) for field, step in keys]
