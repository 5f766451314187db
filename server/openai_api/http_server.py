"""uvicorn on a socket of loopback, ended by a signal."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from server.openai_api.served import ServeError

HOST = "127.0.0.1"
_KEEP_ALIVE_SECONDS = 75
_STOP_SECONDS = 2
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class HttpServer(uvicorn.Server):
    """uvicorn that says when it is ready, and leaves signals to `until_signal`."""

    def __init__(self, app: ASGIApp, on_ready: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                lifespan="off",
                ws="none",
                log_level="warning",
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_keep_alive=_KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=_STOP_SECONDS,
            )
        )
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then tell."""
        await super().startup(sockets)
        self._on_ready()

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """None: uvicorn would raise the signal once more at the end."""
        yield


@contextmanager
def listener(port: int) -> Generator[socket.socket, None, None]:
    """A socket of that port on loopback. Raises ServeError."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((HOST, port))
            listening.listen()
        except (OSError, OverflowError) as error:
            reason = error.strerror if isinstance(error, OSError) else "there is no such port"
            raise ServeError(
                f"Cannot listen on {HOST} port {port}: {reason}. "
                "Choose another with --port; 0 takes a free one."
            ) from error
        yield listening


@contextmanager
def until_signal(stop: Callable[[], None]) -> Generator[None, None, None]:
    """Call `stop` at SIGINT and SIGTERM; afterwards they do nothing.

    A second signal while the models are closed must not leave their processes behind.
    """
    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number in _SIGNALS:
            loop.add_signal_handler(number, lambda: None)
