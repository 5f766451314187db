"""The engine on a thread of the test, with its events collected."""

import threading
from collections.abc import Callable
from typing import Any, Self

import llama_cpp
import numpy as np

from server.models.engine.batch import TokenBatch
from server.models.engine.engine import Engine
from server.models.engine.kv_cache import KVCache
from server.models.engine.llama import Llama
from server.models.engine.prefix_cache import PrefixCache
from server.models.engine.prefix_store import PrefixStore
from server.models.engine.preparation import prepare
from server.models.engine.sampler import Sampling
from server.models.engine.sequence import GenerateMessage

ENDED = ("done", "error", "tooLong")


class EngineThread:
    """Use as a context manager; every request has ended when it is left."""

    def __init__(self, llama: Llama, kv: KVCache, store: PrefixStore | None = None) -> None:
        self.llama = llama
        self.events: list[dict[str, Any]] = []
        self.prefixes = PrefixCache(kv, hot_cells=512, memory_bytes=1 << 28, store=store)
        self.engine = Engine(llama, kv, self.prefixes, self.emit)
        self._changed = threading.Condition()
        self._ids = 0

    def emit(self, event: str, **fields: Any) -> None:
        with self._changed:
            self.events.append({"event": event, **fields})
            self._changed.notify_all()

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self.engine.run)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.engine.stop()
        self._thread.join()

    def ask(self, content: str, *, n: int = 1, system: str = "", **fields: Any) -> int:
        self._ids += 1
        temperature = fields.pop("temperature", 0.0)
        seed = fields.pop("seed", 0)
        samplings = [Sampling(temperature=temperature, seed=seed + index) for index in range(n)]
        messages = [{"role": "system", "content": system}] if system else []
        message = GenerateMessage(
            id=self._ids,
            messages=[*messages, {"role": "user", "content": content}],
            samplings=samplings,
            **{"max_tokens": 16} | fields,
        )
        self.engine.submit(prepare(self.llama, message))
        return self._ids

    def wait_for(self, condition: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The first event that fits, past or to come."""

        def found() -> dict[str, Any] | None:
            return next((event for event in self.events if condition(event)), None)

        with self._changed:
            event = self._changed.wait_for(found, timeout=120)
        assert event, "the event did not come"
        return event

    def ended(self, request: int) -> dict[str, Any]:
        return self.wait_for(lambda event: event["id"] == request and event["event"] in ENDED)

    def completions(self, request: int) -> list[dict[str, Any]]:
        """The finished candidates of a request in their order, once it has ended."""
        self.ended(request)
        found = [
            event
            for event in self.events
            if event["id"] == request and event["event"] == "completion"
        ]
        return sorted(found, key=lambda event: event["index"])


def the_one(completions: list[dict[str, Any]]) -> dict[str, Any]:
    [completion] = completions
    return completion


def logit_gap(
    llama: Llama, kv: KVCache, question: str, one: str, other: str, system: str = ""
) -> float:
    """By how much the model itself prefers one answer where the two part; 0 if they agree.

    llama.cpp sums a batch's products in another order than those of a single token.
    """
    tokens = [llama.tokenize(text, special=False) for text in (one, other)]
    same = next((i for i, (a, b) in enumerate(zip(*tokens, strict=False)) if a != b), None)
    if same is None:
        return 0.0
    messages = [{"role": "system", "content": system}] if system else []
    messages.append({"role": "user", "content": question})
    prompt = llama.prompt_tokens(messages) + tokens[0][:same]
    slot, batch = kv.open(), TokenBatch(512)
    for start in range(0, len(prompt), 512):
        part = np.asarray(prompt[start : start + 512], np.int32)
        batch.clear()
        index = batch.add(part, start, slot, output=True)
        llama.decode(batch)
        kv.appended(slot, len(part))
    logits = llama_cpp.llama_get_logits_ith(llama.context, index)
    gap = abs(logits[tokens[0][same]] - logits[tokens[1][same]])
    kv.close(slot)
    return float(gap)
