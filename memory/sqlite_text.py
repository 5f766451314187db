"""SQL of the document store: small pieces that several modules share."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from memory.database import Document, Scalar, Where
from memory.schema import INSERTED


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """One write transaction; the lock is taken before the first read inside it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def quoted(name: str) -> str:
    """An identifier from memory/schema.py for use in SQL."""
    return f'"{name}"'


def encode(document: Document) -> str:
    """The JSON text of a document."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def indexed_values(document: Document, fields: Mapping[str, object]) -> dict[str, Scalar]:
    """The values of the declared fields."""
    return {name: document.get(name) for name in fields}


def condition(where: Where | None, *extra: str) -> tuple[str, list[Scalar]]:
    """The WHERE clause and its values."""
    tests = [f"{quoted(field)} IS ?" for field in where or {}]
    tests.extend(extra)
    sql = f"WHERE {' AND '.join(tests)}" if tests else ""
    return sql, list((where or {}).values())


def order(keys: Sequence[tuple[str, int]]) -> str:
    """The ORDER BY clause."""
    columns = (("inserted" if field == INSERTED else field, step) for field, step in keys)
    parts = (f"{quoted(name)} {'DESC' if step < 0 else 'ASC'}" for name, step in columns)
    return "ORDER BY " + ", ".join(parts)


def insert(connection: sqlite3.Connection, table: str, row: Mapping[str, Any]) -> int:
    """Insert a row; its number."""
    columns = ", ".join(quoted(name) for name in row)
    marks = ", ".join("?" for _ in row)
    sql = f"INSERT INTO {quoted(table)} ({columns}) VALUES ({marks})"
    return connection.execute(sql, list(row.values())).lastrowid or 0


def put(connection: sqlite3.Connection, table: str, row: Mapping[str, Any]) -> int:
    """Insert a row, or replace one of the same id and a lower revision; how many changed."""
    columns = ", ".join(quoted(name) for name in row)
    marks = ", ".join("?" for _ in row)
    changes = ", ".join(f"{quoted(name)} = excluded.{quoted(name)}" for name in row)
    sql = (
        f"INSERT INTO {quoted(table)} ({columns}) VALUES ({marks}) ON CONFLICT (id) DO UPDATE "
        f"SET {changes} WHERE excluded.revision > {quoted(table)}.revision"
    )
    return connection.execute(sql, list(row.values())).rowcount
