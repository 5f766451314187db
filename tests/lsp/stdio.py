"""Speaks raw frames with a server process: what no well-behaved client can send."""

import asyncio
import json
import sys
from typing import Any


class StdioServer:
    """`python -m server serve` with its pipes. Use it as an async context manager.

    `launcher` is a command that starts the server, such as `setpriv` with its options.
    """

    def __init__(self, folder, environment, launcher=()) -> None:
        self._launcher = launcher
        self._folder = folder
        self._environment = environment

    async def __aenter__(self):
        pipe = asyncio.subprocess.PIPE
        self.process = await asyncio.create_subprocess_exec(
            *(*self._launcher, sys.executable, "-P", "-m", "server", "serve"),
            cwd=self._folder,
            env=self._environment,
            stdin=pipe,
            stdout=pipe,
            stderr=asyncio.subprocess.DEVNULL,
            limit=1 << 24,
        )
        assert self.process.stdin and self.process.stdout
        self._input, self._output = self.process.stdin, self.process.stdout
        return self

    async def __aexit__(self, *_):
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()

    def write(self, body: bytes) -> None:
        self._input.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    def send(self, **message: Any) -> None:
        self.write(json.dumps({"jsonrpc": "2.0", **message}).encode())

    async def initialize(self, uri=None):
        params = {
            "capabilities": {"textDocument": {"codeAction": {}}},
            "processId": None,
            "rootUri": uri,
        }
        self.send(id="initialize", method="initialize", params=params)
        reply = await self.reply("initialize")
        self.send(method="initialized", params={})
        return reply["result"]

    async def frame(self) -> dict[str, Any]:
        async with asyncio.timeout(15):
            header = await self._output.readuntil(b"\r\n\r\n")
            length = int(header.split(b"Content-Length: ")[1].split(b"\r\n")[0])
            message: dict[str, Any] = json.loads(await self._output.readexactly(length))
            return message

    async def reply(self, msg_id: Any) -> dict[str, Any]:
        while True:
            frame = await self.frame()
            if "method" not in frame and frame["id"] == msg_id:
                return frame

    async def notification(self, method: str) -> dict[str, Any]:
        while True:
            frame = await self.frame()
            if frame.get("method") == method:
                params: dict[str, Any] = frame["params"]
                return params

    async def ask(self, method: str, params: Any, msg_id: Any = 1) -> dict[str, Any]:
        self.send(id=msg_id, method=method, params=params)
        return await self.reply(msg_id)

    async def end(self) -> int:
        async with asyncio.timeout(10):
            return await self.process.wait()
