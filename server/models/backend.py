"""What the registry asks of one configured model, local, remote or scripted."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Literal, Protocol

from agents.inference import (
    Completion,
    CompletionRequest,
    ModelStatus,
    ModelUnavailableError,
    OnText,
)

State = Literal["missing", "stopped", "starting", "ready", "stopping", "failed"]


class CannotStartError(ModelUnavailableError):
    """The configuration cannot answer at all; the next one of the chain may."""


class Backend(Protocol):
    """One configured model.

    `patience` is how many seconds a request may wait for memory that other models use.
    """

    def complete(
        self, request: CompletionRequest, on_text: OnText | None, *, patience: float
    ) -> AsyncGenerator[Completion, None]:
        """As `LanguageModel.complete`; raises CannotStartError before the first text."""
        ...

    async def count_tokens(self, request: CompletionRequest, *, patience: float) -> int:
        """Tokens of the request's prompt. Raises CannotStartError."""
        ...

    async def context_window(self, *, patience: float) -> int:
        """Tokens of prompt and answer together. Raises CannotStartError."""
        ...

    def could_run(self) -> bool:
        """Whether nothing is known that would keep it from answering."""
        ...

    def status(self) -> ModelStatus:
        """The state now."""
        ...

    async def close(self) -> None:
        """Stop what runs."""
        ...
