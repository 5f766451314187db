"""A server inside the test's own loop: messages go in as JSON, frames come out as JSON."""

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any

from server import dispatch, protocol
from server.dispatch import Handler
from server.language_server import TenonServer


async def unexpected(*_arguments: Any) -> None:
    raise AssertionError("This request was not expected")


class WireTap:
    """Drives a `TenonServer` with handlers of the test's own."""

    def __init__(self, handlers: Mapping[str, Handler]) -> None:
        self.server = TenonServer()
        complete = dict.fromkeys(protocol.REQUESTS, unexpected) | dict(handlers)
        dispatch.register(self.server, complete)
        self.server.attach(asyncio.get_running_loop())
        self.server.protocol.set_writer(self)
        self.frames: list[dict[str, Any]] = []
        self._arrived = asyncio.Event()
        params: dict[str, Any] = {"capabilities": {}, "processId": None, "rootUri": None}
        self.send({"id": "initialize", "method": "initialize", "params": params})

    def write(self, data: bytes) -> None:
        self.frames.append(json.loads(data.split(b"\r\n\r\n", 1)[1]))
        self._arrived.set()

    def close(self) -> None:
        """Part of pygls' writer interface."""

    def send(self, message: Any) -> None:
        if isinstance(message, dict):
            message = {"jsonrpc": "2.0", **message}
        hook = self.server.protocol.structure_message
        self.server.protocol.handle_message(json.loads(json.dumps(message), object_hook=hook))

    async def frame(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The first frame that is wanted, whether it has come already or is still to come."""
        async with asyncio.timeout(5):
            while not (found := [frame for frame in self.frames if wanted(frame)]):
                self._arrived.clear()
                await self._arrived.wait()
        return found[0]

    async def reply(self, msg_id: Any) -> dict[str, Any]:
        return await self.frame(lambda f: "method" not in f and f.get("id") == msg_id)

    async def ask(self, method: str, params: Any, msg_id: Any = 1) -> dict[str, Any]:
        self.send({"id": msg_id, "method": method, "params": params})
        return await self.reply(msg_id)
