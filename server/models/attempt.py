"""A request on its way through the models that may answer it."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing

from agents.inference import Completion, CompletionRequest, GenerationFailedError, OnText
from server.models.backend import Backend, CannotStartError
from server.models.worker_process import WorkerCrashedError

logger = logging.getLogger(__name__)

_TRIES = 2
"""Of one model whose process dies before the first text."""


class Attempt:
    """Asks one model after the other, until one has begun to answer: then none after it."""

    def __init__(self, on_text: OnText | None) -> None:
        self._on_text = on_text
        self._begun = False

    async def at(
        self, backend: Backend, request: CompletionRequest, patience: float
    ) -> AsyncGenerator[Completion, None]:
        """The answers of one model, which is asked once more if it dies before the first text.

        Raises CannotStartError when another model may be asked instead.
        """
        for left in reversed(range(_TRIES)):
            try:
                answers = backend.complete(request, self._listen, patience=patience)
                async with aclosing(answers) as completions:
                    async for completion in completions:
                        self._begun = True
                        yield completion
                return
            except (CannotStartError, WorkerCrashedError) as error:
                if self._begun:
                    raise GenerationFailedError(str(error)) from error
                if isinstance(error, CannotStartError):
                    raise
                if not left:
                    raise CannotStartError(str(error)) from error
                logger.warning("%s It is asked once more.", error)

    def _listen(self, index: int, text: str) -> None:
        if self._on_text is not None:
            self._begun = True
            self._on_text(index, text)
