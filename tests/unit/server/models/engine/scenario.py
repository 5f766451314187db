"""An engine on the fake model, driven in one thread: what others ask for comes between or amid
its steps, and every step is checked."""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from typing import Any, cast

import numpy as np

from server.models.engine.engine import Engine
from server.models.engine.kv_cache import KVCache
from server.models.engine.llama import MAX_SEQUENCES, Llama
from server.models.engine.prefix_cache import PrefixCache
from server.models.engine.prefix_store import PrefixStore
from server.models.engine.sampler import Sampler
from server.models.engine.scheduler import StepLimits
from server.models.engine.sequence import Request
from server.models.engine.sequence import Sequence as Candidate
from server.models.engine.text_stream import TextStream
from tests.unit.server.models.engine.fake_llama import END, FakeLlama, FakeSampler, next_token

LIMITS = StepLimits(running=4, spare=1, prefill=32, prefill_beside_answers=8, prefill_share=2)
Action = Callable[[], object]


class Scenario:
    def __init__(
        self,
        llama: FakeLlama,
        *,
        limits: StepLimits = LIMITS,
        hot_cells: int = 64,
        memory_bytes: int = 2048,
        store: PrefixStore | None = None,
    ) -> None:
        self.llama = llama
        self.kv = KVCache(cast(Llama, llama))
        self.prefixes = PrefixCache(self.kv, hot_cells, memory_bytes, store)
        self.engine = Engine(cast(Llama, llama), self.kv, self.prefixes, self._emit, limits)
        self.requests: dict[int, Request] = {}
        self.samplers: list[FakeSampler] = []
        self.completions: dict[int, dict[int, dict[str, Any]]] = defaultdict(dict)
        self.texts: dict[tuple[int, int], str] = defaultdict(str)
        self.endings: dict[int, list[str]] = defaultdict(list)
        self.amid: deque[Action | None] = deque()
        """One for each step, done while it runs."""
        self.idle: deque[Action] = deque()
        """Done when the engine rests."""
        self.engine._wake = _Idle(self)  # type: ignore[assignment]
        self._turns = 0
        llama.before_decode = self._before_decode

    # ------------------------------------------------------------------ what others do

    def ask(
        self,
        prompt: Sequence[int],
        *,
        n: int = 1,
        max_tokens: int = 8,
        rank: int = 0,
        strict: bool = False,
        stable: int = 0,
    ) -> int:
        identifier = len(self.requests) + 1
        tokens = np.asarray(prompt, np.int32)
        request = Request(identifier, rank, tokens, stable, max_tokens, None)
        for index in range(n):
            sampler = FakeSampler(index, strict=strict)
            self.samplers.append(sampler)
            request.sequences.append(
                Candidate(request, index, cast(Sampler, sampler), TextStream(), [*prompt])
            )
        self.requests[identifier] = request
        self.engine.submit(request)
        return identifier

    def cancel(self, identifier: int) -> None:
        self.engine.cancel(identifier)

    def expire(self, identifier: int) -> None:
        """The deadline of a request comes."""
        self.requests[identifier].deadline = time.monotonic()
        self.engine._wake.set()

    # ------------------------------------------------------------------ running

    def run(self) -> None:
        """Serve until every action is done and every request has ended."""
        self.engine.run()

    def check_the_end(self) -> None:
        """Every request ended once and rightly, and nothing is held any more."""
        for identifier, request in self.requests.items():
            [ending] = self.endings[identifier]
            assert ending in ("done", "errora dead end", "errorit failed")
            if ending == "done":
                for index, completion in self.completions[identifier].items():
                    check_text(request, index, completion)
                    assert self.texts[identifier, index] == completion["text"]
        assert all(sampler.closed for sampler in self.samplers)
        assert self.engine.in_use()[0] == 0
        self.prefixes.clear()
        assert self.kv.used == self.llama.used == 0
        slots = [self.kv.open() for _ in range(MAX_SEQUENCES)]
        assert len(set(slots)) == MAX_SEQUENCES

    def _emit(self, event: str, **fields: Any) -> None:
        if event == "text":
            self.texts[fields["id"], fields["index"]] += fields["text"]
        elif event == "completion":
            self.completions[fields["id"]][fields["index"]] = fields
        else:
            self.endings[fields["id"]].append(event + fields.get("message", ""))

    def _before_decode(self, slots: list[int]) -> None:
        self._turns = 0
        assert self.kv.used == self.llama.used, "the count of cells is wrong"
        owners = [
            each
            for request in self.requests.values()
            for each in request.sequences
            if each.slot in slots
        ]
        assert len({each.request.rank for each in owners}) == 1, "two classes in one step"
        if self.amid and (action := self.amid.popleft()):
            action()

    def turn(self) -> None:
        """Called at the start of each round of the loop."""
        self._turns += 1
        assert self._turns < 50, "the engine spins"

    def rest(self) -> None:
        """Called where the engine would wait."""
        self._turns = 0
        if self.idle:
            self.idle.popleft()()
        elif self.amid:
            if action := self.amid.popleft():
                action()
        elif self.engine._paused:
            self.engine.pause(False)
        else:
            assert self.engine.in_use()[0] == 0, "the engine waits and requests are open"
            self.engine.stop()


class _Idle:
    """Takes the place of the engine's event."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario

    def clear(self) -> None:
        self._scenario.turn()

    def set(self) -> None:
        pass

    def wait(self, timeout: float | None = None) -> None:
        self._scenario.rest()


def check_text(request: Request, index: int, completion: dict[str, Any]) -> None:
    """A completion is what the model says alone, or the beginning of it."""
    tokens, text = request.prompt.tolist(), ""
    while len(tokens) < len(request.prompt) + completion["completion_tokens"]:
        token = next_token(tokens, index)
        assert token != END
        tokens.append(token)
        text += f"{token} "
    assert completion["text"] == text
    reason = completion["finish_reason"]
    if reason == "stop":
        assert next_token(tokens, index) == END
    elif reason == "length":
        assert completion["completion_tokens"] == request.max_tokens
    else:
        assert reason in ("cancelled", "deadline")
