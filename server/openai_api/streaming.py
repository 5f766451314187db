"""Answers as server-sent events, and what ends when the client goes."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, Coroutine
from contextlib import aclosing, suppress
from typing import Any, TypeVar

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from agents.inference import Completion, ModelError
from server.openai_api.chat import Asked, finish_reason
from server.openai_api.costs import costs
from server.openai_api.errors import ApiError, of_model
from server.openai_api.work import Event, Text

logger = logging.getLogger(__name__)

_T = TypeVar("_T")
_DONE = b"data: [DONE]\n\n"


class ClientGoneError(Exception):
    """Nobody waits for the answer any more."""


async def unless_gone(receive: Receive, work: Coroutine[Any, Any, _T]) -> _T:
    """The result of `work`, which is cancelled when the client closes the connection.

    The body must have been read. Raises ClientGoneError.
    """
    working = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(_disconnected(receive))
    try:
        await asyncio.wait({working, gone}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise ClientGoneError
    finally:
        working.cancel()
        gone.cancel()


class EventStream(Response):
    """A chat answer in chunks. `first` is the event that has been waited for already."""

    def __init__(self, asked: Asked, first: Event, rest: AsyncGenerator[Event, None]) -> None:
        super().__init__(media_type="text/event-stream", headers={"Cache-Control": "no-store"})
        del self.headers["content-length"]
        self._asked = asked
        self._first = first
        self._rest = rest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send events until the answer is complete or the client is gone."""
        with suppress(ClientGoneError):
            await unless_gone(receive, self._send(send))

    async def _send(self, send: Send) -> None:
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(start)
        async with aclosing(self._events()) as events:
            async for event in events:
                await send({"type": "http.response.body", "body": event, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _events(self) -> AsyncGenerator[bytes, None]:
        """All of it. An error ends the stream as an event without `[DONE]`."""
        try:
            async with aclosing(self._chunks()) as chunks:
                async for chunk in chunks:
                    yield _event(chunk)
        except ModelError as error:
            yield _event(of_model(error, self._asked.request).body())
        except Exception:
            logger.exception("An answer broke off")
            yield _event(ApiError(500, "The server failed; its log says how.").body())
        else:
            yield _DONE

    async def _chunks(self) -> AsyncGenerator[dict[str, Any], None]:
        for index in range(self._asked.request.n):
            yield self._chunk(index, {"role": "assistant", "content": ""})
        finished: list[Completion] = []
        async with aclosing(self._rest):
            yield self._told(self._first, finished)
            async for event in self._rest:
                yield self._told(event, finished)
        if self._asked.include_usage:
            yield self._envelope([]) | costs(finished)

    def _told(self, event: Event, finished: list[Completion]) -> dict[str, Any]:
        if isinstance(event, Text):
            return self._chunk(event.index, {"content": event.text})
        finished.append(event)
        chunk = self._chunk(event.index, {}, finish_reason(event))
        if len(finished) == self._asked.request.n:
            chunk["timings"] = costs(finished)["timings"]
        return chunk

    def _chunk(
        self, index: int, delta: dict[str, Any], finish_reason: str | None = None
    ) -> dict[str, Any]:
        choice = {
            "index": index,
            "delta": delta,
            "logprobs": None,
            "finish_reason": finish_reason,
        }
        return self._envelope([choice])

    def _envelope(self, choices: list[dict[str, Any]]) -> dict[str, Any]:
        chunk = self._asked.envelope("chat.completion.chunk") | {"choices": choices}
        return chunk | {"usage": None} if self._asked.include_usage else chunk


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _event(value: dict[str, Any]) -> bytes:
    # ASCII: some clients break lines at U+2028 as well.
    return f"data: {json.dumps(value)}\n\n".encode()
