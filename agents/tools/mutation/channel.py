"""A socket between the search and the sandboxed process that runs mutants."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from agents.tools.sandbox import SandboxResult

START_SECONDS = 30
_MESSAGE_BYTES = 64 * 1024 * 1024
_Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class EvaluationError(Exception):
    """The process that runs mutants cannot start or has ended."""


class Channel:
    """Messages to and from that process, as lines of JSON."""

    def __init__(self, streams: _Streams, process: asyncio.Task[SandboxResult]) -> None:
        self._reader, self._writer = streams
        self._process = process

    @classmethod
    @asynccontextmanager
    async def open(
        cls, start: Callable[[Path], Coroutine[Any, Any, SandboxResult]], scratch: Path
    ) -> AsyncGenerator[Channel, None]:
        """Started by `start`, the process connects to the socket that it is given.

        The socket is in `scratch`. The process ends with the block. Raises EvaluationError.
        """
        address = scratch / "socket"
        accepted: asyncio.Future[_Streams] = asyncio.get_running_loop().create_future()
        server = await asyncio.start_unix_server(
            lambda r, w: None if accepted.done() else accepted.set_result((r, w)),
            address,
            limit=_MESSAGE_BYTES,
        )
        process = asyncio.create_task(start(address))
        try:
            first: set[asyncio.Future[Any]] = {accepted, process}
            await asyncio.wait(first, timeout=START_SECONDS, return_when="FIRST_COMPLETED")
            server.close()
            if not accepted.done():
                raise EvaluationError(_last_words(process))
            address.unlink(missing_ok=True)
            yield cls(accepted.result(), process)
        finally:
            server.close()
            process.cancel()
            with suppress(asyncio.CancelledError, OSError):
                await process
            if accepted.done() and not accepted.cancelled():
                accepted.result()[1].close()

    def send(self, message: dict[str, Any]) -> None:
        """Put a message on its way."""
        self._writer.write(json.dumps(message).encode() + b"\n")

    async def receive(self) -> dict[str, Any]:
        """The next message; raises EvaluationError if the process ended."""
        try:
            line = await self._reader.readline()
        except (OSError, ValueError) as error:
            raise EvaluationError(f"the process that runs mutants: {error}") from error
        if not line.endswith(b"\n"):
            await asyncio.wait({self._process}, timeout=1)
            raise EvaluationError(_last_words(self._process))
        try:
            message: dict[str, Any] = json.loads(line)
        except ValueError as error:  # code under test can write to what its process has open
            raise EvaluationError("the process that runs mutants tells no JSON") from error
        return message


def _last_words(process: asyncio.Task[SandboxResult]) -> str:
    if not process.done():
        return "the process that runs mutants did not start in time"
    try:
        result = process.result()
    except OSError as error:
        return str(error)
    return result.stderr.strip()[-400:] or f"it ended with exit code {result.exit_code}"
