"""Brings the index of one repository up to what its files say now."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import Counter
from collections.abc import AsyncGenerator, Collection, Sequence
from contextlib import asynccontextmanager
from pathlib import Path, PurePosixPath

from filelock import FileLock, Timeout

from memory.chunking.chunker import CHUNKER_VERSION
from memory.code_index import names
from memory.code_index.contract import (
    ChunkRows,
    Gate,
    IndexLimits,
    IndexProgress,
    IndexReport,
    OnProgress,
    RepositoryFiles,
    open_gate,
)
from memory.code_index.manifest import FileState, Manifest, unusable
from memory.code_index.plan import Plan, compare
from memory.code_index.reader import ReadFile, read_file
from memory.errors import MemoryStoreError, StoreUnavailableError

_SECONDS = 1.0
"""Aim for the time between two looks at the gate: a person is not to wait longer."""
_FEWEST, _FIRST, _MOST = 16, 64, 1024
"""Chunks that are written at once."""


class IndexBusyError(MemoryStoreError):
    """Another process updates the index of this repository now."""

    def __init__(self) -> None:
        super().__init__(
            "Another Tenon window or terminal is indexing this repository. Wait until it is done."
        )


class CodeIndexer:
    """The index of one checkout. One update runs at a time, over all processes.

    `folder` holds the manifests and locks, `repository` is the key of the rows.
    """

    def __init__(
        self,
        folder: Path,
        repository: str,
        files: RepositoryFiles,
        rows: ChunkRows,
        limits: IndexLimits | None = None,
    ) -> None:
        key = hashlib.sha256(repository.encode()).hexdigest()[:16]
        self._manifest_path = folder / f"{key}.sqlite3"
        self._lock_path = folder / f"{key}.lock"
        self._repository = repository
        self._files = files
        self._rows = rows
        self._limits = limits or IndexLimits()

    async def update(
        self,
        only: Collection[str] | None = None,
        gate: Gate = open_gate,
        on_progress: OnProgress = lambda _progress: None,
    ) -> IndexReport:
        """Take over what has changed, in all files or in `only` these.

        It may be cancelled or killed at any time, and goes on from there with the next call.
        Raises IndexBusyError, StoreUnavailableError, and what `files` raises.
        """
        started = time.perf_counter()
        async with self._held() as manifest:
            run = _Update(self._repository, self._files, self._rows, self._limits, manifest)
            report = await run.run(only, gate, on_progress)
        report.seconds = time.perf_counter() - started
        return report

    async def forget(self) -> None:
        """Remove everything that the index holds of this repository. Raises IndexBusyError."""
        async with self._held() as manifest:
            await self._rows.remove_repository(self._repository)
            await asyncio.to_thread(lambda: manifest.remove(list(manifest.states())))

    @asynccontextmanager
    async def _held(self) -> AsyncGenerator[Manifest, None]:
        # What a dead process held is free: the operating system releases the lock.
        lock = FileLock(self._lock_path, timeout=0, thread_local=False)
        stamp = f"{CHUNKER_VERSION} {self._limits.max_file_bytes}"
        try:
            self._lock_path.parent.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        except Timeout:
            raise IndexBusyError from None
        except OSError as error:
            raise unusable(self._lock_path.parent, error) from error
        try:
            manifest = await asyncio.to_thread(Manifest.open, self._manifest_path, stamp)
            try:
                yield manifest
            finally:
                manifest.close()
        finally:
            lock.release()


class _Update:
    """One update, while the lock is held."""

    def __init__(
        self,
        repository: str,
        files: RepositoryFiles,
        rows: ChunkRows,
        limits: IndexLimits,
        manifest: Manifest,
    ) -> None:
        self._repository = repository
        self._files = files
        self._rows = rows
        self._limits = limits
        self._manifest = manifest
        self._report = IndexReport()
        self._aside: set[str] = set()
        self._known: dict[str, FileState] = {}
        self._written: set[str] = set()

    async def run(
        self, only: Collection[str] | None, gate: Gate, on_progress: OnProgress
    ) -> IndexReport:
        if self._manifest.is_new:
            # Rows of an earlier manifest would never be found out to be outdated.
            only = None
            await self._rows.remove_repository(self._repository)
            await asyncio.to_thread(self._manifest.settle)
        plan = await self._plan(only)
        commit = await self._files.commit()
        await self._remove(plan.gone)
        await self._read(plan.to_read, commit, gate, on_progress)
        self._count(plan)
        if self._written:
            await self._take_back_lost()
        return self._report

    async def _plan(self, only: Collection[str] | None) -> Plan:
        paths = await self._files.paths(only)
        self._aside = await self._files.set_aside(paths)
        known = await self._noted()
        if only is not None:
            looked_at = {*only, *paths}
            known = {path: known[path] for path in known if _is_among(path, looked_at)}
        self._known = known
        return await asyncio.to_thread(
            compare, self._files.root, paths, known, self._aside, self._limits
        )

    async def _noted(self) -> dict[str, FileState]:
        """What is noted; nothing, if the table has been lost since.

        Single files that are missing there had to leave, since it was full or they were to be
        forgotten: they come back with their next change.
        """
        states = await asyncio.to_thread(self._manifest.states)
        if any(state.chunks for state in states.values()) and not await self._held():
            await asyncio.to_thread(self._manifest.remove, list(states))
            return {}
        return states

    async def _held(self) -> set[str]:
        held = await self._rows.files(self._repository)
        if held is None:
            raise StoreUnavailableError(
                "The code index cannot be read. Free some space, or check the rights of the data "
                "folder; then start again."
            )
        return held

    async def _take_back_lost(self) -> None:
        """Forget the notes of rows that the table could not keep: they are written next time."""
        lost = self._written - await self._held()
        await asyncio.to_thread(self._manifest.remove, lost)
        self._report.lost = len(lost)

    async def _remove(self, paths: Sequence[str]) -> None:
        if paths:
            held = [path for path in paths if self._known[path].chunks]
            if held:
                await self._rows.remove_files(self._repository, held)
            await asyncio.to_thread(self._manifest.remove, paths)
            self._report.removed = len(paths)

    async def _read(
        self, paths: Sequence[str], commit: str, gate: Gate, on_progress: OnProgress
    ) -> None:
        done, budget = 0, _FIRST
        if paths:
            on_progress(IndexProgress(0, len(paths)))
        while done < len(paths):
            await gate()
            started = time.perf_counter()
            batch = await asyncio.to_thread(self._batch, paths[done:], budget)
            await self._write(batch, commit)
            done += len(batch)
            on_progress(IndexProgress(done, len(paths)))
            budget = _next_budget(budget, time.perf_counter() - started)

    def _batch(self, paths: Sequence[str], budget: int) -> list[ReadFile]:
        """The next files, until they have `budget` chunks or took their time to read."""
        batch: list[ReadFile] = []
        chunks, deadline = 0, time.perf_counter() + _SECONDS
        for path in paths:
            aside = path in self._aside
            root, known = self._files.root, self._known.get(path)
            batch.append(read_file(root, path, known, self._limits, aside))
            chunks += len(batch[-1].chunks)
            if chunks >= budget or time.perf_counter() > deadline:
                break
        return batch

    async def _write(self, batch: Sequence[ReadFile], commit: str) -> None:
        """First the chunks, then the note of them."""
        changed = {file.state.path: file for file in batch if not file.is_same}
        emptied = [p for p, f in changed.items() if not f.chunks and self._has_rows(p)]
        if emptied:
            await self._rows.remove_files(self._repository, emptied)
        written = {path: file.chunks for path, file in changed.items() if file.chunks}
        if written:
            await self._rows.replace_files(self._repository, written, commit)
        await asyncio.to_thread(self._manifest.record, [file.state for file in batch])
        self._written |= written.keys()
        self._report.written += len(written)
        self._report.chunks += sum(map(len, written.values()))
        self._known.update({file.state.path: file.state for file in batch})

    def _has_rows(self, path: str) -> bool:
        # A kill may have come between the rows and the note, so unknown files may have some.
        known = self._known.get(path)
        return known is None or known.chunks > 0

    def _count(self, plan: Plan) -> None:
        looked_at = [self._known[path] for path in [*plan.unchanged, *plan.to_read]]
        left_out = Counter(state.reason for state in looked_at if state.reason)
        if plan.too_many:
            left_out[names.TOO_MANY] = plan.too_many
        self._report.left_out = dict(left_out)
        self._report.files = sum(not state.reason for state in looked_at)
        self._report.unchanged = len(looked_at) - self._report.written


def _is_among(path: str, paths: Collection[str]) -> bool:
    """Whether the file is one of them, or lies in a folder that is."""
    return path in paths or any(str(folder) in paths for folder in PurePosixPath(path).parents)


def _next_budget(budget: int, seconds: float) -> int:
    """Twice as many chunks where they took half the time they may take, or half as many."""
    if seconds < _SECONDS / 2:
        return min(budget * 2, _MOST)
    return max(budget // 2, _FEWEST) if seconds > _SECONDS * 2 else budget
