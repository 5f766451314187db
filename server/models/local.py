"""A GGUF model of this machine: requests to its process, and what they cost."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import AsyncExitStack, aclosing, contextmanager
from typing import Any

from agents.inference import (
    Completion,
    CompletionRequest,
    GenerationFailedError,
    ModelStatus,
    OnText,
    PromptTooLongError,
    Usage,
)
from server.models.backend import State
from server.models.configuration import ModelConfiguration
from server.models.loader import Loader
from server.models.model_file import BadModelFileError, MissingModelFileError, check_model_file
from server.models.model_host import ModelHost
from server.models.repetition import first_round
from server.models.residency import Residency
from server.models.turn_keeper import RANK, TurnKeeper
from server.models.worker_process import WorkerCrashedError, WorkerProcess, as_fields

_LATELY = 8
"""Answers that the speed is taken from."""


class LocalModel:
    """One configuration. Its requests run together; models take turns."""

    def __init__(
        self,
        configuration: ModelConfiguration,
        residency: Residency,
        turns: TurnKeeper,
        *,
        load_timeout: float,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        self.configuration = configuration
        self._residency = residency
        self._turns = turns
        self._on_change = on_change
        self._loader = Loader(configuration, load_timeout)
        self.host = ModelHost(configuration, residency, self._loader, on_change)
        self._key = str(id(self))
        self._open = 0
        self._sent = 0
        self._lately: deque[Usage] = deque(maxlen=_LATELY)

    # ------------------------------------------------------------------ the contract

    async def complete(
        self, request: CompletionRequest, on_text: OnText | None, *, patience: float
    ) -> AsyncGenerator[Completion, None]:
        """Decode the candidates together; they arrive as each is finished."""
        clock = asyncio.get_running_loop().time
        arrived, seconds = clock(), request.deadline_seconds
        async with AsyncExitStack() as stack:
            stack.enter_context(self._counted())
            try:
                async with asyncio.timeout_at(None if seconds is None else arrived + seconds):
                    worker = await self._admitted(request, patience, stack)
            except TimeoutError:
                for completion in self._expired(request, clock() - arrived):
                    yield completion
                return
            waited = clock() - arrived
            answers = self._answers(worker, _fields(request, waited))
            async for answer in await stack.enter_async_context(aclosing(answers)):
                if answer["event"] == "completion":
                    yield self._completion(answer, waited)
                elif on_text is not None:
                    on_text(answer["index"], answer["text"])

    async def count_tokens(self, request: CompletionRequest, *, patience: float) -> int:
        """Tokens under the model's own chat template."""
        with self.host.using():
            return await (await self.host.ready(patience)).count_tokens(request.messages)

    async def context_window(self, *, patience: float) -> int:
        """The configured window, or the model's own where that is smaller."""
        with self.host.using():
            return (await self.host.ready(patience)).context_window

    def could_run(self) -> bool:
        """Whether its file is there and whole, and it fits when nothing else is in memory."""
        need = self._loader.usable()
        return need is not None and need <= self._residency.limit

    def status(self) -> ModelStatus:
        """State of the process; a file that is not there counts as missing."""
        configuration, host, known = self.configuration, self.host, self.configuration.known
        path = configuration.path
        size = path.stat().st_size if path is not None and path.is_file() else 0
        state, detail = host.state, host.detail
        if state == "stopped":
            state, detail = self._state_by_file(detail)
        running = 0 if self._turns.waiting(self._key) else self._sent
        return ModelStatus(
            id=configuration.id,
            tier=configuration.tier,
            state=state,
            kind="local",
            detail=detail,
            path=str(path),
            size_bytes=size or (known.size_bytes if known else 0),
            context_window=configuration.context_window,
            licence=known.licence if known else "",
            memory_bytes=host.memory_bytes,
            running=running,
            queue_length=self._open - running,
            idle_seconds=host.idle_seconds,
            tokens_per_second=self._speed(),
        )

    async def close(self) -> None:
        """End the process."""
        await self.host.close()

    # ------------------------------------------------------------------ one request

    async def _admitted(
        self, request: CompletionRequest, patience: float, stack: AsyncExitStack
    ) -> WorkerProcess:
        """The process, in memory and with the turn, until the stack is left."""
        stack.enter_context(self.host.using())
        while True:
            # Loading, or waiting after a crash, holds up no other model's turn.
            await self.host.ready(patience)
            async with AsyncExitStack() as trial:
                turn = self._turns.turn(self._key, self.host, request.priority)
                await trial.enter_async_context(turn)
                worker = self.host.worker
                if worker is not None and worker.alive:
                    await stack.enter_async_context(trial.pop_all())
                    return worker

    async def _answers(
        self, worker: WorkerProcess, fields: dict[str, Any]
    ) -> AsyncGenerator[dict[str, Any], None]:
        """The texts and completions among the answers; a failure is raised."""
        self._sent += 1
        self._on_change()
        try:
            async with aclosing(worker.generate(fields)) as answers:
                async for answer in answers:
                    _raise_failure(answer)
                    if answer["event"] == "done":
                        return
                    yield answer
        except WorkerCrashedError as error:
            await self.host.lost(worker, str(error))
            raise
        finally:
            self._sent -= 1
        raise GenerationFailedError("The model ended without an answer. Try again.")

    def _completion(self, answer: dict[str, Any], waited: float) -> Completion:
        self._loader.answered()
        usage = Usage(
            prompt_tokens=answer["prompt_tokens"],
            cached_tokens=answer["cached_tokens"],
            completion_tokens=answer["completion_tokens"],
            queue_seconds=waited + answer["queue_seconds"],
            prefill_seconds=answer["prefill_seconds"],
            decode_seconds=answer["decode_seconds"],
        )
        self._lately.append(usage)
        reason = answer["finish_reason"]
        return Completion(
            text=first_round(answer["text"]) if reason == "loop" else answer["text"],
            finish_reason=reason,
            model=self.configuration.id,
            index=answer["index"],
            usage=usage,
        )

    def _expired(self, request: CompletionRequest, waited: float) -> list[Completion]:
        """What there is when the deadline comes before the first token."""
        usage = Usage(queue_seconds=waited)
        return [
            Completion("", "deadline", self.configuration.id, index, usage)
            for index in range(request.n)
        ]

    # ------------------------------------------------------------------ the status

    @contextmanager
    def _counted(self) -> Iterator[None]:
        self._open += 1
        self._on_change()
        try:
            yield
        finally:
            self._open -= 1
            self._on_change()

    def _state_by_file(self, detail: str) -> tuple[State, str]:
        try:
            check_model_file(self.configuration, thorough=False)
        except MissingModelFileError as error:
            return "missing", str(error)
        except BadModelFileError as error:
            return "failed", str(error)
        return "stopped", detail

    def _speed(self) -> float:
        """Tokens per second of the last answers, each by itself."""
        seconds = sum(usage.decode_seconds for usage in self._lately)
        return sum(usage.completion_tokens for usage in self._lately) / seconds if seconds else 0.0


