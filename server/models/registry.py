"""The models of the settings behind one door."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace
from typing import TypeVar

from agents.inference import (
    Completion,
    CompletionRequest,
    ModelStatus,
    ModelUnavailableError,
    OnText,
    Tier,
)
from server.models.backend import Backend, CannotStartError
from server.models.configuration import (
    AgentModel,
    ModelConfiguration,
    ModelSettings,
    chain,
)
from server.models.decode_queue import DecodeQueue
from server.models.local import LocalModel
from server.models.remote import RemoteModel
from server.models.scripted import ScriptedModel

logger = logging.getLogger(__name__)

_T = TypeVar("_T")
Notice = Callable[[str], None]


class ModelRegistry:
    """Picks a model by agent and tier, starts it on demand and falls back to the next.

    `on_notice` gets sentences for the person (a fallback answers); `on_change` is called
    when a model's state changes. Use it within one event loop.
    """

    def __init__(
        self,
        settings: ModelSettings,
        on_notice: Notice = logger.warning,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        self._settings = settings
        self._on_notice = on_notice
        self._on_change = on_change
        self._queue = DecodeQueue()
        self._backends: dict[ModelConfiguration, Backend] = {}
        self._noticed: set[str] = set()
        scripted = settings.scripted_model
        self._scripted = ScriptedModel(scripted) if scripted is not None else None

    # ------------------------------------------------------------------ LanguageModel

    async def complete(
        self, request: CompletionRequest, on_text: OnText | None = None
    ) -> AsyncGenerator[Completion, None]:
        """Answer with the first model of the chain that can start."""
        override = self._settings.agents.get(request.agent, AgentModel())
        request = override.sampling.apply(request)
        problems: dict[str, str] = {}
        for backend in self._chain(request.agent, request.tier):
            try:
                async with aclosing(backend.complete(request, on_text)) as completions:
                    async for completion in completions:
                        self._tell_fallback(backend, problems)
                        yield completion
            except CannotStartError as error:
                problems[backend.status().id] = str(error)
            else:
                return
        raise _none_left(problems)

    async def count_tokens(self, request: CompletionRequest) -> int:
        """Tokens of the prompt under the model that would answer."""
        return await self._first(
            request.agent, request.tier, lambda backend: backend.count_tokens(request)
        )

    async def context_window(self, agent: str, tier: Tier = Tier.STANDARD) -> int:
        """Window of the model that would answer."""
        return await self._first(agent, tier, lambda backend: backend.context_window())

    def statuses(self) -> list[ModelStatus]:
        """Every configured model, those of the agents' own included."""
        if self._scripted is not None:
            return [self._scripted.status()]
        agents = ["", *self._settings.agents]
        backends = [
            backend for agent in agents for tier in Tier for backend in self._chain(agent, tier)
        ]
        found = {(status.id, status.context_window): status for status in map(_status, backends)}
        return list(found.values())

    async def close(self) -> None:
        """Stop every model process."""
        for backend in self._backends.values():
            await backend.close()

    # ------------------------------------------------------------------ inside

    def _chain(self, agent: str, tier: Tier) -> list[Backend]:
        if self._scripted is not None:
            return [self._scripted]
        return [self._backend(each) for each in chain(self._settings, agent, tier)]

    def _backend(self, configuration: ModelConfiguration) -> Backend:
        # One file at one window is one process, whichever tier asked for it.
        key = replace(configuration, tier=Tier.STANDARD)
        if key not in self._backends:
            self._backends[key] = self._new_backend(configuration)
        return self._backends[key]

    def _new_backend(self, configuration: ModelConfiguration) -> Backend:
        if configuration.endpoint is not None:
            return RemoteModel(configuration.endpoint, configuration.tier)
        return LocalModel(
            configuration,
            self._queue,
            idle_seconds=self._settings.idle_seconds,
            on_change=self._on_change,
        )

    async def _first(self, agent: str, tier: Tier, ask: Callable[[Backend], Awaitable[_T]]) -> _T:
        problems: dict[str, str] = {}
        for backend in self._chain(agent, tier):
            try:
                return await ask(backend)
            except CannotStartError as error:
                problems[backend.status().id] = str(error)
        raise _none_left(problems)

    def _tell_fallback(self, backend: Backend, problems: dict[str, str]) -> None:
        """Say once per reason which model answers instead."""
        for reason in list(problems.values())[:1]:
            if reason not in self._noticed:
                self._noticed.add(reason)
                self._on_notice(f"{reason} Meanwhile {backend.status().id} answers.")


def _status(backend: Backend) -> ModelStatus:
    return backend.status()


def _none_left(problems: dict[str, str]) -> ModelUnavailableError:
    """The best model's problem in full, the names of the others."""
    first, *others = problems.values()
    also = f" Nor can {', '.join(list(problems)[1:])} answer." if others else ""
    return ModelUnavailableError(f"No model can answer. {first}{also}")
