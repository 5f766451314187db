"""The document store on a MongoDB server: for a team, or for more data than one machine holds.

A document is stored as `{_id, order, doc}` and a log entry as `{_id: seq, doc}`, so that the
fields of Tenon and of MongoDB cannot clash.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

from pymongo import AsyncMongoClient
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import CollectionInvalid, DuplicateKeyError, OperationFailure, PyMongoError

from memory.database import (
    Document,
    LogEntry,
    Scalar,
    Sort,
    Where,
    complete_sort,
    declared_collection,
    declared_log,
)
from memory.errors import DuplicateIdError, RevisionConflictError, SchemaMismatchError
from memory.mongo_errors import clear_errors, invalid_uri
from memory.schema import (
    COLLECTIONS,
    INSERTED,
    LOGS,
    READABLE_VERSIONS,
    SCHEMA_VERSION,
    CappedLog,
)

_SERVER_SELECTION_MS = 3_000
_SOCKET_MS = 30_000
_DEFAULT_DATABASE = "tenon"
_SCHEMES = ("mongodb://", "mongodb+srv://")
_NAMESPACE_EXISTS = 48


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
                await store._prepare_schema()
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
        stored = {"_id": document["id"], "order": self._next_order(), "doc": document}
        with clear_errors():
            try:
                await self._database[collection].insert_one(stored)
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
            result = await self._database[collection].update_one(same, {"$set": {"doc": document}})
        if result.matched_count == 0:
            raise RevisionConflictError(collection, document["id"])

    async def delete(self, collection: str, document_id: str) -> bool:
        """Delete the document of that id; whether there was one."""
        declared_collection(collection)
        with clear_errors():
            result = await self._database[collection].delete_one({"_id": document_id})
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
            cursor = self._database[log].find(condition).sort("_id", direction).limit(limit)
            return [LogEntry(int(stored["_id"]), stored["doc"]) async for stored in cursor]

    def _next_order(self) -> int:
        """Nanoseconds since 1970, made to rise with each call."""
        self._last_order = max(time.time_ns(), self._last_order + 1)
        return self._last_order

    async def _prepare_schema(self) -> None:
        meta = self._database["tenon_meta"]
        try:
            await meta.insert_one({"_id": "schema", "version": SCHEMA_VERSION})
        except DuplicateKeyError:
            older = {"_id": "schema", "version": {"$in": sorted(READABLE_VERSIONS)}}
            await meta.update_one(older, {"$set": {"version": SCHEMA_VERSION}})
            found = await meta.find_one({"_id": "schema"})
            if found is not None and found["version"] != SCHEMA_VERSION:
                raise SchemaMismatchError(
                    f"The MongoDB database has schema version {found['version']}; this Tenon "
                    f"knows version {SCHEMA_VERSION}. Start a newer Tenon, or name another "
                    "database in TENON_MONGODB_URI."
                ) from None
        for collection in COLLECTIONS.values():
            for fields in collection.indexes:
                keys = [(f"doc.{field}", 1) for field in fields]
                await self._database[collection.name].create_index([*keys, ("order", 1)])
        for log in LOGS.values():
            await self._create_log(log)

    async def _create_log(self, log: CappedLog) -> None:
        try:
            await self._database.create_collection(
                log.name, capped=True, size=log.max_bytes, max=log.max_entries
            )
        except CollectionInvalid:
            pass
        except OperationFailure as error:  # another process was quicker
            if error.code != _NAMESPACE_EXISTS:
                raise
        for field in log.fields:
            await self._database[log.name].create_index([(f"doc.{field}", 1), ("_id", 1)])


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


def _condition(where: Where | None) -> dict[str, Any]:
    return {f"doc.{field}": value for field, value in (where or {}).items()}


def _order(keys: list[tuple[str, int]]) -> list[tuple[str, int]]:
    return [("order" if field == INSERTED else f"doc.{field}", step) for field, step in keys]
