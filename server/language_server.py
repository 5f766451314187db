"""The language server: its state, its background tasks and the one way to notify the client."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from pygls.lsp.server import LanguageServer

from server.json_rpc import UNREADABLE, ServerProtocol, raw_converter

if TYPE_CHECKING:
    from server.app import App

logger = logging.getLogger(__name__)


def tenon_version() -> str:
    """Version of the installed package."""
    try:
        return version("tenon")
    except PackageNotFoundError:
        return "0.0.0"


class TenonServer(LanguageServer):
    """Tenon's server. `app` is there from `initialize` on."""

    protocol: ServerProtocol
    app: App

    def __init__(self) -> None:
        super().__init__(
            "tenon",
            tenon_version(),
            protocol_cls=ServerProtocol,
            converter_factory=raw_converter,
            max_workers=1,
        )
        self.stop_task: asyncio.Task[None] | None = None
        self.status_task: asyncio.Task[Any] | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Remember the loop that alone may write to the client."""
        self._loop = loop

    def emit(self, method: str, params: Any) -> None:
        """Send a notification; parameters of Tenon's own methods are plain JSON.

        Two threads writing at once would break the frames, so calls from other threads are
        handed over to the event loop.
        """
        if self._loop is None or _running_loop() is self._loop:
            self._send(method, params)
        else:
            self._loop.call_soon_threadsafe(self._send, method, params)

    def _send(self, method: str, params: Any) -> None:
        try:
            self.protocol.notify(method, params)
        except OSError:
            logger.debug("The client is gone; %s was not sent", method)

    def spawn(self, work: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
        """Run `work` in the background; a failure is logged, never lost."""
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("Background task %s failed", task.get_name(), exc_info=error)

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Count the current task as work that `cancel_work` cancels."""
        task = asyncio.current_task()
        if task is None:
            yield
            return
        self._tasks.add(task)
        try:
            yield
        finally:
            self._tasks.discard(task)

    async def cancel_work(self) -> None:
        """Cancel requests and background tasks and wait until they have cleaned up."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Log errors that belong to no request; people see errors where they asked."""
        if isinstance(error, UNREADABLE):
            self.protocol.refuse_unreadable(error)
            return
        logger.debug("%s: %s", getattr(source, "__name__", source), error)


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
