"""Tenon's SQLite files: safe settings, one that worker threads share, errors for a person."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from memory.errors import StoreUnavailableError
from memory.sqlite_schema import prepare_schema
from memory.sqlite_text import transaction

_log = logging.getLogger(__name__)
BUSY_SECONDS = 30.0
_OLDEST_SQLITE = (3, 38)


def connect(path: Path, *, durable: bool = True, any_thread: bool = False) -> sqlite3.Connection:
    """Open or create a file for several processes; transactions are begun by hand.

    What is deleted or replaced in it is overwritten with zeros: redaction depends on it. With
    `durable` a commit returns after an fsync; without, a crash of the machine may undo the last
    ones. With `any_thread` the caller lets one thread use it at a time. Raises sqlite3.Error.
    """
    connection = sqlite3.connect(
        path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=not any_thread
    )
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
        connection.execute("PRAGMA secure_delete = ON")
    except BaseException:
        connection.close()
        raise
    return connection


def is_damage(error: Exception) -> bool:
    """Whether SQLite says that the file is broken or no database."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def remove(path: Path, *, aside: Path | None = None) -> None:
    """Remove a closed file and its logs, or put the file `aside`. Raises OSError."""
    if aside is not None:
        path.replace(aside)
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


class LockedFile:
    """A connection and its lock, opened when it is first used; a damaged file is put aside.

    Every method blocks, and raises sqlite3.Error, or OSError where the folder cannot be used.
    """

    def __init__(self, path: Path, schema: str) -> None:
        self._lock = threading.RLock()
        self.path = path
        self._schema = schema
        self._connection: sqlite3.Connection | None = None
        self._closed = False

    def open(self) -> bool:
        """Open it unless it is open; say whether it had to be made anew, so that it is empty."""
        with self._lock:
            if self._connection is not None:
                return False
            if self._closed:
                raise sqlite3.ProgrammingError(f"{self.path.name} is closed")
            self.path.parent.mkdir(parents=True, exist_ok=True)
            is_new = not self.path.exists()
            try:
                self._connection = self._connect()
            except sqlite3.Error as error:
                if not is_damage(error):
                    raise
                _log.warning(
                    "%s is damaged (%s): begun anew, the old one is beside it.", self.path, error
                )
                remove(self.path, aside=self._aside)
                self._connection = self._connect()
                is_new = True
            return is_new

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One writer at a time; durable when the block ends, undone when it raises."""
        with self.reading() as connection, transaction(connection):
            yield connection

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection, for reading."""
        with self._lock:
            self.open()
            assert self._connection is not None  # noqa: S101
            yield self._connection

    def scrub(self) -> None:
        """Leave no trace of deleted rows in the file, its log, or a damaged one put aside."""
        with self.reading() as connection:
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._aside.unlink(missing_ok=True)

    def close(self) -> None:
        """Closing twice is allowed; it is not opened again."""
        with self._lock:
            self._closed = True
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _connect(self) -> sqlite3.Connection:
        connection = connect(self.path, any_thread=True)
        try:
            connection.executescript(self._schema)
        except BaseException:
            connection.close()
            raise
        return connection

    @property
    def _aside(self) -> Path:
        return self.path.with_suffix(".damaged")


def open_database(path: Path) -> sqlite3.Connection:
    """Open or create the database for durable use by several processes.

    Raises StoreUnavailableError or SchemaMismatchError.
    """
    _check_sqlite()
    with clear_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        # Two processes that switch one new file to WAL at once make SQLite give up unwaited.
        with FileLock(f"{path}.lock", timeout=BUSY_SECONDS):
            connection = connect(path)
            try:
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
