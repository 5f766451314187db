"""What the index holds of a repository: each file's state when its chunks were written.

A SQLite file beside the chunks. A file is noted only after its chunks are stored, so what a kill
interrupts is done again. What is damaged, or of another version, is made anew: it can always be
computed from the files.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Collection, Iterable
from dataclasses import astuple, dataclass
from pathlib import Path

from memory.errors import StoreUnavailableError
from memory.sqlite_file import connect, remove
from memory.sqlite_text import transaction

_VERSION = 1


@dataclass(frozen=True)
class FileState:
    """One file as it was read."""

    path: str
    mtime_ns: int
    size: int
    inode: int
    read_ns: int
    """Nanoseconds since the epoch, just before it was read."""
    digest: str
    chunks: int
    reason: str = ""
    """Why it has no chunks; empty if it is in the index."""


class Manifest:
    """The states of one repository's files. Open it with `Manifest.open`; one user at a time."""

    def __init__(self, connection: sqlite3.Connection, is_new: bool) -> None:
        self._connection = connection
        # A cancelled update leaves a thread behind that may not be done yet.
        self._lock = threading.Lock()
        self.is_new = is_new
        """Whether nothing is known of what the chunks' table holds."""

    @classmethod
    def open(cls, path: Path, stamp: str) -> Manifest:
        """Open or make the file. `stamp` names what chunks depend on besides the files.

        Raises StoreUnavailableError if the folder cannot be used.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                return cls(*_opened(path, stamp))
            except sqlite3.DatabaseError:
                remove(path)
                return cls(*_opened(path, stamp))
        except (sqlite3.Error, OSError) as error:
            raise unusable(path, error) from error

    def states(self) -> dict[str, FileState]:
        """Every file by its path."""
        with self._lock:
            rows = self._connection.execute("SELECT * FROM files").fetchall()
        return {row[0]: FileState(*row) for row in rows}

    def record(self, states: Iterable[FileState]) -> None:
        """Note files whose chunks are stored."""
        rows = [astuple(state) for state in states]
        with self._lock, transaction(self._connection):
            self._connection.executemany(
                "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows
            )

    def remove(self, paths: Collection[str]) -> None:
        """Forget files whose chunks are gone."""
        with self._lock, transaction(self._connection):
            self._connection.executemany(
                "DELETE FROM files WHERE path = ?", [(path,) for path in paths]
            )

    def settle(self) -> None:
        """Note that the table holds nothing that is not in here."""
        with self._lock:
            self._connection.execute("UPDATE meta SET settled = 1")
        self.is_new = False

    def close(self) -> None:
        """Release the file."""
        with self._lock:
            self._connection.close()


def unusable(path: Path, error: Exception) -> StoreUnavailableError:
    """What a person can do about a folder that cannot be written."""
    return StoreUnavailableError(
        f"The code index {path} cannot be used: {error}. Make the folder writable, or set "
        "TENON_DATA_DIR to another folder."
    )


def _opened(path: Path, stamp: str) -> tuple[sqlite3.Connection, bool]:
    # Calls come from several threads, one after another.
    connection = connect(path, durable=False, any_thread=True)
    try:
        with transaction(connection):
            return connection, _prepared(connection, stamp)
    except BaseException:
        connection.close()
        raise


def _prepared(connection: sqlite3.Connection, stamp: str) -> bool:
    """Make the tables, and empty them if they belong to another stamp; whether they are new."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version not in (0, _VERSION):
        raise sqlite3.DatabaseError("written by another version")
    connection.execute(
        "CREATE TABLE IF NOT EXISTS files (path TEXT PRIMARY KEY, mtime_ns INTEGER, size INTEGER,"
        " inode INTEGER, read_ns INTEGER, digest TEXT, chunks INTEGER, reason TEXT) STRICT"
    )
    connection.execute(
        "CREATE TABLE IF NOT EXISTS meta (stamp TEXT NOT NULL, settled INTEGER NOT NULL) STRICT"
    )
    connection.execute(f"PRAGMA user_version = {_VERSION}")
    found = connection.execute("SELECT stamp, settled FROM meta").fetchone()
    if found == (stamp, 1):
        return False
    connection.execute("DELETE FROM files")
    connection.execute("DELETE FROM meta")
    connection.execute("INSERT INTO meta VALUES (?, 0)", (stamp,))
    return True
