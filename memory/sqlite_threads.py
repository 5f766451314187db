"""The two threads of the SQLite store: one writes with group commit, one reads.

Group commit: writers that wait for the disk at the same time share one transaction and one fsync
(DeWitt et al., "Implementation Techniques for Main Memory Database Systems", 1984). Each is
acknowledged only after the fsync of its group, and none waits longer than alone.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from memory.sqlite_file import clear_errors, open_database, open_reader
from memory.sqlite_schema import require_version
from memory.sqlite_text import transaction

_T = TypeVar("_T")
Work = Callable[[sqlite3.Connection], _T]
_GROUP = 512
"""The most writes of one transaction, so that none waits for long work of others."""


@dataclass
class _Job:
    work: Work[Any]
    future: Future[Any] = field(default_factory=Future)


class WriterThread:
    """Owns the connection that writes. Open it with `WriterThread.open`."""

    def __init__(
        self, path: Path, executor: ThreadPoolExecutor, connection: sqlite3.Connection
    ) -> None:
        self._path = path
        self._executor = executor
        self._connection = connection
        self._waiting: deque[_Job] = deque()

    @classmethod
    async def open(cls, path: Path) -> WriterThread:
        """Open or create the file. Raises StoreUnavailableError or SchemaMismatchError."""
        executor, connection = await _open("tenon-sqlite-writer", open_database, path)
        return cls(path, executor, connection)

    async def write(self, work: Work[_T]) -> _T:
        """Do `work` in a transaction and return its result once that is on the disk.

        What `work` raises undoes its own changes alone. It may be dropped by cancelling before
        its turn; afterwards it is done all the same.
        """
        job = _Job(work)
        self._waiting.append(job)
        self._executor.submit(self._commit_waiting)
        result: _T = await asyncio.wrap_future(job.future)
        return result

    async def run(self, work: Work[_T]) -> _T:
        """Do `work` between two groups, outside a transaction."""

        def alone() -> _T:
            with clear_errors(self._path):
                return work(self._connection)

        return await asyncio.get_running_loop().run_in_executor(self._executor, alone)

    async def close(self) -> None:
        """Close the connection after what is waiting."""
        await _close(self._executor, self._connection)

    def _commit_waiting(self) -> None:
        """Commit what waits as one group; a later call finds nothing then."""
        group = [self._waiting.popleft() for _ in range(min(len(self._waiting), _GROUP))]
        jobs = [job for job in group if job.future.set_running_or_notify_cancel()]
        if not jobs:
            return
        try:
            with clear_errors(self._path), transaction(self._connection):
                require_version(self._connection, self._path)
                outcomes = [self._attempt(job.work, len(jobs) > 1) for job in jobs]
        except BaseException as error:  # then nothing of the group is stored
            for job in jobs:
                job.future.set_exception(error)
            return
        for job, outcome in zip(jobs, outcomes, strict=True):
            _tell(job.future, outcome)

    def _attempt(self, work: Work[Any], shared: bool) -> Any:
        """The result of `work`, or the exception that it ended with, its changes undone."""
        if not shared:
            with clear_errors(self._path):
                return work(self._connection)
        self._connection.execute("SAVEPOINT job")
        try:
            with clear_errors(self._path):
                result = work(self._connection)
        except Exception as error:
            if not self._connection.in_transaction:  # SQLite has undone the whole group
                raise
            self._connection.execute("ROLLBACK TO job")
            result = error
        self._connection.execute("RELEASE job")
        return result


class ReaderThread:
    """Owns a connection that only reads, so that no reader waits for the disk of a writer."""

    def __init__(
        self, path: Path, executor: ThreadPoolExecutor, connection: sqlite3.Connection
    ) -> None:
        self._path = path
        self._executor = executor
        self._connection = connection

    @classmethod
    async def open(cls, path: Path) -> ReaderThread:
        """Open the file, which exists. Raises StoreUnavailableError."""
        executor, connection = await _open("tenon-sqlite-reader", open_reader, path)
        return cls(path, executor, connection)

    async def read(self, work: Work[_T]) -> _T:
        """The result of `work` on what was committed before this call, or later."""

        def with_connection() -> _T:
            with clear_errors(self._path):
                return work(self._connection)

        return await asyncio.get_running_loop().run_in_executor(self._executor, with_connection)

    async def close(self) -> None:
        """Close the connection after what is waiting."""
        await _close(self._executor, self._connection)


async def _open(
    name: str, connect: Callable[[Path], sqlite3.Connection], path: Path
) -> tuple[ThreadPoolExecutor, sqlite3.Connection]:
    executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
    try:
        connection = await asyncio.get_running_loop().run_in_executor(executor, connect, path)
    except BaseException:
        executor.shutdown(wait=False)
        raise
    return executor, connection


async def _close(executor: ThreadPoolExecutor, connection: sqlite3.Connection) -> None:
    await asyncio.get_running_loop().run_in_executor(executor, connection.close)
    executor.shutdown()


def _tell(future: Future[Any], outcome: Any) -> None:
    if isinstance(outcome, Exception):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)
