"""What the team asks of a language model, and what it gets back.

The team knows only these types; `server/models` fills in `LanguageModel`.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, Protocol


class ModelError(Exception):
    """A model could not answer. The message says what a person can do about it."""


class ModelUnavailableError(ModelError):
    """No configured model is present, whole and loadable."""


class PromptTooLongError(ModelError):
    """Prompt and answer do not fit the context window. Nothing is ever cut silently."""

    def __init__(self, prompt_tokens: int, max_tokens: int, context_window: int) -> None:
        self.prompt_tokens = prompt_tokens
        self.max_tokens = max_tokens
        self.context_window = context_window
        super().__init__(
            f"The prompt has {prompt_tokens} tokens and leaves no room for an answer of "
            f"{max_tokens} in a context window of {context_window}. Shorten the request, "
            "or set a larger context window (TENON_CONTEXT_WINDOW)."
        )


class GenerationFailedError(ModelError):
    """The model process died, refused the grammar or answered with an error."""


class Tier(StrEnum):
    """How strong a model is asked for."""

    STANDARD = "standard"
    HEAVY = "heavy"
    MEGA = "mega"


class Priority(StrEnum):
    """Who waits: strict order between the classes, first come first served within one."""

    INTERACTIVE = "interactive"
    REVIEW = "review"
    BACKGROUND = "background"


FinishReason = Literal["stop", "length", "deadline", "loop"]


@dataclass(frozen=True)
class ChatTurn:
    """One message of a prompt."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True)
class CompletionRequest:
    """A prompt and how to answer it."""

    agent: str
    """Agent type; the registry picks the model configuration by it."""
    messages: tuple[ChatTurn, ...]
    """Where the last is the assistant's, the answer goes on from its text, which is not repeated;
    see `LanguageModel.continues_answers`."""
    max_tokens: int = 512
    n: int = 1
    """Completions wanted; they share the prompt and arrive as each is finished."""
    temperatures: tuple[float, ...] = (0.0,)
    """Temperature of completion i is ``temperatures[min(i, len - 1)]``; 0 is greedy."""
    top_k: int = 40
    """The likeliest tokens that are drawn from; 0 means no limit."""
    top_p: float = 0.95
    min_p: float = 0.0
    repeat_penalty: float = 1.0
    logit_bias: tuple[tuple[int, float], ...] = ()
    """Pairs of (token id of the answering model, what is added to its logit)."""
    seed: int = 0
    """Completion i samples with ``seed + i``."""
    stop: tuple[str, ...] = ()
    end_loops: bool = False
    """Ends an answer that says the same lines over and over, numbers aside, with the finish
    reason ``loop``; its text has them once."""
    json_schema: dict[str, Any] | None = None
    """Constrains the answer to JSON of this schema (compiled to a grammar)."""
    grammar: str | None = None
    """Constrains the answer to this GBNF grammar; not together with a schema."""
    deadline_seconds: float | None = None
    """Wall-clock from arrival, queueing included; then every open completion ends with what
    it has and the finish reason ``deadline``. None: as long as it takes."""
    priority: Priority = Priority.BACKGROUND
    tier: Tier = Tier.STANDARD
    model: str | None = None
    """Id of the configured model that must answer; None lets the registry choose one."""


@dataclass(frozen=True)
class Usage:
    """What one completion cost. Seconds are wall-clock."""

    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    queue_seconds: float = 0.0
    prefill_seconds: float = 0.0
    decode_seconds: float = 0.0

    @property
    def tokens_per_second(self) -> float:
        """Decoding rate; 0 when nothing was decoded."""
        return self.completion_tokens / self.decode_seconds if self.decode_seconds > 0 else 0.0

    @property
    def prefill_tokens_per_second(self) -> float:
        """Rate of reading the prompt, without what was cached; 0 when all of it was."""
        read = self.prompt_tokens - self.cached_tokens
        return read / self.prefill_seconds if self.prefill_seconds > 0 else 0.0


@dataclass(frozen=True)
class Completion:
    """One finished answer."""

    text: str
    finish_reason: FinishReason
    model: str
    index: int = 0
    usage: Usage = field(default_factory=Usage)


@dataclass(frozen=True)
class ModelStatus:
    """One model configuration as the registry sees it."""

    id: str
    tier: Tier
    state: Literal["missing", "stopped", "starting", "ready", "stopping", "failed"]
    kind: Literal["local", "remote", "scripted"] = "local"
    detail: str = ""
    """For a missing or failed model: what to do."""
    path: str = ""
    size_bytes: int = 0
    context_window: int = 0
    licence: str = ""
    memory_bytes: int = 0
    """What its process holds, as last measured; 0 when it is not in memory."""
    running: int = 0
    """Requests that it works on now."""
    queue_length: int = 0
    """Requests that wait: for the model to load, for memory, or for its turn."""
    idle_seconds: float = 0.0
    """How long it has been in memory without a request."""
    tokens_per_second: float = 0.0
    """Decoding rate of its latest answers, each by itself; 0 when there is none."""


OnText = Callable[[int, str], None]
"""Called with (completion index, new text) while a completion is decoded."""


class LanguageModel(Protocol):
    """The one door to language models."""

    def complete(
        self, request: CompletionRequest, on_text: OnText | None = None
    ) -> AsyncGenerator[Completion, None]:
        """Yield `request.n` completions, each when finished.

        Closing the iterator, or cancelling the task that reads it, stops the model within
        one decoding step. Raises ModelError and its subclasses.
        """
        ...

    async def count_tokens(self, request: CompletionRequest) -> int:
        """Tokens of the request's prompt under its model's chat template."""
        ...

    async def context_window(self, agent: str, tier: Tier = Tier.STANDARD) -> int:
        """Tokens that prompt and answer may take together."""
        ...

    def next_tier(self, agent: str, tier: Tier) -> Tier | None:
        """The next stronger tier than `tier` at which another model would answer `agent`.

        None when no stronger model is configured, or none of them could run: its file is
        missing or broken, or it needs more memory than all models may take.
        """
        ...

    def continues_answers(self, agent: str, tier: Tier = Tier.STANDARD) -> bool:
        """Whether the model that would answer goes on from the beginning of an answer.

        One behind an endpoint may begin anew instead: OpenAI's protocol leaves it open.
        """
        ...

    def statuses(self) -> list[ModelStatus]:
        """Every configured model and its state."""
        ...

    async def close(self) -> None:
        """Stop every model process."""
        ...


async def complete_one(
    model: LanguageModel, request: CompletionRequest, on_text: OnText | None = None
) -> Completion:
    """The first completion of `request`; the rest is cancelled."""
    async with aclosing(model.complete(request, on_text)) as completions:
        async for completion in completions:
            return completion
    raise GenerationFailedError("The model ended without an answer. Try again.")
