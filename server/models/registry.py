"""The models of the settings behind one door."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractContextManager, aclosing, nullcontext
from dataclasses import dataclass
from typing import TypeVar

from agents.inference import (
    Completion,
    CompletionRequest,
    ModelStatus,
    ModelUnavailableError,
    OnText,
    Priority,
    Tier,
)
from server.models.attempt import Attempt
from server.models.backend import Backend, CannotStartError
from server.models.configuration import (
    AgentModel,
    ModelConfiguration,
    ModelSettings,
    SamplingOverride,
    chain,
)
from server.models.local import LocalModel
from server.models.remote import RemoteModel
from server.models.residency import Residency
from server.models.scripted import ScriptedModel
from server.models.turn_keeper import TurnKeeper

logger = logging.getLogger(__name__)

_DIGITS = re.compile(r"\d")
_T = TypeVar("_T")
Notice = Callable[[str], None]


@dataclass(frozen=True)
class _Way:
    """One way to have a request answered."""

    backend: Backend
    sampling: SamplingOverride
    last: bool
    """Whether no other way is left after it."""


class ModelRegistry:
    """Picks a model by agent and tier, starts it on demand and falls back to the next.

    `on_notice` gets sentences for the person (a fallback answers); `on_change` is called
    when a model's state changes; `attending` is entered while a person waits for an answer.
    Use it within one event loop.
    """

    def __init__(
        self,
        settings: ModelSettings,
        on_notice: Notice = logger.warning,
        on_change: Callable[[], None] = lambda: None,
        attending: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self._settings = settings
        self._attending = attending
        self._on_notice = on_notice
        self._on_change = on_change
        self._residency = Residency(settings.memory_budget, settings.idle_seconds)
        self._turns = TurnKeeper(settings.turn_seconds)
        self._backends: dict[ModelConfiguration, Backend] = {}
        self._noticed: set[str] = set()
        scripted = settings.scripted_model
        self._scripted = ScriptedModel(scripted) if scripted is not None else None

    # ------------------------------------------------------------------ LanguageModel

    async def complete(
        self, request: CompletionRequest, on_text: OnText | None = None
    ) -> AsyncGenerator[Completion, None]:
        """Answer with the first model that can, in the order of the settings.

        Once an answer has begun no other model takes over.
        """
        with self._attention(request):
            async with aclosing(self._answers(request, on_text)) as completions:
                async for completion in completions:
                    yield completion

    async def _answers(
        self, request: CompletionRequest, on_text: OnText | None
    ) -> AsyncGenerator[Completion, None]:
        attempt, problems = Attempt(on_text), _Problems()
        for way in self._ways(request.agent, request.tier, request.model):
            asked, patience = way.sampling.apply(request), self._patience(request.priority, way)
            try:
                async with aclosing(attempt.at(way.backend, asked, patience)) as completions:
                    async for completion in completions:
                        self._tell_fallback(way.backend, problems)
                        yield completion
            except CannotStartError as error:
                problems.add(way.backend, error)
            else:
                return
        raise problems.none_left()

    async def count_tokens(self, request: CompletionRequest) -> int:
        """Tokens of the prompt under the model that would answer."""
        ways = self._ways(request.agent, request.tier, request.model)
        with self._attention(request):  # the model may have to be loaded for it
            return await _first(
                ways,
                lambda way: way.backend.count_tokens(
                    request, patience=self._patience(request.priority, way)
                ),
            )

    async def context_window(
        self, agent: str, tier: Tier = Tier.STANDARD, model: str | None = None
    ) -> int:
        """Window of the model that would answer, or of the configured model named."""
        ways = self._ways(agent, tier, model)
        return await _first(
            ways,
            lambda way: way.backend.context_window(
                patience=self._patience(Priority.BACKGROUND, way)
            ),
        )

    def next_tier(self, agent: str, tier: Tier) -> Tier | None:
        """The next stronger tier that another model would answer, if it could run."""
        if self._scripted is not None:
            return self._scripted.next_tier(agent, tier)
        present = self._runnable(agent, tier)
        for higher in list(Tier)[list(Tier).index(tier) + 1 :]:
            best = self._runnable(agent, higher)
            if best is not None and best.tier == higher and best != present:
                return higher
        return None

    def continues_answers(self, agent: str, tier: Tier = Tier.STANDARD) -> bool:
        """Whether the model that would answer is one of this machine."""
        if self._scripted is not None:
            return True
        present = self._runnable(agent, tier)
        return present is not None and present.endpoint is None

    def statuses(self) -> list[ModelStatus]:
        """Every configured model, those of the agents' own included."""
        agents = ["", *self._settings.agents]
        ways = [way for agent in agents for tier in Tier for way in self._ways(agent, tier)]
        return [backend.status() for backend in dict.fromkeys(way.backend for way in ways)]

    async def close(self) -> None:
        """Stop every model process."""
        self._residency.close()
        self._turns.close()
        for backend in self._backends.values():
            await backend.close()

    # ------------------------------------------------------------------ inside

    def _attention(self, request: CompletionRequest) -> AbstractContextManager[None]:
        """Held while a person waits for the answer to `request`."""
        is_awaited = request.priority is Priority.INTERACTIVE
        return self._attending() if is_awaited else nullcontext()

    def _ways(self, agent: str, tier: Tier, model: str | None = None) -> list[_Way]:
        if self._scripted is not None:
            own = self._settings.agents.get(agent, AgentModel())
            return [_Way(self._scripted, own.sampling, last=True)]
        if model is not None:
            found = [self._named(model, agent)]
        else:
            found = chain(self._settings, agent, tier)
        return [_Way(self._backend(each), each.sampling, each is found[-1]) for each in found]

    def _named(self, model: str, agent: str) -> ModelConfiguration:
        """The one configured model of that id, as `agent` has it if it does."""
        for each in (agent, "", *self._settings.agents):
            for configuration in chain(self._settings, each, Tier.MEGA):
                if configuration.id == model:
                    return configuration
        known = ", ".join(status.id for status in self.statuses())
        raise ModelUnavailableError(f"No model {model} is configured. There are: {known}.")

    def _runnable(self, agent: str, tier: Tier) -> ModelConfiguration | None:
        """The configuration that would answer now."""
        found = chain(self._settings, agent, tier)
        return next((each for each in found if self._backend(each).could_run()), None)

    def _backend(self, configuration: ModelConfiguration) -> Backend:
        if configuration not in self._backends:
            self._backends[configuration] = self._new_backend(configuration)
        return self._backends[configuration]

    def _new_backend(self, configuration: ModelConfiguration) -> Backend:
        if configuration.endpoint is not None:
            return RemoteModel(configuration.endpoint, configuration.tier)
        return LocalModel(
            configuration,
            self._residency,
            self._turns,
            load_timeout=self._settings.load_timeout,
            on_change=self._on_change,
        )

    def _patience(self, priority: Priority, way: _Way) -> float:
        """A person does not wait for memory while another model could answer."""
        if priority is Priority.INTERACTIVE and not way.last:
            return 0.0
        return self._settings.memory_wait

    def _tell_fallback(self, backend: Backend, problems: _Problems) -> None:
        """Say once per reason which model answers instead."""
        reason = problems.first
        # The same reason with other numbers (how much memory is free) is no news.
        kind = _DIGITS.sub("", reason)
        if reason and kind not in self._noticed:
            self._noticed.add(kind)
            self._on_notice(f"{reason} Meanwhile {backend.status().id} answers.")


class _Problems:
    """Why models could not answer, best model first."""

    def __init__(self) -> None:
        self._found: list[tuple[str, str]] = []

    @property
    def first(self) -> str:
        """The best model's problem; "" without any."""
        return self._found[0][1] if self._found else ""

    def add(self, backend: Backend, error: CannotStartError) -> None:
        """Note why `backend` could not answer."""
        self._found.append((backend.status().id, str(error)))

    def none_left(self) -> ModelUnavailableError:
        """The best model's problem in full, the names of the others."""
        others = ", ".join(dict.fromkeys(name for name, _ in self._found[1:]))
        also = f" Nor can {others} answer." if others else ""
        return ModelUnavailableError(f"No model can answer. {self.first}{also}")


async def _first(ways: list[_Way], ask: Callable[[_Way], Awaitable[_T]]) -> _T:
    problems = _Problems()
    for way in ways:
        try:
            return await ask(way)
        except CannotStartError as error:
            problems.add(way.backend, error)
    raise problems.none_left()
