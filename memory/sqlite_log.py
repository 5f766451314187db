"""Capped logs on SQLite: appending, and the bounds that the append itself keeps."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from memory.database import Document
from memory.schema import CappedLog
from memory.sqlite_text import encode, indexed_values, insert, quoted


def log_row(log: CappedLog, document: Document) -> dict[str, Any]:
    """The columns of an entry."""
    body = encode(document)
    return {
        **indexed_values(document, log.fields),
        "bytes": len(body.encode()),
        "body": body,
    }


def append(connection: sqlite3.Connection, log: CappedLog, row: Mapping[str, Any]) -> int:
    """Append an entry and drop what exceeds the bounds; its sequence number."""
    seq = insert(connection, log.name, row)
    sql = f"DELETE FROM {quoted(log.name)} WHERE seq <= ? RETURNING bytes"
    dropped = connection.execute(sql, [seq - log.max_entries]).fetchall()
    size = stored_bytes(connection, log) + row["bytes"] - sum(count for (count,) in dropped)
    _set_bytes(connection, log, _drop_over_size(connection, log, size, seq))
    return seq


def amend(
    connection: sqlite3.Connection, log: CappedLog, seq: int, row: Mapping[str, Any] | None
) -> bool:
    """Replace the entry of that number, or take it out; whether it was there."""
    table = quoted(log.name)
    before = connection.execute(f"SELECT bytes FROM {table} WHERE seq = ?", [seq]).fetchone()
    if before is None:
        return False
    if row is None:
        connection.execute(f"DELETE FROM {table} WHERE seq = ?", [seq])
    else:
        assignments = ", ".join(f"{quoted(name)} = ?" for name in row)
        sql = f"UPDATE {table} SET {assignments} WHERE seq = ?"
        connection.execute(sql, [*row.values(), seq])
    after = 0 if row is None else row["bytes"]
    _set_bytes(connection, log, stored_bytes(connection, log) + after - before[0])
    return True


def stored_bytes(connection: sqlite3.Connection, log: CappedLog) -> int:
    """Bytes of the JSON of all entries."""
    sql = "SELECT bytes FROM log_sizes WHERE log = ?"
    size: int = connection.execute(sql, [log.name]).fetchone()[0]
    return size


def _set_bytes(connection: sqlite3.Connection, log: CappedLog, size: int) -> None:
    connection.execute("UPDATE log_sizes SET bytes = ? WHERE log = ?", [size, log.name])


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
