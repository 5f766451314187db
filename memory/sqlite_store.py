"""The document store on a local SQLite file: the default, which needs no server.

One thread owns the one connection. Several processes may use one file at once.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

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
from memory.errors import DuplicateIdError, RevisionConflictError, StoreUnavailableError
from memory.schema import INSERTED, CappedLog
from memory.sqlite_file import clear_errors, open_database, quoted, transaction

_T = TypeVar("_T")


class SqliteStore:
    """A DocumentStore on one SQLite file. Open it with `SqliteStore.open`."""

    def __init__(
        self, path: Path, executor: ThreadPoolExecutor, connection: sqlite3.Connection
    ) -> None:
        self._path = path
        self._executor = executor
        self._connection = connection
        self._closed = False

    @classmethod
    async def open(cls, path: Path) -> SqliteStore:
        """Open or create the file. Raises StoreUnavailableError or SchemaMismatchError."""
        executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="tenon-sqlite")
        loop = asyncio.get_running_loop()
        try:
            connection = await loop.run_in_executor(executor, open_database, path)
        except BaseException:
            executor.shutdown(wait=False)
            raise
        return cls(path, executor, connection)

    async def close(self) -> None:
        """Release the file, after what is under way. Closing twice is allowed."""
        if not self._closed:
            self._closed = True
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(self._executor, self._connection.close)
            self._executor.shutdown()

    async def insert(self, collection: str, document: Document) -> None:
        """Store a new document. Raises DuplicateIdError if the id is taken."""
        fields = declared_collection(collection).fields
        row = {
            "id": document["id"],
            "revision": document["revision"],
            **_indexed_values(document, fields),
            "body": _encode(document),
        }
        try:
            await self._write(lambda connection: _insert(connection, collection, row))
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
        fields = declared_collection(collection).fields
        row = {
            "revision": document["revision"],
            **_indexed_values(document, fields),
            "body": _encode(document),
        }
        assignments = ", ".join(f"{quoted(name)} = ?" for name in row)
        sql = f"UPDATE {quoted(collection)} SET {assignments} WHERE id = ? AND revision = ?"
        if await self._write_rows(sql, [*row.values(), document["id"], revision]) == 0:
            raise RevisionConflictError(collection, document["id"])

    async def delete(self, collection: str, document_id: str) -> bool:
        """Delete the document of that id; whether there was one."""
        declared_collection(collection)
        sql = f"DELETE FROM {quoted(collection)} WHERE id = ?"
        return await self._write_rows(sql, [document_id]) > 0

    async def find(
        self,
        collection: str,
        where: Where | None = None,
        sort: Sort = (),
        limit: int | None = None,
    ) -> list[Document]:
        """Documents that match, sorted; equals stand in the order of insertion."""
        keys = complete_sort(collection, where, sort)
        condition, values = _condition(where)
        sql = f"SELECT body FROM {quoted(collection)} {condition} {_order(keys)} LIMIT ?"
        rows = await self._read(sql, [*values, -1 if limit is None else max(limit, 0)])
        return [json.loads(body) for (body,) in rows]

    async def count_by(
        self, collection: str, field: str, where: Where | None = None
    ) -> dict[Scalar, int]:
        """How many matching documents there are for each value of `field`."""
        declared_collection(collection, {field, *(where or {})})
        condition, values = _condition(where)
        sql = (
            f"SELECT {quoted(field)}, count(*) FROM {quoted(collection)} {condition} "
            f"GROUP BY {quoted(field)}"
        )
        return dict(await self._read(sql, values))

    async def append(self, log: str, document: Document) -> int:
        """Append to a capped log, drop what exceeds its bounds, return the sequence number."""
        declared = declared_log(log)
        body = _encode(document)
        row = {
            **_indexed_values(document, declared.fields),
            "bytes": len(body.encode()),
            "body": body,
        }
        return await self._write(lambda connection: _append(connection, declared, row))

    async def after(
        self, log: str, seq: int, limit: int, where: Where | None = None
    ) -> list[LogEntry]:
        """The oldest `limit` matching entries with a higher sequence number, oldest first."""
        declared_log(log, where or {})
        condition, values = _condition(where, "seq > ?")
        sql = f"SELECT seq, body FROM {quoted(log)} {condition} ORDER BY seq LIMIT ?"
        rows = await self._read(sql, [*values, seq, limit])
        return [LogEntry(number, json.loads(body)) for number, body in rows]

    async def newest(self, log: str, limit: int, where: Where | None = None) -> list[LogEntry]:
        """The newest `limit` matching entries, oldest first."""
        declared_log(log, where or {})
        condition, values = _condition(where)
        sql = f"SELECT seq, body FROM {quoted(log)} {condition} ORDER BY seq DESC LIMIT ?"
        rows = await self._read(sql, [*values, limit])
        return [LogEntry(number, json.loads(body)) for number, body in reversed(rows)]

    async def _read(self, sql: str, values: Sequence[Scalar]) -> list[Any]:
        return await self._use(lambda connection: connection.execute(sql, values).fetchall())

    async def _write_rows(self, sql: str, values: Sequence[Scalar]) -> int:
        """Run one statement durably; how many rows it changed."""
        return await self._write(lambda connection: connection.execute(sql, values).rowcount)

    async def _write(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        def in_transaction(connection: sqlite3.Connection) -> _T:
            with transaction(connection):
                return work(connection)

        return await self._use(in_transaction)

    async def _use(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        def with_connection() -> _T:
            with clear_errors(self._path):
                return work(self._connection)

        if self._closed:
            raise StoreUnavailableError("The database is closed. Start Tenon again.")
        return await asyncio.get_running_loop().run_in_executor(self._executor, with_connection)


def _encode(document: Document) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def _indexed_values(document: Document, fields: Mapping[str, object]) -> dict[str, Scalar]:
    return {name: document.get(name) for name in fields}


def _condition(where: Where | None, *extra: str) -> tuple[str, list[Scalar]]:
    tests = [f"{quoted(field)} IS ?" for field in where or {}]
    tests.extend(extra)
    sql = f"WHERE {' AND '.join(tests)}" if tests else ""
    return sql, list((where or {}).values())


def _order(keys: Sequence[tuple[str, int]]) -> str:
    columns = (("inserted" if field == INSERTED else field, step) for field, step in keys)
    parts = (f"{quoted(name)} {'DESC' if step < 0 else 'ASC'}" for name, step in columns)
    return "ORDER BY " + ", ".join(parts)


def _insert(connection: sqlite3.Connection, table: str, row: Mapping[str, Scalar]) -> int:
    columns = ", ".join(quoted(name) for name in row)
    marks = ", ".join("?" for _ in row)
    sql = f"INSERT INTO {quoted(table)} ({columns}) VALUES ({marks})"
    return connection.execute(sql, list(row.values())).lastrowid or 0


def _append(connection: sqlite3.Connection, log: CappedLog, row: Mapping[str, Any]) -> int:
    seq = _insert(connection, log.name, row)
    table = quoted(log.name)
    sql = f"DELETE FROM {table} WHERE seq <= ? RETURNING bytes"
    dropped = connection.execute(sql, [seq - log.max_entries]).fetchall()
    sql = "SELECT bytes FROM log_sizes WHERE log = ?"
    before: int = connection.execute(sql, [log.name]).fetchone()[0]
    size = before + row["bytes"] - sum(count for (count,) in dropped)
    size = _drop_over_size(connection, log, size, seq)
    connection.execute("UPDATE log_sizes SET bytes = ? WHERE log = ?", [size, log.name])
    return seq


def _drop_over_size(connection: sqlite3.Connection, log: CappedLog, size: int, newest: int) -> int:
    table = quoted(log.name)
    sql = (
        f"DELETE FROM {table} WHERE seq = (SELECT min(seq) FROM {table}) AND seq < ? "
        "RETURNING bytes"
    )
    while size > log.max_bytes:
        dropped = connection.execute(sql, [newest]).fetchall()
        if not dropped:
            break
        size -= dropped[0][0]
    return size


def _is_duplicate(error: BaseException | None) -> bool:
    return isinstance(error, sqlite3.IntegrityError) and (
        error.sqlite_errorcode == sqlite3.SQLITE_CONSTRAINT_UNIQUE
    )
