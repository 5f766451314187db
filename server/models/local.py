"""A GGUF model of this machine, run in a worker process that is started on demand."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Callable
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
from server.models.backend import CannotStartError, State
from server.models.catalog import CATALOG
from server.models.configuration import ModelConfiguration
from server.models.decode_queue import DecodeQueue
from server.models.model_file import (
    BadModelFileError,
    MissingModelFileError,
    check_model_file,
)
from server.models.worker_process import (
    WorkerCrashedError,
    WorkerLoadError,
    WorkerProcess,
    as_fields,
)

_MAX_LOAD_CRASHES = 3
_FIRST_BACK_OFF = 0.5
_LONGEST_BACK_OFF = 30.0


class LocalModel:
    """Starts, restarts and ends the worker process of one configuration."""

    def __init__(
        self,
        configuration: ModelConfiguration,
        queue: DecodeQueue,
        *,
        idle_seconds: float,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        self.configuration = configuration
        self._queue = queue
        self._idle_seconds = idle_seconds
        self._on_change = on_change
        self._worker: WorkerProcess | None = None
        self._starting = asyncio.Lock()
        self._state: State = "stopped"
        self._detail = ""
        self._load_crashes = 0
        self._not_before = 0.0
        self._back_off = _FIRST_BACK_OFF
        self._using = 0
        self._idle: asyncio.TimerHandle | None = None
        self._stops: set[asyncio.Task[None]] = set()

    # ------------------------------------------------------------------ the contract

    async def complete(
        self, request: CompletionRequest, on_text: OnText | None
    ) -> AsyncGenerator[Completion, None]:
        """Decode the completions one after another; higher priorities get in between."""
        place = self._queue.arrive()
        for index in range(request.n):
            with self._in_use():
                # Loading, or waiting after a crash, holds up no other model's turn.
                await self._ready_worker()
                async with self._queue.slot(request.priority, place) as waited:
                    worker = await self._ready_worker()
                    completion = await self._one(worker, request, index, on_text, waited)
            yield completion

    async def count_tokens(self, request: CompletionRequest) -> int:
        """Tokens under the model's own chat template."""
        with self._in_use():
            return await (await self._ready_worker()).count_tokens(request.messages)

    async def context_window(self) -> int:
        """The configured window, or the model's own where that is smaller."""
        with self._in_use():
            return (await self._ready_worker()).context_window

    def status(self) -> ModelStatus:
        """State of the process; a file that is not there counts as missing."""
        known = CATALOG.get(self.configuration.id)
        path = self.configuration.path
        size = path.stat().st_size if path is not None and path.is_file() else 0
        state, detail = self._state, self._detail
        if state == "stopped":
            state, detail = self._state_by_file(detail)
        return ModelStatus(
            id=self.configuration.id,
            tier=self.configuration.tier,
            state=state,
            kind="local",
            detail=detail,
            path=str(path),
            size_bytes=size or (known.size_bytes if known else 0),
            context_window=self.configuration.context_window,
            licence=known.licence if known else "",
            queue_length=max(self._using - 1, 0),
        )

    def _state_by_file(self, detail: str) -> tuple[State, str]:
        try:
            check_model_file(self.configuration, thorough=False)
        except MissingModelFileError as error:
            return "missing", str(error)
        except BadModelFileError as error:
            return "failed", str(error)
        return "stopped", detail

    async def close(self) -> None:
        """End the process."""
        if self._idle is not None:
            self._idle.cancel()
        self._leave_memory()
        await asyncio.gather(*self._stops)

    # ------------------------------------------------------------------ one completion

    async def _one(
        self,
        worker: WorkerProcess,
        request: CompletionRequest,
        index: int,
        on_text: OnText | None,
        waited: float,
    ) -> Completion:
        try:
            async with contextlib.aclosing(worker.generate(_fields(request, index))) as answers:
                async for answer in answers:
                    if answer["event"] != "text":
                        return self._finish(answer, index, waited)
                    if on_text is not None:
                        on_text(index, answer["text"])
        except WorkerCrashedError as error:
            await self._lost(worker, str(error))
            raise
        raise GenerationFailedError("The model ended without an answer. Try again.")

    def _finish(self, answer: dict[str, Any], index: int, waited: float) -> Completion:
        if answer["event"] == "tooLong":
            raise PromptTooLongError(*answer["numbers"])
        if answer["event"] == "error":
            raise GenerationFailedError(answer["message"])
        self._load_crashes = 0
        self._back_off = _FIRST_BACK_OFF
        usage = Usage(
            prompt_tokens=answer["prompt_tokens"],
            cached_tokens=answer["cached_tokens"],
            completion_tokens=answer["completion_tokens"],
            queue_seconds=waited,
            prefill_seconds=answer["prefill_seconds"],
            decode_seconds=answer["decode_seconds"],
        )
        return Completion(
            answer["text"], answer["finish_reason"], self.configuration.id, index, usage
        )

    # ------------------------------------------------------------------ the process

    async def _ready_worker(self) -> WorkerProcess:
        async with self._starting:
            if self._worker is not None and self._worker.alive:
                return self._worker
            if self._worker is not None:
                await self._lost(self._worker, "The model's process was ended from outside.")
            if self._load_crashes >= _MAX_LOAD_CRASHES:
                raise CannotStartError(self._detail)
            await asyncio.sleep(max(self._not_before - time.monotonic(), 0))
            return await self._start()

    async def _start(self) -> WorkerProcess:
        self._enter("starting")
        try:
            await asyncio.to_thread(check_model_file, self.configuration)
            self._worker = await WorkerProcess.start(self.configuration)
        except MissingModelFileError as error:
            self._enter("stopped")
            raise CannotStartError(str(error)) from error
        except (BadModelFileError, WorkerLoadError) as error:
            self._enter("failed", str(error))
            raise CannotStartError(str(error)) from error
        except WorkerCrashedError as error:
            self._count_load_crash(error)
            raise CannotStartError(self._detail) from error
        except BaseException:
            self._enter("stopped")
            raise
        self._enter("ready")
        return self._worker

    def _count_load_crash(self, error: WorkerCrashedError) -> None:
        self._load_crashes += 1
        self._wait_longer()
        given_up = self._load_crashes >= _MAX_LOAD_CRASHES
        remedy = (
            f" It crashed {self._load_crashes} times while loading and is not tried again "
            "before Tenon restarts; fetch the file anew or choose another model."
        )
        self._enter("failed", str(error) + (remedy if given_up else ""))

    async def _lost(self, worker: WorkerProcess, detail: str) -> None:
        if self._worker is worker:
            self._worker = None
            self._wait_longer()
            self._enter("stopped", detail)
        await worker.stop()

    def _wait_longer(self) -> None:
        self._not_before = time.monotonic() + self._back_off
        self._back_off = min(self._back_off * 2, _LONGEST_BACK_OFF)

    def _enter(self, state: State, detail: str = "") -> None:
        self._state, self._detail = state, detail
        self._on_change()

    # ------------------------------------------------------------------ idle time

    @contextlib.contextmanager
    def _in_use(self) -> Any:
        self._using += 1
        if self._idle is not None:
            self._idle.cancel()
        try:
            yield
        finally:
            self._using -= 1
            if self._using == 0:
                self._idle = asyncio.get_running_loop().call_later(
                    self._idle_seconds, self._leave_memory
                )

    def _leave_memory(self) -> None:
        # Detached at once, so that a request that comes now starts a process of its own.
        worker, self._worker = self._worker, None
        if worker is None:
            return
        self._enter("stopping")
        task = asyncio.get_running_loop().create_task(self._stop(worker))
        self._stops.add(task)
        task.add_done_callback(self._stops.discard)

    async def _stop(self, worker: WorkerProcess) -> None:
        await worker.stop()
        if self._worker is None and self._state == "stopping":
            self._enter("stopped")


def _fields(request: CompletionRequest, index: int) -> dict[str, Any]:
    """The worker's `generate` message for completion `index`."""
    temperatures = request.temperatures or (0.0,)
    return {
        "messages": as_fields(request.messages),
        "max_tokens": request.max_tokens,
        "sampling": {
            "temperature": temperatures[min(index, len(temperatures) - 1)],
            "top_p": request.top_p,
            "min_p": request.min_p,
            "repeat_penalty": request.repeat_penalty,
            "seed": request.seed + index,
        },
        "stop": list(request.stop),
        "json_schema": request.json_schema,
    }
