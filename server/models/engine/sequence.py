"""One request in the engine, and its candidates on their way from prompt to text."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import numpy as np

from server.models.engine.batch import Tokens
from server.models.engine.sampler import Sampler, Sampling
from server.models.engine.text_stream import TextStream

FinishReason = Literal["stop", "length", "deadline", "loop", "cancelled"]


@dataclass(frozen=True)
class GenerateMessage:
    """A `generate` message of the parent: one prompt, one candidate per entry of `samplings`."""

    id: int
    messages: list[dict[str, str]]
    max_tokens: int
    samplings: list[Sampling]
    stop: list[str] = field(default_factory=list)
    end_loops: bool = False
    json_schema: dict[str, Any] | None = None
    grammar: str | None = None
    rank: int = 2
    """Priority class; 0 goes first."""
    deadline_seconds: float | None = None

    @classmethod
    def of(cls, message: dict[str, Any]) -> GenerateMessage:
        """Read the fields of the message; unknown ones are left out."""
        values = {name: message[name] for name in cls.__dataclass_fields__ if name in message}
        values["samplings"] = [Sampling(**each) for each in message["samplings"]]
        return cls(**values)


@dataclass(eq=False)
class Request:
    """A request that the engine has taken."""

    id: int
    rank: int
    prompt: Tokens
    stable: int
    """Tokens at the start of the prompt that other requests of the same agent repeat."""
    max_tokens: int
    deadline: float | None
    """Of `time.monotonic`."""
    arrived: float = field(default_factory=time.monotonic)
    sequences: list[Sequence] = field(default_factory=list)
    """The candidates that are not finished."""


@dataclass(eq=False)
class Sequence:
    """One candidate. It runs while it has a slot, and waits otherwise."""

    request: Request
    index: int
    sampler: Sampler
    stream: TextStream
    tokens: list[int]
    """Prompt and answer so far; the answer's last token is not in the KV cache yet."""
    slot: int | None = None
    kept: int = 0
    """Tokens in the KV cache."""
    cached: int = 0
    """Tokens of the prompt that did not have to be read."""
    admitted: float | None = None
    first_token: float | None = None
    emitted: float = 0.0

    @property
    def pending(self) -> int:
        """Tokens to decode before the next one can be sampled; 1 while it answers."""
        return len(self.tokens) - self.kept

    @property
    def answering(self) -> bool:
        """Whether the whole prompt but its last token is in the KV cache."""
        return self.slot is not None and self.pending == 1

    @property
    def answered(self) -> int:
        """Tokens of the answer."""
        return len(self.tokens) - len(self.request.prompt)

    @property
    def cells_to_come(self) -> int:
        """Cells that it can still take until its token budget is spent."""
        # The last token of an answer is never decoded.
        return len(self.request.prompt) + self.request.max_tokens - 1 - self.kept

    def next_tokens(self, count: int) -> Tokens:
        """The next tokens to decode."""
        return np.asarray(self.tokens[self.kept : self.kept + count], np.int32)

    def completion(self, reason: FinishReason) -> Completion:
        """What the parent is told at the end."""
        now = time.monotonic()
        admitted = self.admitted or now
        first = self.first_token or now
        return Completion(
            index=self.index,
            text=self.stream.text,
            finish_reason=reason,
            prompt_tokens=len(self.request.prompt),
            cached_tokens=self.cached,
            completion_tokens=self.answered,
            queue_seconds=admitted - self.request.arrived,
            prefill_seconds=first - admitted,
            decode_seconds=now - first,
        )


@dataclass(frozen=True)
class Completion:
    """A finished candidate with what it cost (seconds are wall-clock)."""

    index: int
    text: str
    finish_reason: FinishReason
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    queue_seconds: float
    prefill_seconds: float
    decode_seconds: float

    def as_message(self) -> dict[str, Any]:
        """The fields of the `completion` message."""
        return asdict(self)
