"""Keeps the open repository's code in long-term memory while the server runs, politely.

It begins when the start is over, works at one batch at a time while no model on this machine is
busy, and is off where there is no embedding model or the settings say so.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from pathlib import Path
from typing import Protocol

from agents.errors import NotReadyError
from agents.inference import LanguageModel
from agents.tools.git import Workspace
from agents.tools.repository_files import GitFiles
from memory.code_index.contract import IndexLimits, IndexProgress, IndexReport
from memory.code_index.follower import IndexFollower
from memory.manager import MemoryManager

logger = logging.getLogger(__name__)

START_SECONDS = 5.0
"""An editor has its first answers by then, and most commands of a terminal are over."""
_RETRY_SECONDS = 30.0
_LOOK_SECONDS = 0.25


class Teller(Protocol):
    """Shows the progress of an update."""

    def progress(self, progress: IndexProgress) -> None:
        """So many files are done."""

    def end(self) -> None:
        """The update is over; also called where there was nothing to show."""


class CodeFollower:
    """One open folder's index. `note` and `note_everything` may be called at any time."""

    def __init__(
        self,
        open_parts: Callable[[], Awaitable[tuple[Workspace, MemoryManager]]],
        models: Callable[[], LanguageModel | None],
        teller: Teller,
        max_files: int,
        start_seconds: float = START_SECONDS,
    ) -> None:
        self._open_parts = open_parts
        self._models = models
        self._teller = teller
        self._limits = IndexLimits(max_files=max_files)
        self._start_seconds = start_seconds
        self._root: Path | None = None
        self._follower: IndexFollower | None = None
        self._warned = False

    def note(self, files: Collection[Path]) -> None:
        """These files were saved, made, moved or deleted."""
        if self._follower is None or self._root is None:
            return
        found = (file.parent.resolve() / file.name for file in files)
        inside = (file.relative_to(self._root) for file in found if file.is_relative_to(self._root))
        paths = [path.as_posix() for path in inside if path.parts[:1] != (".git",)]
        if paths:
            self._follower.note(paths)

    async def run(self) -> None:
        """Index and follow until cancelled; what goes wrong is told once and harms nothing."""
        await asyncio.sleep(self._start_seconds)
        workspace, memory = await self._parts()
        files = GitFiles(workspace.root)
        self._root = workspace.root
        self._follower = IndexFollower(
            memory.code_indexer(files, str(workspace.root), self._limits),
            await files.history_files(),
            self._quiet,
            self._teller.progress,
            self._done,
            self._failed,
        )
        await self._follower.run()

    async def _parts(self) -> tuple[Workspace, MemoryManager]:
        """Repository and memory, once the folder is a repository."""
        while True:
            try:
                return await self._open_parts()
            except NotReadyError:
                await asyncio.sleep(_RETRY_SECONDS)

    async def _quiet(self) -> None:
        """Wait while a model works on this machine: both would be slowed down."""
        while is_busy(self._models()):  # noqa: ASYNC110 - nothing tells that the last one is done
            await asyncio.sleep(_LOOK_SECONDS)

    def _done(self, report: IndexReport) -> None:
        self._teller.end()
        if report.written or report.removed:
            logger.info(
                "Code index: %d files written, %d removed, %d in all, %.1f s",
                report.written,
                report.removed,
                report.files,
                report.seconds,
            )

    def _failed(self, error: Exception) -> None:
        self._teller.end()
        if not self._warned:
            self._warned = True
            logger.warning("The code index is behind: %s", error)


def is_busy(models: LanguageModel | None) -> bool:
    """Whether a model on this machine answers, or somebody waits for one."""
    statuses = models.statuses() if models is not None else []
    return any(
        status.kind != "remote" and (status.running or status.queue_length) for status in statuses
    )
