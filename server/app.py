"""The composition root: settings -> models and memory -> team. Opened when first needed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from agents.base import Toolbox
from agents.bus import Bus
from agents.errors import NotReadyError
from agents.inference import LanguageModel
from agents.orchestrator import Orchestrator
from agents.tools.git import Workspace
from memory.manager import MemoryManager
from server import settings
from server.code_follower import CodeFollower, Teller
from server.components import (
    has_embedder,
    open_memory,
    open_models,
    retention_limits,
    team_options,
)
from server.settings import LoadedSettings, Settings

logger = logging.getLogger(__name__)

_TIDY_AFTER = 60.0
"""Seconds; commands of a terminal are over by then, and an editor has its first answers."""
_TIDY_EVERY = 3600.0
"""Seconds after which it is looked whether a day is over."""
NO_FOLDER = NotReadyError("No folder is open. Open the folder of a Git repository.", "noFolder")


class App:
    """Everything behind the server for one folder.

    The team is opened by the first request that needs it, and looked for again with each one
    after a failure, so that `git init` in a terminal is enough.
    """

    def __init__(self, folder: Path | None, editor: Mapping[str, Any] | None = None) -> None:
        self.folder = folder
        self.bus = Bus()
        self.on_notice: Callable[[str], None] = logger.warning
        self.on_model_change: Callable[[], None] = lambda: None
        self.settings: LoadedSettings = settings.load(editor)
        self._models: LanguageModel | None = None
        self._memory: MemoryManager | None = None
        self._workspace: Workspace | None = None
        self._team: Orchestrator | None = None
        self._lock = asyncio.Lock()
        self._users = 0
        self._outdated = False
        self._tidying: asyncio.Task[None] | None = None
        self._teller: Teller | None = None
        self._code: CodeFollower | None = None
        self._following: asyncio.Task[None] | None = None

    @property
    def models(self) -> LanguageModel:
        """The configured models; none is loaded before it is asked."""
        if self._models is None:
            self._models = open_models(
                self.settings.values, self._tell_notice, self._tell_model_change
            )
        return self._models

    @property
    def opened_team(self) -> Orchestrator | None:
        """The team, if it has been opened."""
        return self._team

    @asynccontextmanager
    async def team(self) -> AsyncGenerator[Orchestrator, None]:
        """The team, whether or not it can work. Raises NotReadyError without a repository."""
        team = await self._open_team()
        self._users += 1
        try:
            yield team
        finally:
            self._users -= 1

    async def workspace(self) -> Workspace:
        """The repository. Raises NotReadyError, with the reason, if there is none to work on."""
        if self.folder is None:
            raise NotReadyError(str(NO_FOLDER), NO_FOLDER.problem)
        if self._workspace is None:
            self._workspace = await Workspace.open(self.folder)
        return self._workspace

    def reconfigure(self, editor: Mapping[str, Any]) -> bool:
        """Take the editor's configuration over; True when a setting changed.

        The team and the models are opened anew as soon as nobody is using them.
        """
        before, self.settings = self.settings.values, settings.load(editor)
        changed = before != self.settings.values
        self._outdated |= changed
        return changed

    async def close(self) -> None:
        """Stop the team, then the models, then close memory; each even if another fails."""
        team, self._team = self._team, None
        models, self._models = self._models, None
        memory, self._memory = self._memory, None
        await self.stop_following_code()
        if self._tidying is not None:
            self._tidying.cancel()
            await asyncio.wait([self._tidying])
        for part in (team, models, memory):
            if part is not None:
                await _finish(part.stop if isinstance(part, Orchestrator) else part.close)

    def follow_code(self, teller: Teller) -> None:
        """Keep the repository's code in memory from now on, if the settings and machine allow."""
        self._teller = teller
        values = self.settings.values
        if self.folder is None or not values.index or not has_embedder(values):
            return
        self._code = CodeFollower(
            self.code_parts, lambda: self._models, teller, values.index_max_files
        )
        self._following = asyncio.create_task(self._code.run())
        self._following.add_done_callback(_tell_end)

    @property
    def follows_code(self) -> bool:
        """Whether the repository's code is kept in memory."""
        return self._following is not None

    def note_files(self, files: Collection[Path]) -> None:
        """These files were saved, made, moved or deleted."""
        if self._code is not None:
            self._code.note(files)

    async def stop_following_code(self) -> None:
        """Leave the index of the code as it is; the next start goes on."""
        task, self._following = self._following, None
        self._code = None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])

    async def code_parts(self) -> tuple[Workspace, MemoryManager]:
        """Repository and memory, without the team. Raises NotReadyError or MemoryStoreError."""
        workspace = await self.workspace()
        async with self._lock:
            return workspace, await self._open_memory()

    async def _open_memory(self) -> MemoryManager:
        if self._memory is None:
            values = self.settings.values
            self._memory = await open_memory(values)
            self._tidying = asyncio.create_task(_maintain(self._memory, values))
        return self._memory

    def _tell_notice(self, text: str) -> None:
        self.on_notice(text)

    def _tell_model_change(self) -> None:
        self.on_model_change()

    async def _open_team(self) -> Orchestrator:
        async with self._lock:
            if self._outdated and self._users == 0:
                await self.close()
                self._outdated = False
                if self._teller is not None:
                    self.follow_code(self._teller)
            if self._team is None:
                self._team = await self._new_team()
            return self._team

    async def _new_team(self) -> Orchestrator:
        workspace = await self.workspace()
        values = self.settings.values
        tools = Toolbox(self.models, await self._open_memory(), self.bus)
        team = Orchestrator(workspace, tools, team_options(values))
        await team.start()
        return team


async def _maintain(memory: MemoryManager, values: Settings) -> None:
    """When the start is over: embed what is not yet, and drop old records once a day."""
    await asyncio.sleep(_TIDY_AFTER)
    await _tidy(memory, values)
    await memory.sync_long_term()
    while True:
        await asyncio.sleep(_TIDY_EVERY)
        await _tidy(memory, values)


async def _tidy(memory: MemoryManager, values: Settings) -> None:
    """A failure is told and harms nothing."""
    try:
        await memory.tidy_daily(retention_limits(values))
    except Exception as error:
        logger.warning("Old records could not be dropped: %s", error)


def _tell_end(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        logger.warning("The code index is off until the next start: %s", error)


async def _finish(close: Callable[[], Awaitable[None]]) -> None:
    try:
        await close()
    except Exception:
        logger.exception("A part of Tenon did not close cleanly")
