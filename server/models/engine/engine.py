"""The serving loop: requests join and leave the running batch at every step.

One thread calls `run`; `submit`, `cancel`, `pause` and `stop` may come from another.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from server.models.engine.admission import Admission
from server.models.engine.batch import TokenBatch, Tokens
from server.models.engine.kv_cache import KVCache
from server.models.engine.llama import CacheFullError, DecodeAbortedError, Llama
from server.models.engine.prefix_cache import PrefixCache
from server.models.engine.sampler import GrammarError
from server.models.engine.scheduler import Share, StepLimits, plan_step, served_rank
from server.models.engine.sequence import FinishReason, Request, Sequence

_MESSAGES_PER_SECOND = 20
_MESSAGES_OF_WORK_PER_SECOND = 5
"""Of all answers together: on two cores each message, and what is made of it on its way to a
client, takes time from the decoder. The first word of an answer never waits."""
_WIDE_STEP = 4
"""Answers: looking for an interrupt between the nodes of a step costs it about a millisecond."""
_SHORTEST_STABLE = 64
"""Tokens: stable beginnings from this length on are put on disk."""
_MOST_STABLE = 16
"""So many wait for it; what is asked for again comes back."""


class Emit(Protocol):
    """Sends an event to whoever asked."""

    def __call__(self, event: str, **fields: Any) -> None:
        """Send it."""
        ...


@dataclass
class EngineStatistics:
    """What the steps so far cost (seconds are wall-clock)."""

    steps: int = 0
    tokens: int = 0
    llama_seconds: float = 0.0
    """Inside llama.cpp: decoding and its samplers."""
    step_seconds: float = 0.0


class Engine:
    """Continuous batching on one loaded model."""

    def __init__(
        self,
        llama: Llama,
        kv: KVCache,
        prefixes: PrefixCache,
        emit: Emit,
        limits: StepLimits | None = None,
    ) -> None:
        self._llama = llama
        self._kv = kv
        self._prefixes = prefixes
        self._emit = emit
        self._limits = limits or StepLimits()
        self._batch = TokenBatch(
            max(self._limits.prefill, self._limits.prefill_beside_answers)
            + self._limits.running
            + self._limits.spare
        )
        self._commands: deque[Callable[[], None]] = deque()
        self._wake = threading.Event()
        self._interrupt = False
        self._paused = False
        self._stopped = False
        self._requests: list[Request] = []
        self._admission = Admission(kv, prefixes, self._limits, self._requests)
        self._stable: dict[bytes, Tokens] = {}
        """Beginnings that are to be put on disk."""
        self._emit_seconds = 0.0
        self._rank: int | None = None
        self._reading: frozenset[int] = frozenset()
        """Requests whose prompts the step that runs is reading."""
        self.statistics = EngineStatistics()

    # ------------------------------------------------------------------ from other threads

    def submit(self, request: Request) -> None:
        """Take a request."""
        served = self._rank
        overtakes = served is not None and request.rank < served
        self._command(lambda: self._requests.append(request), interrupt=overtakes)

    def cancel(self, request_id: int) -> None:
        """End a request within one step; one that is not there is no error."""
        reads = request_id in self._reading
        self._command(lambda: self._cancel(request_id), interrupt=reads)

    def pause(self, paused: bool) -> None:
        """Stop stepping, or go on; requests are kept meanwhile."""
        self._command(lambda: setattr(self, "_paused", paused), interrupt=paused)

    def stop(self) -> None:
        """Let `run` return."""
        self._command(lambda: setattr(self, "_stopped", True), interrupt=True)

    def _command(self, command: Callable[[], None], *, interrupt: bool) -> None:
        self._commands.append(command)
        if interrupt:
            self._interrupt = True
        self._wake.set()

    # ------------------------------------------------------------------ the loop

    def run(self) -> None:
        """Serve until `stop`."""
        while True:
            self._wake.clear()
            self._obey()
            if self._stopped:
                return
            if self._paused or not self._step():
                self._rest()

    def _obey(self) -> None:
        self._interrupt = False
        while self._commands:
            self._commands.popleft()()

    def _rest(self) -> None:
        """Nothing can be decoded: wait for a command or a deadline."""
        self._rank = None
        if self._stable and not self._requests and not self._paused:
            self._prefixes.store(self._stable.popitem()[1])
            return
        deadlines = [each.deadline for each in self._requests if each.deadline is not None]
        timeout = None
        if deadlines:
            timeout = min(max(min(deadlines) - time.monotonic(), 0), threading.TIMEOUT_MAX)
        if not self._commands:
            self._wake.wait(timeout)
        self._end_expired()

    def _step(self) -> bool:
        """Decode once; False when there is nothing to decode."""
        started = time.perf_counter()
        self._end_expired()
        self._rank = served_rank(self._requests)
        if self._rank is None:
            return False
        shares = plan_step(self._admission.admit(self._rank), self._limits)
        if shares:
            self._decode(shares)
        self.statistics.steps += 1
        self.statistics.step_seconds += time.perf_counter() - started
        return True

    # ------------------------------------------------------------------ one step

    def _decode(self, shares: list[Share]) -> None:
        self._batch.clear()
        outputs: list[tuple[Sequence, int]] = []
        for share in shares:
            sequence = share.sequence
            assert sequence.slot is not None  # noqa: S101 - only those that run are planned
            samples = share.tokens == sequence.pending
            index = self._batch.add(
                sequence.next_tokens(share.tokens), sequence.kept, sequence.slot, output=samples
            )
            if samples:
                outputs.append((sequence, index))
        if self._run_batch(shares):
            for share in shares:
                assert share.sequence.slot is not None  # noqa: S101 - as above
                self._kv.appended(share.sequence.slot, share.tokens)
                share.sequence.kept += share.tokens
            self._sample(outputs)

    def _run_batch(self, shares: list[Share]) -> bool:
        self._reading = frozenset(share.sequence.request.id for share in shares if share.tokens > 1)
        # A wide step of work is long enough for a person not to wait for its end.
        can_abort = bool(self._reading) or (len(shares) >= _WIDE_STEP and self._rank != 0)
        started = time.perf_counter()
        try:
            self._llama.decode(self._batch, self._interrupted if can_abort else None)
        except (DecodeAbortedError, CacheFullError, RuntimeError) as error:
            self._recover(shares, error)
            return False
        finally:
            self.statistics.llama_seconds += time.perf_counter() - started
        self.statistics.tokens += self._batch.size
        return True

    def _recover(self, shares: list[Share], error: Exception) -> None:
        for share in shares:
            self._admission.recover(share.sequence)
        if isinstance(error, CacheFullError):
            # The count of cells rules this out; should it happen all the same, nobody hangs.
            self._fail(shares, "The model's KV cache is full. Set a smaller context window.")
        elif not isinstance(error, DecodeAbortedError):
            self._fail(shares, str(error))

    def _interrupted(self) -> bool:
        return self._interrupt

    def _sample(self, outputs: list[tuple[Sequence, int]]) -> None:
        person = self._rank == 0
        rate = _MESSAGES_PER_SECOND if person else _MESSAGES_OF_WORK_PER_SECOND
        self._emit_seconds = len(outputs) / rate
        for sequence, index in outputs:
            if sequence.slot is None:  # its request ended with another candidate
                continue
            started = time.perf_counter()
            try:
                token = sequence.sampler.sample(self._llama.context, index)
            except GrammarError as error:
                self._end_request(sequence.request, "error", message=str(error))
                continue
            finally:
                self.statistics.llama_seconds += time.perf_counter() - started
            self._advance(sequence, token)

    def _advance(self, sequence: Sequence, token: int) -> None:
        now = time.monotonic()
        if sequence.first_token is None:
            sequence.first_token = now
        if self._llama.ends_answer(token):
            self._finish(sequence, "stop")
            return
        sequence.tokens.append(token)
        sequence.stream.feed(self._llama.piece(token))
        if sequence.stream.stopped:
            self._finish(sequence, "stop")
        elif sequence.stream.looping:
            self._finish(sequence, "loop")
        elif sequence.answered >= sequence.request.max_tokens:
            self._finish(sequence, "length")
        elif now - sequence.emitted >= self._emit_seconds:
            sequence.emitted = now
            self._emit_text(sequence, sequence.stream.take())

    # ------------------------------------------------------------------ endings

    def _finish(self, sequence: Sequence, reason: FinishReason) -> None:
        """Tell a candidate's end; the request ends with its last one."""
        request = sequence.request
        if not sequence.stream.stopped:
            sequence.stream.feed(b"", last=True)
        self._emit_text(sequence, sequence.stream.take(last=True))
        self._emit("completion", id=request.id, **sequence.completion(reason).as_message())
        self._leave(sequence)
        if not request.sequences:
            self._end_request(request, "done")

    def _leave(self, sequence: Sequence) -> None:
        request = sequence.request
        request.sequences.remove(sequence)
        sequence.sampler.close()
        # An only answer may be continued in the next turn of a chat; of several candidates
        # the prompt is all that can be of use again.
        alone = sequence.index == 0 and not request.sequences
        self._admission.release(sequence, keep=None if alone else len(request.prompt))

    def _end_request(self, request: Request, event: str, **fields: Any) -> None:
        if request not in self._requests:
            return
        self._requests.remove(request)
        for sequence in [*request.sequences]:
            self._leave(sequence)
        if request.stable >= _SHORTEST_STABLE and len(self._stable) < _MOST_STABLE:
            stable = request.prompt[: request.stable]
            self._stable[stable.tobytes()] = stable
        self._emit(event, id=request.id, **fields)

    def _cancel(self, request_id: int) -> None:
        for request in [each for each in self._requests if each.id == request_id]:
            for sequence in [*request.sequences]:
                self._finish(sequence, "cancelled")

    def _end_expired(self) -> None:
        now = time.monotonic()
        for request in [*self._requests]:
            if request.deadline is not None and now >= request.deadline:
                for sequence in [*request.sequences]:
                    self._finish(sequence, "deadline")

    def _fail(self, shares: list[Share], message: str) -> None:
        for share in shares:
            self._end_request(share.sequence.request, "error", message=message)

    def _emit_text(self, sequence: Sequence, text: str) -> None:
        if text:
            self._emit("text", id=sequence.request.id, index=sequence.index, text=text)

    def in_use(self) -> tuple[int, int]:
        """(requests that are not finished, cells of the KV cache that are held)."""
        return len(self._requests), self._kv.used
