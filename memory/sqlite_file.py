"""Opening Tenon's SQLite file: safe settings, and errors in words for a person."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from memory.errors import StoreUnavailableError
from memory.sqlite_schema import prepare_schema
from memory.sqlite_text import transaction

BUSY_SECONDS = 30.0
_OLDEST_SQLITE = (3, 38)


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
                with transaction(connection):
                    prepare_schema(connection, path)
            except BaseException:
                connection.close()
                raise
            return connection


def open_reader(path: Path) -> sqlite3.Connection:
    """A further connection that reads what was committed, without waiting for writers."""
    with clear_errors(path):
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
        connection.execute("PRAGMA query_only = ON")
        return connection


def erase(connection: sqlite3.Connection, path: Path) -> None:
    """Rewrite the file without what was deleted, and empty the log of writes.

    StoreUnavailableError if another process reads or writes all the time meanwhile.
    """
    connection.execute("VACUUM")
    busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    if busy:
        raise StoreUnavailableError(
            f"Another Tenon is using the database {path}, so removed text can still lie in its "
            "files. Close the other editor windows, then repeat the command."
        )


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


def _check_sqlite() -> None:
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        raise StoreUnavailableError(
            f"SQLite {sqlite3.sqlite_version} is too old; Tenon needs 3.38 or newer. Install a "
            "newer Python, or set TENON_MONGODB_URI."
        )


def _configure(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    # What is deleted or replaced is overwritten with zeros: redaction depends on it.
    connection.execute("PRAGMA secure_delete = ON")


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
