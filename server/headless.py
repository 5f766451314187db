"""A client without an editor: starts `tenon serve` and speaks the same protocol with it."""

from __future__ import annotations

import asyncio
import os
import sys
import uuid
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.client import LanguageClient
from pygls.uris import from_fs_path

from server import protocol, wire
from server.json_rpc import RawProtocol, raw_converter
from server.language_server import tenon_version
from server.protocol import ProgressValue

OnProgress = Callable[[ProgressValue], None]
OnNotification = Callable[[Any], None]

_CANCEL_SECONDS = 3.0
_STOP_SECONDS = 5.0


class ServerError(Exception):
    """The server refused a request, or ended. The message is for a person."""

    def __init__(self, message: str, code: int = 0) -> None:
        super().__init__(message)
        self.code = code


class HeadlessClient:
    """One connection to a server of its own. Open it with `connect`."""

    def __init__(self) -> None:
        self._client = LanguageClient(
            "tenon", tenon_version(), protocol_cls=RawProtocol, converter_factory=raw_converter
        )
        self._progress: dict[str, OnProgress] = {}
        self._logs: asyncio.Task[None] | None = None
        self._listeners: dict[str, list[OnNotification]] = {}
        self._client.feature(types.PROGRESS)(self._progress_handler())
        self.on_message: Callable[[str], None] = lambda _text: None
        self._client.feature(types.WINDOW_SHOW_MESSAGE)(self._message_handler())
        for method in protocol.NOTIFICATIONS:
            self._listeners[method] = []
            self._client.feature(method)(self._notification_handler(method))

    def listen(self, method: str, listener: OnNotification) -> None:
        """Call `listener` with the parameters of each notification of that name."""
        self._listeners[method].append(listener)

    async def start(
        self, repository: Path, environment: Mapping[str, str], settings: Mapping[str, Any]
    ) -> None:
        """Start the server for `repository`. Raises ServerError."""
        await self._client.start_io(
            sys.executable,
            "-P",  # the repository may have packages of the same names as Tenon's
            "-m",
            "server",
            "serve",
            cwd=repository,
            env={**os.environ, **environment},
            start_new_session=True,  # Ctrl-C is for the client, which then stops the server
        )
        self._logs = asyncio.create_task(self._copy_logs())
        uri = from_fs_path(str(repository)) or ""
        await self._send(
            types.INITIALIZE,
            types.InitializeParams(
                capabilities=types.ClientCapabilities(),
                process_id=os.getpid(),
                root_uri=uri,
                workspace_folders=[types.WorkspaceFolder(uri, repository.name)],
                initialization_options={"settings": dict(settings)},
            ),
        )
        self._client.initialized(types.InitializedParams())

    async def request(self, method: str, params: Any, on_progress: OnProgress | None = None) -> Any:
        """The result of a request of Tenon's protocol, as an instance of its class.

        Cancelling the caller cancels the request in the server. Raises ServerError.
        """
        result_class = protocol.REQUESTS[method][1]
        if on_progress is None:
            return wire.structure(await self._send(method, wire.to_json(params)), result_class)
        token = str(uuid.uuid4())
        self._progress[token] = on_progress
        try:
            raw = {**wire.to_json(params), "partialResultToken": token}
            return wire.structure(await self._send(method, raw), result_class)
        finally:
            del self._progress[token]

    async def stop(self) -> None:
        """Shut the server down; it is killed if it does not go by itself."""
        process = self.process
        if process is None:
            return
        if process.returncode is None:
            await self._ask_to_leave(process)
        await self._client.stop()  # type: ignore[no-untyped-call]
        if self._logs is not None:
            await self._logs

    async def _ask_to_leave(self, process: asyncio.subprocess.Process) -> None:
        with suppress(TimeoutError, ServerError, OSError):
            async with asyncio.timeout(_STOP_SECONDS):
                await self._send(types.SHUTDOWN, None)
                self._client.exit(None)
                await process.wait()
        if process.returncode is None:
            process.kill()

    @property
    def process(self) -> asyncio.subprocess.Process | None:
        """The server's process, once started."""
        return self._client._server

    async def _send(self, method: str, params: Any) -> Any:
        msg_id = str(uuid.uuid4())
        reply = asyncio.wrap_future(
            self._client.protocol.send_request(method, params, msg_id=msg_id)
        )
        try:
            return await asyncio.shield(reply)
        except asyncio.CancelledError:
            self._client.protocol.notify(types.CANCEL_REQUEST, types.CancelParams(msg_id))
            await asyncio.wait([reply], timeout=_CANCEL_SECONDS)
            reply.cancel()
            raise
        except JsonRpcException as error:
            raise ServerError(error.message, error.code) from error
        except (RuntimeError, OSError) as error:
            raise ServerError("Tenon's server ended unexpectedly. Its log is above.") from error

    def _message_handler(self) -> Callable[[types.ShowMessageParams], None]:
        def received(params: types.ShowMessageParams) -> None:
            self.on_message(params.message)

        return received

    def _notification_handler(self, method: str) -> Callable[[Any], None]:
        def received(params: Any) -> None:
            value: Any = wire.structure(params, protocol.NOTIFICATIONS[method])
            for listener in self._listeners[method]:
                listener(value)

        return received

    def _progress_handler(self) -> Callable[[types.ProgressParams], None]:
        def received(params: types.ProgressParams) -> None:
            on_progress = self._progress.get(str(params.token))
            if on_progress is not None:
                on_progress(wire.structure(params.value, ProgressValue))

        return received

    async def _copy_logs(self) -> None:
        """Pass the server's log on; unread, a full pipe would block it."""
        process = self.process
        if process is None or process.stderr is None:
            return
        while line := await process.stderr.readline():
            sys.stderr.write(line.decode(errors="replace"))


@asynccontextmanager
async def connect(
    repository: Path,
    *,
    environment: Mapping[str, str] | None = None,
    settings: Mapping[str, Any] | None = None,
    client: HeadlessClient | None = None,
) -> AsyncGenerator[HeadlessClient, None]:
    """A client with a running server for `repository`; both end with the block.

    Give a `client` that already listens where the first notifications matter.
    """
    client = client or HeadlessClient()
    try:
        await client.start(repository, environment or {}, settings or {})
        yield client
    finally:
        await client.stop()
