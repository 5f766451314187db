"""Requests at work: what a model tells, in order, until the reader or the server stops."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Protocol

from agents.inference import (
    Completion,
    CompletionRequest,
    ModelStatus,
    ModelUnavailableError,
    OnText,
    PromptTooLongError,
    Tier,
)
from server.openai_api.chat import Asked


@dataclass(frozen=True)
class Text:
    """New text of one choice."""

    index: int
    text: str


Event = Text | Completion
_Told = asyncio.Queue[Event | BaseException | None]


class NamedModels(Protocol):
    """Models of which each request names one (`CompletionRequest.model`).

    Otherwise as `LanguageModel`; `ModelRegistry` fills it in.
    """

    def complete(
        self, request: CompletionRequest, on_text: OnText | None = None
    ) -> AsyncGenerator[Completion, None]:
        """Yield `request.n` completions, each when finished. Raises ModelError."""
        ...

    async def count_tokens(self, request: CompletionRequest) -> int:
        """Tokens of the prompt. Raises ModelError."""
        ...

    async def context_window(
        self, agent: str, tier: Tier = Tier.STANDARD, model: str | None = None
    ) -> int:
        """Window of that model. Raises ModelError."""
        ...

    def statuses(self) -> list[ModelStatus]:
        """Every model and its state."""
        ...


class Work:
    """Runs requests against the models. Use it within one event loop."""

    def __init__(self, models: NamedModels) -> None:
        self._models = models
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = False

    async def events(self, asked: Asked) -> AsyncGenerator[Event, None]:
        """Texts as they are decoded and completions as they finish.

        Closing the iterator stops the model. Raises ModelError and its subclasses.
        """
        if self._stopping:
            raise _stopped()
        told: _Told = asyncio.Queue()
        task = asyncio.create_task(self._complete(asked, told))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(lambda ended: told.put_nowait(_end(ended)))
        try:
            while (event := await told.get()) is not None:
                if isinstance(event, BaseException):
                    raise event
                yield event
        finally:
            task.cancel()

    def stop(self) -> None:
        """End every request with an error, and those that still come."""
        self._stopping = True
        for task in self._tasks:
            task.cancel()

    async def _complete(self, asked: Asked, told: _Told) -> None:
        request = asked.request
        if asked.fill_window:
            request = replace(request, max_tokens=await self._room(asked))
        completions = self._models.complete(
            request, lambda index, text: told.put_nowait(Text(index, text))
        )
        async with aclosing(completions):
            async for completion in completions:
                told.put_nowait(completion)

    async def _room(self, asked: Asked) -> int:
        """Tokens that the prompt leaves of the window. Raises PromptTooLongError."""
        request = asked.request
        prompt = await self._models.count_tokens(request)
        window = await self._models.context_window(request.agent, request.tier, request.model)
        if prompt >= window:
            raise PromptTooLongError(prompt, 1, window)
        return window - prompt


def _end(task: asyncio.Task[None]) -> BaseException | None:
    """What the reader is told last; None when all is well."""
    return _stopped() if task.cancelled() else task.exception()


def _stopped() -> ModelUnavailableError:
    return ModelUnavailableError("The server is being stopped.")