def _raise_failure(answer: dict[str, Any]) -> None:
    if answer["event"] == "tooLong":
        raise PromptTooLongError(*answer["numbers"])
    if answer["event"] == "error":
        raise GenerationFailedError(answer["message"])


def _fields(request: CompletionRequest, waited: float) -> dict[str, Any]:
    """The worker's `generate` message; of the deadline what the wait has left."""
    seconds = request.deadline_seconds
    return {
        "messages": as_fields(request.messages),
        "max_tokens": request.max_tokens,
        "samplings": [_sampling(request, index) for index in range(request.n)],
        "stop": list(request.stop),
        "end_loops": request.end_loops,
        "json_schema": request.json_schema,
        "grammar": request.grammar,
        "rank": RANK[request.priority],
        "deadline_seconds": None if seconds is None else max(seconds - waited, 0.0),
    }


def _sampling(request: CompletionRequest, index: int) -> dict[str, Any]:
    temperatures = request.temperatures or (0.0,)
    return {
        "temperature": temperatures[min(index, len(temperatures) - 1)],
        "top_k": request.top_k,
        "top_p": request.top_p,
        "min_p": request.min_p,
        "repeat_penalty": request.repeat_penalty,
        "logit_bias": request.logit_bias,
        "seed": request.seed + index,
    }
