"""The tables of the SQLite file, made or completed, and its documents brought up to date.

Everything here happens in the one transaction in which the file is opened: a kill in the middle
leaves the file as it was, and no other process sees half of it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from memory.errors import SchemaMismatchError
from memory.migrations import migrate, outdated_collections
from memory.schema import COLLECTIONS, LOGS, SCHEMA_VERSION, FieldType
from memory.sqlite_text import encode, indexed_values, quoted

_SQL_TYPES: dict[FieldType, str] = {"text": "TEXT", "integer": "INTEGER"}
_BATCH = 500


def prepare_schema(connection: sqlite3.Connection, path: Path) -> None:
    """Create or complete the tables and migrate the documents, inside a transaction.

    Raises SchemaMismatchError for a file of a newer version.
    """
    found = stored_version(connection)
    if found > SCHEMA_VERSION:
        raise SchemaMismatchError(
            f"The database {path} has schema version {found}; this Tenon knows version "
            f"{SCHEMA_VERSION}. Start a newer Tenon, or use another TENON_DATA_DIR."
        )
    _complete_tables(connection)
    if 0 < found < SCHEMA_VERSION:
        for name in outdated_collections(found):
            _migrate(connection, name, found)
    if found != SCHEMA_VERSION:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    # BEGIN IMMEDIATE lets a read-only file pass; a statement that could write does not.
    connection.execute("DELETE FROM log_sizes WHERE log IS NULL")


def stored_version(connection: sqlite3.Connection) -> int:
    """The schema version of the file; 0 if it is new."""
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version


def require_version(connection: sqlite3.Connection, path: Path) -> None:
    """Raise SchemaMismatchError if a newer Tenon has changed the file since it was opened."""
    found = stored_version(connection)
    if found != SCHEMA_VERSION:
        raise SchemaMismatchError(
            f"A newer Tenon has brought the database {path} to schema version {found}. Start this "
            "one again with the same version; nothing that it had stored is lost."
        )


def _complete_tables(connection: sqlite3.Connection) -> None:
    for collection in COLLECTIONS.values():
        connection.execute(
            f"CREATE TABLE IF NOT EXISTS {quoted(collection.name)} ("
            "inserted INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, "
            f"revision INTEGER NOT NULL, {_columns(collection.fields)}, "
            "body TEXT NOT NULL) STRICT"
        )
        _add_columns(connection, collection.name, collection.fields)
        _add_indexes(connection, collection.name, collection.indexes)
    connection.execute(
        "CREATE TABLE IF NOT EXISTS log_sizes (log TEXT PRIMARY KEY, bytes INTEGER NOT NULL) STRICT"
    )
    for log in LOGS.values():
        connection.execute(
            f"CREATE TABLE IF NOT EXISTS {quoted(log.name)} (seq INTEGER PRIMARY KEY "
            f"AUTOINCREMENT, {_columns(log.fields)}, bytes INTEGER NOT NULL, body TEXT NOT NULL) "
            "STRICT"
        )
        _add_columns(connection, log.name, log.fields)
        _add_indexes(connection, log.name, [(field,) for field in log.fields])
        connection.execute("INSERT OR IGNORE INTO log_sizes VALUES (?, 0)", (log.name,))


def _columns(fields: dict[str, FieldType]) -> str:
    return ", ".join(f"{quoted(name)} {_SQL_TYPES[kind]}" for name, kind in fields.items())


def _add_columns(connection: sqlite3.Connection, table: str, fields: dict[str, FieldType]) -> None:
    """Columns of fields that were declared since the table was made, filled from the documents."""
    there = {row[1] for row in connection.execute(f"PRAGMA table_info({quoted(table)})")}
    for name, kind in fields.items():
        if name not in there:
            column = f"{quoted(name)} {_SQL_TYPES[kind]}"
            connection.execute(f"ALTER TABLE {quoted(table)} ADD COLUMN {column}")
            sql = f"UPDATE {quoted(table)} SET {quoted(name)} = json_extract(body, ?)"
            connection.execute(sql, [f'$."{name}"'])


def _add_indexes(
    connection: sqlite3.Connection, table: str, indexes: Iterable[tuple[str, ...]]
) -> None:
    for fields in indexes:
        name = quoted("_by_".join((table, "_".join(fields))))
        columns = ", ".join(quoted(field) for field in fields)
        connection.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {quoted(table)} ({columns})")


def _migrate(connection: sqlite3.Connection, table: str, since: int) -> None:
    sql = f"SELECT inserted, body FROM {quoted(table)} WHERE inserted > ? ORDER BY inserted LIMIT ?"
    position = 0
    while rows := connection.execute(sql, [position, _BATCH]).fetchall():
        for position, body in rows:
            _migrate_row(connection, table, position, body, since)


def _migrate_row(
    connection: sqlite3.Connection, table: str, position: int, body: str, since: int
) -> None:
    changed = migrate(table, json.loads(body), since)
    if changed is None:
        connection.execute(f"DELETE FROM {quoted(table)} WHERE inserted = ?", [position])
        return
    row = {
        "revision": changed["revision"],
        **indexed_values(changed, COLLECTIONS[table].fields),
        "body": encode(changed),
    }
    assignments = ", ".join(f"{quoted(name)} = ?" for name in row)
    sql = f"UPDATE {quoted(table)} SET {assignments} WHERE inserted = ?"
    connection.execute(sql, [*row.values(), position])
