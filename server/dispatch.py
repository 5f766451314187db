"""One registry drives everything: requests and commands to handlers, errors to replies."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams

from agents.errors import TeamError
from agents.inference import ModelError, PromptTooLongError
from agents.progress import Report
from memory.errors import MemoryStoreError, RevisionConflictError
from server import protocol, wire
from server.json_rpc import internal_error
from server.language_server import TenonServer
from server.progress import ProgressStream

logger = logging.getLogger(__name__)

Handler = Callable[[TenonServer, Any, Report], Awaitable[Any]]
"""(server, parameters of the request's class, report) -> result of the request's class."""


def register(server: TenonServer, handlers: Mapping[str, Handler]) -> None:
    """Register every request and command of the protocol.

    Raises KeyError when a request has no handler.
    """
    endpoints = {
        method: _Endpoint(server, method, handlers[method]) for method in protocol.REQUESTS
    }
    for method, endpoint in endpoints.items():
        server.feature(method)(_as_function(endpoint.answer))
    for command, method in protocol.COMMANDS.items():
        server.command(command)(_as_function(endpoints[method].answer_command))


def _as_function(method: Callable[[Any], Awaitable[Any]]) -> Callable[[Any], Awaitable[Any]]:
    async def function(params: Any) -> Any:  # pygls cannot register bound methods
        return await method(params)

    return function


class _Endpoint:
    """One request: checks the parameters, calls the handler, words the errors."""

    def __init__(self, server: TenonServer, method: str, handler: Handler) -> None:
        self._server = server
        self._method = method
        self._handler = handler
        self._params_class: type[Any] = protocol.REQUESTS[method][0]

    async def answer(self, raw: Any) -> Any:
        """The result as plain JSON. Raises JsonRpcException only."""
        try:
            params = wire.structure(raw, self._params_class)
            with self._server.answering():
                result = wire.to_json(await self._call(params))
            json.dumps(result, allow_nan=False)  # fails here, where it can still be answered
            return result
        except asyncio.CancelledError:
            raise
        except Exception as error:
            raise to_rpc_error(error, self._method) from error

    async def answer_command(self, arguments: Any) -> Any:
        """The same for a command, whose one argument is the parameters object."""
        if len(arguments) > 1:
            raise JsonRpcInvalidParams("The command takes one argument: the parameters object.")
        return await self.answer(arguments[0] if arguments else {})

    async def _call(self, params: Any) -> Any:
        token = getattr(params, "partial_result_token", None)
        stream = ProgressStream(self._server.emit, token)
        try:
            return await self._handler(self._server, params, stream.report)
        finally:
            stream.close()


def to_rpc_error(error: Exception, method: str) -> JsonRpcException:
    """The reply for an error: a code, and a sentence without traceback or path."""
    if isinstance(error, JsonRpcException):
        return error
    if isinstance(error, wire.WireError):
        return JsonRpcInvalidParams(str(error))
    name = _error_name(error)
    if name is None:
        return internal_error(method, error)
    logger.info("%s was refused: %s", method, error)
    return JsonRpcException(str(error), protocol.ERROR_CODES[name])


def _error_name(error: Exception) -> str | None:
    if isinstance(error, TeamError):
        return error.code
    if isinstance(error, PromptTooLongError):
        return "promptTooLong"
    if isinstance(error, ModelError):
        return "modelUnavailable"
    if isinstance(error, RevisionConflictError):
        return "conflict"
    if isinstance(error, MemoryStoreError):
        return "notReady"
    return None
