"""One completion, from messages to text, on a loaded model."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from server.models.llama import CancelledError, Llama
from server.models.sampler import Sampler, Sampling, grammar_of
from server.models.text_stream import TextStream

_EMIT_SECONDS = 0.05
"""Text is sent on in pieces of this duration: a message per token costs more than it shows."""


class PromptTooLong(Exception):  # noqa: N818 - the parent's PromptTooLongError is raised from it
    """Prompt and answer do not fit the window."""

    def __init__(self, prompt_tokens: int, max_tokens: int, context_window: int) -> None:
        super().__init__()
        self.numbers = (prompt_tokens, max_tokens, context_window)


@dataclass(frozen=True)
class GenerateRequest:
    """One completion as the parent asks for it."""

    messages: list[dict[str, str]]
    max_tokens: int
    sampling: Sampling = field(default_factory=Sampling)
    stop: list[str] = field(default_factory=list)
    json_schema: dict[str, Any] | None = None

    @classmethod
    def from_message(cls, message: dict[str, Any]) -> GenerateRequest:
        """Read the fields of a `generate` message."""
        return cls(
            messages=message["messages"],
            max_tokens=message["max_tokens"],
            sampling=Sampling(**message["sampling"]),
            stop=message["stop"],
            json_schema=message["json_schema"],
        )


@dataclass
class Outcome:
    """A finished or cancelled completion with what it cost (seconds are wall-clock)."""

    text: str = ""
    finish_reason: Literal["stop", "length", "cancelled"] = "length"
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    prefill_seconds: float = 0.0
    decode_seconds: float = 0.0

    def as_message(self) -> dict[str, Any]:
        """The fields of the `done` message."""
        return asdict(self)


def generate(
    llama: Llama,
    request: GenerateRequest,
    cancelled: Callable[[], bool],
    emit: Callable[[str], None],
) -> Outcome:
    """Decode one completion; `emit` gets the text in pieces.

    Raises PromptTooLong, GrammarError (before anything is decoded, or at a dead end),
    ValueError when the chat template refuses the messages.
    """
    grammar = grammar_of(request.json_schema) if request.json_schema is not None else None
    sampler = Sampler(llama.vocab, llama.vocab_size, request.sampling, grammar)
    outcome = Outcome()
    try:
        _prefill(llama, request, cancelled, outcome)
        _decode(llama, request, outcome, sampler=sampler, cancelled=cancelled, emit=emit)
    except CancelledError:
        outcome.finish_reason = "cancelled"
    finally:
        sampler.close()
    return outcome


def _prefill(
    llama: Llama, request: GenerateRequest, cancelled: Callable[[], bool], outcome: Outcome
) -> None:
    tokens = llama.prompt_tokens(request.messages)
    outcome.prompt_tokens = len(tokens)
    if len(tokens) + request.max_tokens > llama.context_window:
        raise PromptTooLong(len(tokens), request.max_tokens, llama.context_window)
    started = time.monotonic()
    try:
        outcome.cached_tokens = llama.prefill(tokens, cancelled)
    finally:
        outcome.prefill_seconds = time.monotonic() - started


def _decode(
    llama: Llama,
    request: GenerateRequest,
    outcome: Outcome,
    *,
    sampler: Sampler,
    cancelled: Callable[[], bool],
    emit: Callable[[str], None],
) -> None:
    stream = TextStream(request.stop)
    started = emitted = time.monotonic()
    while outcome.completion_tokens < request.max_tokens:
        if cancelled():
            outcome.finish_reason = "cancelled"
            break
        token = sampler.sample(llama.context)
        if llama.ends_answer(token):
            outcome.finish_reason = "stop"
            break
        outcome.completion_tokens += 1
        stream.feed(llama.piece(token))
        if stream.stopped:
            outcome.finish_reason = "stop"
            break
        if time.monotonic() - emitted >= _EMIT_SECONDS:
            _emit(stream.take(), emit)
            emitted = time.monotonic()
        if outcome.completion_tokens < request.max_tokens:
            llama.decode([token])
    if not stream.stopped:
        stream.feed(b"", last=True)
    _emit(stream.take(last=True), emit)
    outcome.text = stream.text
    outcome.decode_seconds = time.monotonic() - started


def _emit(text: str, emit: Callable[[str], None]) -> None:
    if text:
        emit(text)
