"""One SQLite file of long-term memory, used from worker threads under one lock."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_log = logging.getLogger(__name__)
_BUSY_SECONDS = 30


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
                self._connection = _open(self.path, self._schema)
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError):
                    raise
                self._put_aside(error)
                self._connection = _open(self.path, self._schema)
                is_new = True
            return is_new

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One writer at a time; durable when the block ends, undone when it raises."""
        with self.reading() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

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

    @property
    def _aside(self) -> Path:
        return self.path.with_suffix(".damaged")

    def _put_aside(self, error: sqlite3.Error) -> None:
        _log.warning("%s is damaged (%s): begun anew, the old one is beside it.", self.path, error)
        self.path.replace(self._aside)
        for suffix in ("-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)


def _open(path: Path, schema: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA secure_delete=ON")
        connection.executescript(schema)
    except sqlite3.Error:
        connection.close()
        raise
    return connection
