"""Measures one way to run a model: ``python -m server.models.engine.measure JSON``.

A process of its own, since llama.cpp settles its threads and memory once. It prints one line
of JSON: `prefill` in tokens/s, `decode` with the total tokens/s by number of sequences, and the
`perplexity` of a text.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from server.models.engine.batch import TokenBatch
from server.models.engine.llama import Llama, LoadError, LoadOptions
from server.models.engine.perplexity import perplexity
from server.models.engine.sampler import Sampler, Sampling

_WARM_UP = 2
_PREFILLS = 2
_CHUNK = 256


def measure(
    options: LoadOptions,
    widths: Sequence[int],
    prompt_tokens: int,
    own_tokens: int,
    steps: int,
    text: str,
    text_tokens: int,
) -> dict[str, Any]:
    """Read a prompt, let several sequences continue it together, then foretell `text`.

    Raises LoadError.
    """
    started = time.perf_counter()
    llama = Llama(options)
    batch = TokenBatch(_CHUNK)
    load_seconds = time.perf_counter() - started
    prefill = _prefill(llama, batch, prompt_tokens)
    decode = _decode(llama, batch, prompt_tokens, own_tokens, widths, steps)
    llama.cut_sequence(0, 0)
    return {
        "load_seconds": load_seconds,
        "prefill": prefill,
        "decode": decode,
        "perplexity": perplexity(llama, text, text_tokens),
    }


def _prefill(llama: Llama, batch: TokenBatch, count: int) -> float:
    # Any tokens will do: what they cost does not depend on what they mean.
    tokens = np.arange(1000, 1000 + count, dtype=np.int32) % llama.vocab_size
    seconds = []
    for _ in range(_PREFILLS):
        llama.cut_sequence(0, 0)
        started = time.perf_counter()
        for position in range(0, count, _CHUNK):
            batch.clear()
            batch.add(tokens[position : position + _CHUNK], position, 0, output=True)
            llama.decode(batch)
        seconds.append(time.perf_counter() - started)
    # The best one: what slowed the others down was something else on the machine.
    return count / min(seconds)


def _decode(
    llama: Llama, batch: TokenBatch, shared: int, own: int, widths: Sequence[int], steps: int
) -> dict[int, float]:
    """Total tokens/s of so many sequences that share `shared` tokens, sampling included.

    Each has `own` tokens besides when the measuring begins: attention reads all of them, and how
    much it costs to pass over those of the others is where ways differ most.
    """
    position = shared
    for slot in range(1, max(widths) + 1):
        llama.copy_sequence(0, slot, shared)
        position = _continue(llama, batch, slot, shared, own)
    rates: dict[int, float] = {}
    for width in sorted(widths, reverse=True):
        for slot in range(width + 1, max(widths) + 1):
            llama.cut_sequence(slot, 0)
        seconds = _step_seconds(llama, batch, position, width, steps)
        position += len(seconds)
        rates[width] = width / min(seconds[_WARM_UP:])
    for slot in range(1, max(widths) + 1):
        llama.cut_sequence(slot, 0)
    return {width: rates[width] for width in widths}


def _continue(llama: Llama, batch: TokenBatch, slot: int, position: int, count: int) -> int:
    """Let `slot` read `count` tokens of its own; where it stands then."""
    tokens = (np.arange(count, dtype=np.int32) + 2000 + 7 * slot) % llama.vocab_size
    for start in range(0, count, _CHUNK):
        batch.clear()
        batch.add(tokens[start : start + _CHUNK], position + start, slot, output=True)
        llama.decode(batch)
    return position + count


def _step_seconds(
    llama: Llama, batch: TokenBatch, position: int, width: int, steps: int
) -> list[float]:
    """What each step took in which `width` sequences wrote a token each."""
    slots = range(1, width + 1)
    samplers = [
        Sampler(llama.vocab, llama.vocab_size, Sampling(temperature=0.8, seed=slot), None)
        for slot in slots
    ]
    tokens = [1000 + slot for slot in slots]
    seconds = []
    for step in range(steps + _WARM_UP):
        started = time.perf_counter()
        batch.clear()
        outputs = [
            batch.add(np.asarray([token], np.int32), position + step, slot, output=True)
            for slot, token in zip(slots, tokens, strict=True)
        ]
        llama.decode(batch)
        tokens = [
            sampler.sample(llama.context, output)
            for sampler, output in zip(samplers, outputs, strict=True)
        ]
        seconds.append(time.perf_counter() - started)
    for sampler in samplers:
        sampler.close()
    return seconds


def main() -> None:
    """Measure as the argument says."""
    request = json.loads(sys.argv[1])
    options = LoadOptions(**request.pop("options"))
    try:
        print(json.dumps(measure(options, **request)))
    except LoadError as error:
        print(json.dumps({"error": str(error)}))


if __name__ == "__main__":
    main()
