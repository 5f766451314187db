"""The document store on a local SQLite file: the default, which needs no server.

One thread writes, with group commit, and one reads. Several processes may use one file at once.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

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
from memory.errors import DuplicateIdError, RevisionConflictError, StoreUnavailableError
from memory.schema import CappedLog, Collection
from memory.sqlite_file import erase
from memory.sqlite_log import amend, append, log_row, stored_bytes
from memory.sqlite_text import condition, encode, indexed_values, insert, order, put, quoted
from memory.sqlite_threads import ReaderThread, Work, WriterThread

_T = TypeVar("_T")


class SqliteStore:
    """A DocumentStore on one SQLite file. Open it with `SqliteStore.open`."""

    def __init__(self, path: Path, writer: WriterThread, reader: ReaderThread) -> None:
        self._path = path
        self._writer = writer
        self._reader = reader
        self._closed = False

    @classmethod
    async def open(cls, path: Path) -> SqliteStore:
        """Open or create the file. Raises StoreUnavailableError or SchemaMismatchError."""
        writer = await WriterThread.open(path)
        try:
            reader = await ReaderThread.open(path)
        except BaseException:
            await writer.close()
            raise
        return cls(path, writer, reader)

    async def close(self) -> None:
        """Release the file, after what is under way. Closing twice is allowed."""
        if not self._closed:
            self._closed = True
            await self._reader.close()
            await self._writer.close()

    async def insert(self, collection: str, document: Document) -> None:
        """Store a new document. Raises DuplicateIdError if the id is taken."""
        row = _row(declared_collection(collection), document)
        try:
            await self._write(lambda connection: insert(connection, collection, row))
        except StoreUnavailableError as error:
            if _is_duplicate(error.__cause__):
                raise DuplicateIdError(collection, document["id"]) from None
            raise

    async def get(self, collection: str, document_id: str) -> Document | None:
        """The document of that id, or None."""
        declared_collection(collection)
        sql = f"SELECT body FROM {quoted(collection)} WHERE id = ?"
        rows = await self._read(sql, [document_id])
        return json.loads(rows[0][0]) if rows else None

    async def replace(self, collection: str, document: Document, *, revision: int) -> None:
        """Replace the document if its stored revision is `revision`."""
        row = _row(declared_collection(collection), document)
        assignments = ", ".join(f"{quoted(name)} = ?" for name in row)
        sql = f"UPDATE {quoted(collection)} SET {assignments} WHERE id = ? AND revision = ?"
        if await self._write_rows(sql, [*row.values(), document["id"], revision]) == 0:
            raise RevisionConflictError(collection, document["id"])

    async def put_all(self, collection: str, documents: Sequence[Document]) -> int:
        """Insert each document, or replace a stored one of a lower revision; how many it did."""
        kept = declared_collection(collection)
        rows = [_row(kept, document) for document in documents]
        return await self._write(lambda c: sum(put(c, collection, row) for row in rows))

    async def delete(
        self, collection: str, document_id: str, *, revision: int | None = None
    ) -> bool:
        """Delete the document of that id, or only that revision of it; whether there was one."""
        declared_collection(collection)
        sql = f"DELETE FROM {quoted(collection)} WHERE id = ?"
        if revision is None:
            return await self._write_rows(sql, [document_id]) > 0
        return await self._write_rows(f"{sql} AND revision = ?", [document_id, revision]) > 0

    async def find(
        self,
        collection: str,
        where: Where | None = None,
        sort: Sort = (),
        limit: int | None = None,
    ) -> list[Document]:
        """Documents that match, sorted; equals stand in the order of insertion."""
        keys = complete_sort(collection, where, sort)
        tests, values = condition(where)
        sql = f"SELECT body FROM {quoted(collection)} {tests} {order(keys)} LIMIT ?"
        rows = await self._read(sql, [*values, -1 if limit is None else max(limit, 0)])
        return [json.loads(body) for (body,) in rows]

    async def count_by(
        self, collection: str, field: str, where: Where | None = None
    ) -> dict[Scalar, int]:
        """How many matching documents there are for each value of `field`."""
        declared_collection(collection, {field, *(where or {})})
        tests, values = condition(where)
        sql = (
            f"SELECT {quoted(field)}, count(*) FROM {quoted(collection)} {tests} "
            f"GROUP BY {quoted(field)}"
        )
        return dict(await self._read(sql, values))

    async def page(self, collection: str, after: int, limit: int) -> list[Stored]:
        """The first `limit` documents behind the position `after`, in the order of insertion."""
        declared_collection(collection)
        sql = (
            f"SELECT inserted, body FROM {quoted(collection)} WHERE inserted > ? "
            "ORDER BY inserted LIMIT ?"
        )
        rows = await self._read(sql, [after, limit])
        return [Stored(position, json.loads(body)) for position, body in rows]

    async def size(self, name: str) -> Size:
        """How much a collection or a log holds; bytes of the JSON."""
        kept = declared(name)
        if isinstance(kept, CappedLog):
            return await self._use(lambda connection: _size_of_log(connection, kept))
        sql = f"SELECT count(*), coalesce(sum(length(CAST(body AS BLOB))), 0) FROM {quoted(name)}"
        return Size(*(await self._read(sql, []))[0])

    async def append(self, log: str, document: Document) -> int:
        """Append to a capped log, drop what exceeds its bounds, return the sequence number."""
        kept = declared_log(log)
        row = log_row(kept, document)
        return await self._write(lambda connection: append(connection, kept, row))

    async def after(
        self, log: str, seq: int, limit: int, where: Where | None = None
    ) -> list[LogEntry]:
        """The oldest `limit` matching entries with a higher sequence number, oldest first."""
        declared_log(log, where or {})
        tests, values = condition(where, "seq > ?")
        sql = f"SELECT seq, body FROM {quoted(log)} {tests} ORDER BY seq LIMIT ?"
        rows = await self._read(sql, [*values, seq, limit])
        return [LogEntry(number, json.loads(body)) for number, body in rows]

    async def newest(self, log: str, limit: int, where: Where | None = None) -> list[LogEntry]:
        """The newest `limit` matching entries, oldest first."""
        declared_log(log, where or {})
        tests, values = condition(where)
        sql = f"SELECT seq, body FROM {quoted(log)} {tests} ORDER BY seq DESC LIMIT ?"
        rows = await self._read(sql, [*values, limit])
        return [LogEntry(number, json.loads(body)) for number, body in reversed(rows)]

    async def amend(self, log: str, seq: int, document: Document | None) -> bool:
        """Replace an entry of a capped log, or take it out (None); whether it was there."""
        kept = declared_log(log)
        row = None if document is None else log_row(kept, document)
        return await self._write(lambda connection: amend(connection, kept, seq, row))

    async def erase(self) -> bool:
        """Overwrite what was deleted or replaced in the files: always True here.

        Raises StoreUnavailableError while another process holds the old data.
        """
        self._require_open()
        await self._writer.run(lambda connection: erase(connection, self._path))
        return True

    async def _read(self, sql: str, values: Sequence[Scalar]) -> list[Any]:
        return await self._use(lambda connection: connection.execute(sql, values).fetchall())

    async def _use(self, work: Work[_T]) -> _T:
        self._require_open()
        return await self._reader.read(work)

    async def _write_rows(self, sql: str, values: Sequence[Scalar]) -> int:
        """Run one statement durably; how many rows it changed."""
        return await self._write(lambda connection: connection.execute(sql, values).rowcount)

    async def _write(self, work: Work[_T]) -> _T:
        self._require_open()
        return await self._writer.write(work)

    def _require_open(self) -> None:
        if self._closed:
            raise StoreUnavailableError("The database is closed. Start Tenon again.")


def _row(collection: Collection, document: Document) -> dict[str, Scalar]:
    return {
        "id": document["id"],
        "revision": document["revision"],
        **indexed_values(document, collection.fields),
        "body": encode(document),
    }


def _size_of_log(connection: sqlite3.Connection, log: CappedLog) -> Size:
    count: int = connection.execute(f"SELECT count(*) FROM {quoted(log.name)}").fetchone()[0]
    return Size(count, stored_bytes(connection, log))


def _is_duplicate(error: BaseException | None) -> bool:
    return isinstance(error, sqlite3.IntegrityError) and (
        error.sqlite_errorcode == sqlite3.SQLITE_CONSTRAINT_UNIQUE
    )
