"""Any OpenAI-compatible server: llama-server, Ollama, vLLM, a hosted one.

The setting that names the endpoint is what allows the connection, loopback or not; nothing
else in this package opens one.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx

from agents.inference import (
    Completion,
    CompletionRequest,
    FinishReason,
    GenerationFailedError,
    ModelError,
    ModelStatus,
    OnText,
    PromptTooLongError,
    Tier,
    Usage,
)
from server.models.backend import CannotStartError, State
from server.models.configuration import Endpoint
from server.models.repetition import LineLoop, first_round
from server.models.worker_process import as_fields

_BYTES_PER_TOKEN = 3
"""For an upper estimate: code and English have about four bytes per token."""
_FINISH_REASONS: dict[str, FinishReason] = {
    "length": "length",
    "deadline": "deadline",
    "loop": "loop",
}
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass
class _Answer:
    """What has arrived of one completion."""

    parts: list[str] = field(default_factory=list)
    finish_reason: str | None = None
    usage: dict[str, Any] = field(default_factory=dict)
    first_text_at: float | None = None

    def take(self, chunk: dict[str, Any]) -> str:
        """Add a chunk of the stream; returns its text."""
        self.usage = chunk.get("usage") or self.usage
        text = ""
        for choice in chunk.get("choices") or ():
            text += (choice.get("delta") or {}).get("content") or ""
            self.finish_reason = choice.get("finish_reason") or self.finish_reason
        if text:
            self.first_text_at = self.first_text_at or time.monotonic()
            self.parts.append(text)
        return text


class RemoteModel:
    """One model of one OpenAI-compatible server."""

    def __init__(self, endpoint: Endpoint, tier: Tier = Tier.STANDARD) -> None:
        self._endpoint = endpoint
        self._tier = tier
        self._state: State = "stopped"
        self._detail = ""
        self._running = 0
        self._client = httpx.AsyncClient(
            base_url=endpoint.url.rstrip("/") + "/",
            headers={"Authorization": f"Bearer {endpoint.api_key}"} if endpoint.api_key else {},
            # A slow CPU may think for minutes before its first token.
            timeout=httpx.Timeout(endpoint.timeout, connect=endpoint.connect_timeout),
            # A proxy of the environment is for the way out, not for this machine.
            trust_env=urlsplit(endpoint.url).hostname not in _LOOPBACK,
        )

    async def complete(
        self, request: CompletionRequest, on_text: OnText | None, *, patience: float = 0
    ) -> AsyncGenerator[Completion, None]:
        """Ask once per completion, one after another."""
        await self._check_length(request)
        seconds = request.deadline_seconds
        ends = None if seconds is None else asyncio.get_running_loop().time() + seconds
        self._running += 1
        try:
            for index in range(request.n):
                yield await self._one(request, index, on_text, ends)
        finally:
            self._running -= 1

    async def count_tokens(self, request: CompletionRequest, *, patience: float = 0) -> int:
        """An upper estimate by bytes: the protocol has no way to count."""
        size = sum(len(message.content.encode()) + 16 for message in request.messages)
        return -(-size // _BYTES_PER_TOKEN)

    async def context_window(self, *, patience: float = 0) -> int:
        """What the setting says; the protocol has no way to ask."""
        return self._endpoint.context_window

    def could_run(self) -> bool:
        """Whether it answered when it was asked last."""
        return self._state != "failed"

    def status(self) -> ModelStatus:
        """State as of the last request."""
        return ModelStatus(
            id=self._endpoint.model,
            tier=self._tier,
            state=self._state,
            kind="remote",
            detail=self._detail,
            path=self._endpoint.url,
            context_window=self._endpoint.context_window,
            running=self._running,
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _check_length(self, request: CompletionRequest) -> None:
        window = self._endpoint.context_window
        # The estimate is high, so only what cannot fit by any count is refused here.
        tokens = await self.count_tokens(request) // 2
        if tokens + request.max_tokens > window:
            raise PromptTooLongError(tokens, request.max_tokens, window)

    async def _one(
        self, request: CompletionRequest, index: int, on_text: OnText | None, ends: float | None
    ) -> Completion:
        started = time.monotonic()
        answer = _Answer()
        try:
            async with asyncio.timeout_at(ends):
                await self._receive(request, index, answer, on_text)
        except TimeoutError:
            answer.finish_reason = "deadline"
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise self._failed(f"No answer at {self._endpoint.url}: {_reason(error)}.") from error
        except httpx.TransportError as error:
            raise self._broke(error, bool(answer.parts)) from error
        self._state, self._detail = "ready", ""
        return self._completion(answer, index, started)

    async def _receive(
        self, request: CompletionRequest, index: int, answer: _Answer, on_text: OnText | None
    ) -> None:
        """Add to `answer` what the server sends."""
        loop = LineLoop() if request.end_loops else None
        async with self._client.stream(
            "POST", "chat/completions", json=self._body(request, index)
        ) as response:
            await self._check(response)
            async with aclosing(_events(response)) as events:
                async for chunk in events:
                    text = answer.take(chunk)
                    if text and on_text is not None:
                        on_text(index, text)
                    if loop is not None and loop.add(text):
                        answer.finish_reason = "loop"
                        return

    def _body(self, request: CompletionRequest, index: int) -> dict[str, Any]:
        """The request. min_p and repeat_penalty are not part of the protocol."""
        temperatures = request.temperatures or (0.0,)
        body: dict[str, Any] = {
            "model": self._endpoint.model,
            "messages": as_fields(request.messages),
            "max_tokens": request.max_tokens,
            "temperature": temperatures[min(index, len(temperatures) - 1)],
            "top_p": request.top_p,
            "seed": request.seed + index,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if request.stop:
            body["stop"] = list(request.stop)
        if request.json_schema is not None:
            body["response_format"] = {
                "type": "json_schema",
                "json_schema": {"name": "answer", "schema": request.json_schema, "strict": True},
            }
        return body

    async def _check(self, response: httpx.Response) -> None:
        if response.is_success:
            return
        await response.aread()
        said = _server_message(response)
        if self._endpoint.api_key:  # some servers repeat a key that they refuse
            said = said.replace(self._endpoint.api_key, "…")
        if response.status_code in (401, 403):
            raise self._failed(
                f"{self._endpoint.url} refused the key: {said} Check TENON_ENDPOINT_API_KEY, or in "
                "the editor run “Tenon: Set Endpoint Key”."
            )
        if response.status_code == 404 or response.status_code >= 500:
            raise self._failed(f"{self._endpoint.url} cannot serve {self._endpoint.model}: {said}")
        raise GenerationFailedError(f"{self._endpoint.url} refused the request: {said}")

    def _broke(self, error: httpx.TransportError, begun: bool) -> ModelError:
        """Before the first text another model may answer; after it, nobody starts again."""
        if begun:
            return GenerationFailedError(
                f"The connection to {self._endpoint.url} broke in the middle of the answer "
                f"({_reason(error)}). Try again."
            )
        if isinstance(error, httpx.TimeoutException):
            return self._failed(
                f"{self._endpoint.url} said nothing for {self._endpoint.timeout:.0f} s. A slow "
                "machine may need more: TENON_ENDPOINT_TIMEOUT."
            )
        return self._failed(f"The connection to {self._endpoint.url} broke: {_reason(error)}.")

    def _failed(self, detail: str) -> CannotStartError:
        self._state, self._detail = "failed", detail
        return CannotStartError(detail)

    def _completion(self, answer: _Answer, index: int, started: float) -> Completion:
        if answer.finish_reason is None:
            raise GenerationFailedError(
                f"{self._endpoint.url} ended the answer before it was complete. Try again."
            )
        ended = time.monotonic()
        first = answer.first_text_at or ended
        details = answer.usage.get("prompt_tokens_details") or {}
        usage = Usage(
            prompt_tokens=answer.usage.get("prompt_tokens", 0),
            cached_tokens=details.get("cached_tokens") or 0,
            completion_tokens=answer.usage.get("completion_tokens", len(answer.parts)),
            prefill_seconds=first - started,
            decode_seconds=ended - first,
        )
        reason = _FINISH_REASONS.get(answer.finish_reason, "stop")
        text = "".join(answer.parts)
        text = first_round(text) if reason == "loop" else text
        return Completion(text, reason, self._endpoint.model, index, usage)


async def _events(response: httpx.Response) -> AsyncGenerator[dict[str, Any], None]:
    """The JSON of each server-sent event. Raises GenerationFailedError on an error event."""
    lines: AsyncIterator[str] = response.aiter_lines()
    async for line in lines:
        data = line.removeprefix("data:").strip()
        if not line.startswith("data:") or data == "[DONE]":
            continue
        try:
            event = json.loads(data)
        except ValueError as error:
            raise GenerationFailedError("The endpoint sent something that is not JSON.") from error
        if "error" in event:
            raise GenerationFailedError(f"The endpoint failed: {_message(event)}")
        yield event


def _reason(error: httpx.TransportError) -> str:
    """The error in words; some of httpx's have none."""
    return str(error) or type(error).__name__


def _server_message(response: httpx.Response) -> str:
    try:
        return _message(response.json())
    except ValueError:
        return f"status {response.status_code}."


def _message(body: Any) -> str:
    """The sentence in an error body, as the various servers write it."""
    error = body.get("error", body) if isinstance(body, dict) else body
    text = error.get("message", error) if isinstance(error, dict) else error
    return str(text)[:300]
