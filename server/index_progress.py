"""The progress of the code index, as LSP's work done progress."""

from __future__ import annotations

import time
import uuid
from typing import Any

from lsprotocol import types

from memory.code_index.contract import IndexProgress
from server.language_server import TenonServer

_FEWEST_FILES = 30
"""Smaller updates are over before anybody could read of them."""
_SECONDS = 0.5


class IndexProgressTeller:
    """Tells the client, if it can show it. Use it within the event loop."""

    def __init__(self, server: TenonServer) -> None:
        self._server = server
        self._token = ""
        self._begun = False
        self._told = 0.0

    def progress(self, progress: IndexProgress) -> None:
        """Begin, or report at most twice a second."""
        if not self._token:
            if progress.total >= _FEWEST_FILES and self._can_show():
                self._token = f"tenon-index-{uuid.uuid4()}"
                self._server.spawn(self._begin(self._token), "index progress")
        elif self._begun and time.monotonic() - self._told >= _SECONDS:
            self._told = time.monotonic()
            percentage = 100 * progress.done // progress.total
            message = f"{progress.done} of {progress.total} files"
            self._emit({"kind": "report", "message": message, "percentage": percentage})

    def end(self) -> None:
        """End what was begun."""
        if self._begun:
            self._emit({"kind": "end"})
        self._token, self._begun = "", False

    async def _begin(self, token: str) -> None:
        params = types.WorkDoneProgressCreateParams(token)
        await self._server.window_work_done_progress_create_async(params)
        if token == self._token:
            self._begun = True
            title = "Tenon: reading the code"
            self._emit({"kind": "begin", "title": title, "percentage": 0, "cancellable": True})

    def is_about(self, token: str | int) -> bool:
        """Whether that is the progress shown now."""
        return bool(self._token) and token == self._token

    def _can_show(self) -> bool:
        window = self._server.client_capabilities.window
        return bool(window and window.work_done_progress)

    def _emit(self, value: dict[str, Any]) -> None:
        self._server.emit(types.PROGRESS, types.ProgressParams(self._token, value))
