"""JSON-RPC that always answers: pygls' protocol, made safe at its edges.

Messages are structured as a whole instead of inside the JSON parser, so that a request whose
parameters do not fit gets an error reply; parameters of Tenon's own methods stay plain JSON.
"""

from __future__ import annotations

import json
import logging
import secrets
import threading
from collections.abc import Mapping
from typing import Any

from cattrs import Converter
from lsprotocol import converters, types
from pygls.exceptions import (
    JsonRpcException,
    JsonRpcInternalError,
    JsonRpcInvalidParams,
    JsonRpcInvalidRequest,
    JsonRpcParseError,
    JsonRpcServerNotInitialized,
)
from pygls.protocol import (
    JsonRPCNotification,
    JsonRPCProtocol,
    JsonRPCRequestMessage,
    JsonRPCResponseMessage,
    LanguageServerProtocol,
    lsp_method,
)

logger = logging.getLogger(__name__)

INTERNAL_ERROR = -32603
REQUEST_CANCELLED = -32800


def raw_converter() -> Converter:
    """LSP's converter, except that parameters and results of unknown methods stay plain JSON."""
    converter = converters.get_converter()
    for envelope in (JsonRPCRequestMessage, JsonRPCNotification, JsonRPCResponseMessage):
        converter.register_structure_hook(envelope, _plain_envelope)
    return converter


def _plain_envelope(data: Mapping[str, Any], envelope: Any) -> Any:
    return envelope(**{name: data.get(name) for name in envelope.__annotations__})


def internal_error(method: str, error: BaseException | None = None) -> JsonRpcException:
    """An error for the client without any detail; the detail goes to the log under its id."""
    log_id = secrets.token_hex(4)
    logger.error("Error %s in %s", log_id, method, exc_info=error)
    return JsonRpcException(
        "Something went wrong inside Tenon. Nothing was changed by the step that failed. "
        f"The server's log has the details under {log_id}.",
        INTERNAL_ERROR,
    )


class RawProtocol(LanguageServerProtocol):
    """Structures each message once it is complete; used by the server and by its client."""

    def structure_message(self, data: dict[str, Any]) -> Any:
        """Leave the objects inside a message alone (this is called for each of them)."""
        return data

    def _structured(self, message: dict[str, Any]) -> Any:
        return super().structure_message(message)

    def handle_message(self, message: Any) -> None:
        """Structure a complete message and pass it on."""
        super().handle_message(self._structured(message))


class ServerProtocol(RawProtocol):
    """The server's side: checks every message and always answers a request."""

    def __init__(self, server: Any, converter: Converter) -> None:
        super().__init__(server, converter)
        self._initialize_seen = False
        self.shutdown_seen = False
        self.stopped = threading.Event()
        """Set by `exit`."""

    def handle_message(self, message: Any) -> None:
        """Pass a sound message on; answer an unsound request with an error."""
        try:
            self._check(message)
            JsonRPCProtocol.handle_message(self, self._structured(message))
        except JsonRpcException as error:
            self._refuse(message, error)

    def refuse_unreadable(self, error: Exception) -> None:
        """Answer bytes that are not JSON."""
        logger.warning("A message could not be read: %s", type(error).__name__)
        refusal = JsonRpcParseError("The message is not valid JSON.")
        self._send_response(None, error=refusal.to_response_error())

    def _check(self, message: Any) -> None:
        if not isinstance(message, dict) or message.get("jsonrpc") != self.VERSION:
            raise JsonRpcInvalidRequest("A message must be one JSON-RPC 2.0 object.")
        if "id" in message and not _is_id(message["id"]):
            raise JsonRpcInvalidRequest("The `id` of a request must be text or a whole number.")
        if "method" not in message:
            return
        if not isinstance(message["method"], str):
            raise JsonRpcInvalidRequest("The `method` of a request must be text.")
        self._check_lifecycle(message["method"])

    def _check_lifecycle(self, method: str) -> None:
        if method == types.EXIT:
            return
        if self.shutdown_seen:
            raise JsonRpcInvalidRequest("The server is shutting down.")
        if method == types.INITIALIZE:
            if self._initialize_seen:
                raise JsonRpcInvalidRequest("The server is already initialized.")
            self._initialize_seen = True
        elif not self._initialize_seen:
            raise JsonRpcServerNotInitialized("Send `initialize` first.")
        self.shutdown_seen = method == types.SHUTDOWN

    def _refuse(self, message: Any, error: JsonRpcException) -> None:
        if isinstance(message, dict) and "id" not in message:
            logger.warning("A notification was ignored: %s", error)
            return
        if isinstance(message, dict) and "method" not in message and "jsonrpc" in message:
            logger.warning("A response was ignored: %s", error)
            return
        if isinstance(error, (JsonRpcInvalidParams, JsonRpcInternalError)):  # from structuring
            error = JsonRpcInvalidParams(f"The parameters do not fit {message['method']}.")
        self._initialize_seen &= not _is_initialize(message)
        msg_id = message.get("id") if isinstance(message, dict) else None
        known_id: Any = msg_id if _is_id(msg_id) else None
        self._send_response(known_id, error=error.to_response_error())

    def _send_response(
        self, msg_id: Any, result: Any = None, error: types.ResponseError | None = None
    ) -> None:
        """Keep tracebacks, which pygls puts into `data`, and everything in them at home."""
        if error is not None and isinstance(error.data, dict) and "traceback" in error.data:
            logger.error("%s\n%s", error.message, "".join(error.data["traceback"]))
            error = internal_error("the protocol").to_response_error()
        if msg_id is None and error is not None:  # JSON-RPC wants the null to be spelled out
            refusal = {"code": error.code, "message": error.message}
            self._send_data({"jsonrpc": self.VERSION, "id": None, "error": refusal})
        else:
            super()._send_response(msg_id, result, error)

    @lsp_method(types.EXIT)
    def lsp_exit(self, *_params: Any) -> None:  # type: ignore[override]
        """End the loop that reads messages; `server.serve` then stops everything."""
        self.stopped.set()

    @lsp_method(types.WORKSPACE_EXECUTE_COMMAND)
    async def lsp_workspace__execute_command(  # type: ignore[override]
        self, params: types.ExecuteCommandParams
    ) -> Any:
        """Run a command as a coroutine of its own, so that cancelling reaches it."""
        handler = self.fm.commands.get(params.command)
        if handler is None:
            raise JsonRpcInvalidParams(f"There is no command {params.command}.")
        return await handler(params.arguments or [])


def _is_id(value: Any) -> bool:
    return isinstance(value, (str, int)) and not isinstance(value, bool)


def _is_initialize(message: Any) -> bool:
    return isinstance(message, dict) and message.get("method") == types.INITIALIZE


UNREADABLE = (json.JSONDecodeError, UnicodeDecodeError, RecursionError)
"""What reading a message that is not JSON raises."""
