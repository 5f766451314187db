"""Follows a repository in the background: what has changed is indexed a moment later."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from pathlib import Path

from memory.code_index.contract import Gate, IndexReport, OnProgress
from memory.code_index.indexer import CodeIndexer, IndexBusyError

logger = logging.getLogger(__name__)

_QUIET_SECONDS = 1.0
"""Changes that follow each other closely are taken together."""
_LOOK_SECONDS = 5.0
"""How often Git's own files are looked at for commits from elsewhere."""
_BUSY_SECONDS = 15.0
_MOST_PATHS = 200
"""More changed files than these are found faster by looking at all."""

Work = Callable[[IndexReport], None]


class IndexFollower:
    """Keeps one index up to date until its task is cancelled. Use it within one event loop."""

    def __init__(
        self,
        indexer: CodeIndexer,
        git_files: Collection[Path],
        gate: Gate,
        on_progress: OnProgress,
        on_done: Work = lambda _report: None,
    ) -> None:
        self._indexer = indexer
        self._git_files = tuple(git_files)
        self._gate = gate
        self._on_progress = on_progress
        self._on_done = on_done
        self._paths: set[str] = set()
        self._everything = True
        self._wake = asyncio.Event()

    def note(self, paths: Collection[str]) -> None:
        """These files, relative to the repository, were saved, made, moved or deleted."""
        self._paths.update(paths)
        self._everything |= len(self._paths) > _MOST_PATHS
        self._wake.set()

    def note_everything(self) -> None:
        """Anything may have changed: a commit, a merge, another branch."""
        self._everything = True
        self._wake.set()

    async def run(self) -> None:
        """Index now, then whenever something changes."""
        seen = await asyncio.to_thread(self._git_state)
        while True:
            await self._update()
            while not await self._woken():
                state = await asyncio.to_thread(self._git_state)
                if state != seen:
                    seen = state
                    self.note_everything()

    async def _woken(self) -> bool:
        try:
            async with asyncio.timeout(_LOOK_SECONDS):
                await self._wake.wait()
        except TimeoutError:
            return False
        await asyncio.sleep(_QUIET_SECONDS)
        return True

    async def _update(self) -> None:
        self._wake.clear()
        only = None if self._everything else set(self._paths)
        self._everything, taken = False, set(self._paths)
        self._paths.clear()
        try:
            self._on_done(await self._indexer.update(only, self._gate, self._on_progress))
        except IndexBusyError:
            # Whoever indexes now may have read these files before they changed.
            self._paths |= taken
            self._everything |= only is None
            await asyncio.sleep(_BUSY_SECONDS)
            self._wake.set()

    def _git_state(self) -> tuple[tuple[int, int] | None, ...]:
        return tuple(map(_stamp, self._git_files))


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


async def supervised(run: Callable[[], Awaitable[None]], on_failure: Callable[[str], None]) -> None:
    """Run until cancelled; a failure is told in a sentence and ends the following only."""
    try:
        await run()
    except Exception as error:
        logger.debug("The code index stopped", exc_info=error)
        on_failure(f"The code index is off until the next start: {error}")
