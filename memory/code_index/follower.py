"""Follows a repository in the background: what has changed is indexed a moment later."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from pathlib import Path

from memory.code_index.contract import Gate, IndexReport, OnProgress, open_gate
from memory.code_index.indexer import CodeIndexer, IndexBusyError

_QUIET_SECONDS = 1.0
"""Changes that follow each other closely are taken together."""
_LOOK_SECONDS = 5.0
"""How often Git's own files are looked at for commits from elsewhere."""
_BUSY_SECONDS = 15.0
_MOST_PATHS = 200
"""More changed files than these are found faster by looking at all."""


class IndexFollower:
    """Keeps one index up to date until its task is cancelled. Use it within one event loop."""

    def __init__(
        self,
        indexer: CodeIndexer,
        git_files: Collection[Path],
        gate: Gate = open_gate,
        on_progress: OnProgress = lambda _progress: None,
        on_done: Callable[[IndexReport], None] = lambda _report: None,
        on_failure: Callable[[Exception], None] = lambda _error: None,
        quiet_seconds: float = _QUIET_SECONDS,
        look_seconds: float = _LOOK_SECONDS,
    ) -> None:
        self._indexer = indexer
        self._git_files = tuple(git_files)
        self._gate = gate
        self._on_progress = on_progress
        self._on_done = on_done
        self._on_failure = on_failure
        self._quiet_seconds = quiet_seconds
        self._look_seconds = look_seconds
        self._paths: set[str] = set()
        self._everything = True
        self._wake = asyncio.Event()

    def note(self, paths: Collection[str]) -> None:
        """These files, relative to the repository, were saved, made, moved or deleted."""
        self._paths.update(paths)
        self._everything |= len(self._paths) > _MOST_PATHS or any(map(_is_a_rule, paths))
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
            async with asyncio.timeout(self._look_seconds):
                await self._wake.wait()
        except TimeoutError:
            return False
        await asyncio.sleep(self._quiet_seconds)
        return True

    async def _update(self) -> None:
        self._wake.clear()
        paths, everything = self._paths, self._everything
        self._paths, self._everything = set(), False
        only = None if everything else paths
        try:
            report = await self._indexer.update(only, self._gate, self._on_progress)
        except IndexBusyError:
            # Whoever indexes now may have read these files before they changed.
            self._paths |= paths
            self._everything |= everything
            await asyncio.sleep(_BUSY_SECONDS)
            self._wake.set()
        except Exception as error:
            self._everything = True  # with the next change, all of it is looked at again
            self._on_failure(error)
        else:
            self._on_done(report)

    def _git_state(self) -> tuple[tuple[int, int] | None, ...]:
        return tuple(map(_stamp, self._git_files))


def _is_a_rule(path: str) -> bool:
    """Whether the file decides which others belong to the index."""
    return path.rpartition("/")[2] in {".gitignore", ".gitattributes"}


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
