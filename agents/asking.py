"""How an agent asks its model: decisions under a schema, code and prose as text.

Every prompt is the agent's system prompt (stable, so that it stays in the KV cache) and one
task prompt; there is no growing history, because small models copy what they see.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from agents.base import IAgent
from agents.inference import (
    ChatTurn,
    Completion,
    CompletionRequest,
    GenerationFailedError,
    Priority,
    PromptTooLongError,
    complete_one,
)
from agents.languages.contract import Language
from agents.languages.python import PYTHON
from agents.progress import Progress, Report, silent
from agents.prompting import render

D = TypeVar("D", bound=BaseModel)

_REPORT_EVERY_SECONDS = 0.5
CHARACTERS_PER_TOKEN = 3.5
"""Of code and English alike; close enough for a live figure or a limit."""


@dataclass
class Tally:
    """What a piece of work has cost so far."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    models: list[str] = field(default_factory=list)

    def add(self, completion: Completion) -> None:
        """Count one completion."""
        self.prompt_tokens += completion.usage.prompt_tokens
        self.completion_tokens += completion.usage.completion_tokens
        if completion.model not in self.models:
            self.models.append(completion.model)


@dataclass(frozen=True)
class Context:
    """What belongs to one piece of work and goes along with every question in it."""

    report: Report = silent
    ticket_id: str | None = None
    priority: Priority = Priority.BACKGROUND
    seed: int = 0
    tally: Tally = field(default_factory=Tally)
    language: Language = PYTHON
    """Of the code that the work is about."""


class Narrator:
    """Tells, while a model writes, how fast it is and about how long it still takes."""

    def __init__(self, agent: str, label: str, expected_tokens: int, report: Report) -> None:
        self._agent, self._label, self._report = agent, label, report
        self._expected = expected_tokens
        self._characters = 0
        self._began = time.monotonic()
        self._first: float | None = None
        self._told = 0.0
        report(Progress("step", agent, label))

    def on_text(self, _index: int, text: str) -> None:
        """Count what arrived, and report twice a second."""
        now = time.monotonic()
        self._first = self._first or now
        self._characters += len(text)
        if now - self._told < _REPORT_EVERY_SECONDS or now - self._first < _REPORT_EVERY_SECONDS:
            return
        self._told = now
        tokens = self._characters / CHARACTERS_PER_TOKEN
        rate = tokens / (now - self._first)
        left = max(0.0, (self._expected - tokens) / rate) if rate else None
        self._report(Progress("step", self._agent, self._label, rate, now - self._began, left))


def request_for(
    agent: IAgent, prompt: str, context: Context, variables: dict[str, Any], **options: Any
) -> CompletionRequest:
    """The completion request of task `prompt` with `variables` filled in."""
    return CompletionRequest(
        agent=agent.agent_type,
        messages=(
            ChatTurn("system", agent.prompt_for(context.language)),
            ChatTurn("user", render(prompt, language=context.language, **variables)),
        ),
        seed=context.seed,
        priority=context.priority,
        **options,
    )


async def fits(agent: IAgent, request: CompletionRequest) -> bool:
    """Whether prompt and answer fit the model's context window together."""
    tokens, window = await _measure(agent, request)
    return tokens + request.max_tokens <= window


async def require_fit(agent: IAgent, request: CompletionRequest) -> None:
    """Raise PromptTooLongError, with the numbers, if the request does not fit."""
    tokens, window = await _measure(agent, request)
    if tokens + request.max_tokens > window:
        raise PromptTooLongError(tokens, request.max_tokens, window)


async def _measure(agent: IAgent, request: CompletionRequest) -> tuple[int, int]:
    """Tokens of the prompt, and the model's window."""
    # In this order, since the first is known to be for a person who waits while the model loads.
    tokens = await agent.tools.models.count_tokens(request)
    return tokens, await agent.tools.models.context_window(agent.agent_type, request.tier)


async def completions(
    agent: IAgent, request: CompletionRequest, context: Context, label: str
) -> AsyncGenerator[Completion, None]:
    """Completions of `request` as they finish, narrated and logged.

    The consumer closes the iterator when one is good enough; the rest is never decoded.
    """
    await require_fit(agent, request)
    narrator = Narrator(agent.agent_type, label, request.max_tokens // 2, context.report)
    async with aclosing(agent.tools.models.complete(request, narrator.on_text)) as stream:
        async for completion in stream:
            await _record(agent, completion, context, label)
            yield completion


async def write(agent: IAgent, request: CompletionRequest, context: Context, label: str) -> str:
    """One free-text answer."""
    async with aclosing(completions(agent, request, context, label)) as stream:
        async for completion in stream:
            return completion.text
    raise GenerationFailedError("The model ended without an answer. Try again.")


async def stream_text(agent: IAgent, request: CompletionRequest, context: Context) -> str:
    """One free-text answer whose words go to the person as they come."""
    await require_fit(agent, request)

    def on_text(_index: int, text: str) -> None:
        context.report(Progress("text", agent.agent_type, text))

    completion = await complete_one(agent.tools.models, request, on_text)
    await _record(agent, completion, context, "answered")
    return completion.text


async def decide(
    agent: IAgent,
    kind: type[D],
    prompt: str,
    context: Context,
    variables: dict[str, Any],
    *,
    label: str,
    max_tokens: int = 400,
    schema: dict[str, Any] | None = None,
) -> D:
    """A decision of type `kind`, decoded under its JSON schema (or a narrower `schema`).

    An answer cut off by the token limit is asked for again once, warmer and with more room.
    Raises GenerationFailedError if that does not help.
    """
    request = request_for(
        agent,
        prompt,
        context,
        variables,
        max_tokens=max_tokens,
        json_schema=schema or kind.model_json_schema(),
    )
    retry = replace(request, max_tokens=2 * max_tokens, temperatures=(0.5,), repeat_penalty=1.1)
    for attempt in (request, retry):
        text = await write(agent, attempt, context, label)
        try:
            return kind.model_validate_json(text)
        except ValidationError:
            await agent.log("error", f"{label}: the answer was cut off", context.ticket_id)
    raise GenerationFailedError(
        f"The model could not finish its answer ({label}). Say it in fewer words, or choose a "
        "stronger model (TENON_MODEL)."
    )


async def _record(agent: IAgent, completion: Completion, context: Context, label: str) -> None:
    context.tally.add(completion)
    usage = completion.usage
    await agent.log(
        "generation",
        f"{label}: {usage.completion_tokens} tokens by {completion.model}",
        context.ticket_id,
        tokens=usage.completion_tokens,
        cached_tokens=usage.cached_tokens,
        tokens_per_second=round(usage.tokens_per_second, 1),
        seconds=round(usage.prefill_seconds + usage.decode_seconds, 1),
        finish_reason=completion.finish_reason,
    )


def spread(low: float, high: float, count: int) -> tuple[float, ...]:
    """`count` temperatures from `low` to `high`."""
    if count == 1:
        return (low,)
    step = (high - low) / (count - 1)
    return tuple(round(low + i * step, 2) for i in range(count))


def numbered(items: Sequence[str]) -> str:
    """Items as a numbered list."""
    return "\n".join(f"{i}. {item}" for i, item in enumerate(items, 1))
