"""Opening Tenon's SQLite file: safe settings, schema, and errors in words for a person."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from memory.errors import SchemaMismatchError, StoreUnavailableError
from memory.schema import COLLECTIONS, LOGS, READABLE_VERSIONS, SCHEMA_VERSION, FieldType

BUSY_SECONDS = 30.0
_OLDEST_SQLITE = (3, 38)
_SQL_TYPES: dict[FieldType, str] = {"text": "TEXT", "integer": "INTEGER"}


def open_database(path: Path) -> sqlite3.Connection:
    """Open or create the database for durable use by several processes.

    Raises StoreUnavailableError or SchemaMismatchError.
    """
    _check_sqlite()
    with clear_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        # Two processes that switch one new file to WAL at once make SQLite give up unwaited.
        with FileLock(f"{path}.lock", timeout=BUSY_SECONDS):
            connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
            try:
                _configure(connection)
                _prepare_schema(connection, path)
            except BaseException:
                connection.close()
                raise
            return connection


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


@contextmanager
def clear_errors(path: Path) -> Iterator[None]:
    """Turn errors of SQLite and the file system into StoreUnavailableError."""
    try:
        yield
    except sqlite3.Error as error:
        raise StoreUnavailableError(_describe(error, path)) from error
    except Timeout as error:
        raise StoreUnavailableError(
            f"Another Tenon has been opening the database {path} for {BUSY_SECONDS:.0f} seconds. "
            "Close the other editor window, then try again."
        ) from error
    except OSError as error:
        raise StoreUnavailableError(
            f"The data folder {path.parent} cannot be used: {error.strerror or error}. Make it "
            "writable, or set TENON_DATA_DIR to another folder."
        ) from error


def quoted(name: str) -> str:
    """An identifier from memory/schema.py for use in SQL."""
    return f'"{name}"'


def _check_sqlite() -> None:
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        raise StoreUnavailableError(
            f"SQLite {sqlite3.sqlite_version} is too old; Tenon needs 3.38 or newer. Install a "
            "newer Python, or set TENON_MONGODB_URI."
        )


def _configure(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")


def _prepare_schema(connection: sqlite3.Connection, path: Path) -> None:
    with transaction(connection):
        found = connection.execute("PRAGMA user_version").fetchone()[0]
        if found == 0:
            _create_schema(connection)
        elif found in READABLE_VERSIONS:
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        elif found != SCHEMA_VERSION:
            raise SchemaMismatchError(
                f"The database {path} has schema version {found}; this Tenon knows version "
                f"{SCHEMA_VERSION}. Start a newer Tenon, or use another TENON_DATA_DIR."
            )
        # BEGIN IMMEDIATE lets a read-only file pass; a statement that could write does not.
        connection.execute("DELETE FROM log_sizes WHERE log IS NULL")


def _create_schema(connection: sqlite3.Connection) -> None:
    for collection in COLLECTIONS.values():
        connection.execute(
            f"CREATE TABLE {quoted(collection.name)} ("
            "inserted INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, "
            f"revision INTEGER NOT NULL, {_columns(collection.fields)}, "
            "body TEXT NOT NULL) STRICT"
        )
        for index in collection.indexes:
            _create_index(connection, collection.name, index)
    connection.execute(
        "CREATE TABLE log_sizes (log TEXT PRIMARY KEY, bytes INTEGER NOT NULL) STRICT"
    )
    for log in LOGS.values():
        connection.execute(
            f"CREATE TABLE {quoted(log.name)} (seq INTEGER PRIMARY KEY AUTOINCREMENT, "
            f"{_columns(log.fields)}, bytes INTEGER NOT NULL, body TEXT NOT NULL) STRICT"
        )
        for field in log.fields:
            _create_index(connection, log.name, (field,))
        connection.execute("INSERT INTO log_sizes VALUES (?, 0)", (log.name,))
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _columns(fields: dict[str, FieldType]) -> str:
    return ", ".join(f"{quoted(name)} {_SQL_TYPES[kind]}" for name, kind in fields.items())


def _create_index(connection: sqlite3.Connection, table: str, fields: tuple[str, ...]) -> None:
    name = quoted("_by_".join((table, "_".join(fields))))
    columns = ", ".join(quoted(field) for field in fields)
    connection.execute(f"CREATE INDEX {name} ON {quoted(table)} ({columns})")


def _describe(error: sqlite3.Error, path: Path) -> str:
    """What happened and what to do, by SQLite's primary result code."""
    elsewhere = "or set TENON_DATA_DIR to another folder"
    advice = {
        sqlite3.SQLITE_READONLY: f"is read-only. Make it and its folder writable, {elsewhere}.",
        sqlite3.SQLITE_CANTOPEN: f"cannot be opened. Check its folder's permissions, {elsewhere}.",
        sqlite3.SQLITE_FULL: f"cannot grow: the disk is full. Free some space, {elsewhere}.",
        sqlite3.SQLITE_IOERR: f"could not be read or written. Check the disk, {elsewhere}.",
        sqlite3.SQLITE_CORRUPT: f"is damaged. Move it away and restore a backup, {elsewhere}.",
        sqlite3.SQLITE_NOTADB: f"is not a database. Move the file away, {elsewhere}.",
        sqlite3.SQLITE_BUSY: "has been locked by another process for too long. Close the other "
        "Tenon, then try again.",
    }
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return f"The database {path} cannot be used: {error}."
    return f"The database {path} " + advice.get(code & 0xFF, f"cannot be used: {error}.")
