"""A model without a model: its memory keeps to llama.cpp's rules, and what it says next depends
on every token before, so that an answer is right only if the KV cache was."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from server.models.engine.batch import TokenBatch
from server.models.engine.llama import CacheFullError, DecodeAbortedError
from server.models.engine.sampler import GrammarError

END = 0
DEAD_END = 1


def next_token(tokens: Sequence[int], seed: int) -> int:
    digest = hashlib.blake2b(np.asarray(tokens, np.int32).tobytes(), key=bytes([seed])).digest()
    return digest[0] % 40


class FakeLlama:
    """`recurrent`: sequences cannot be cut, and an aborted step spoils what it touched."""

    def __init__(self, cells: int = 256, *, recurrent: bool = False) -> None:
        self.cells = self.context_window = cells
        self.recurrent = recurrent
        self.context = self
        self.before_decode: Callable[[list[int]], None] = lambda _: None
        self.failures: set[int] = set()
        """Numbers of the steps that fail."""
        self.steps = 0
        self.outputs: dict[int, list[int]] = {}
        self._ids = itertools.count()
        self._memory: dict[int, list[tuple[int, int]]] = {}

    @property
    def used(self) -> int:
        return len({cell for held in self._memory.values() for cell, _ in held})

    def tokens(self, sequence: int) -> list[int]:
        return [token for _, token in self._memory.get(sequence, [])]

    def decode(self, batch: TokenBatch, should_abort: Callable[[], bool] | None = None) -> None:
        self.steps += 1
        c = batch.as_llama_batch()
        entries = [(c.token[i], c.pos[i], c.seq_id[i][0], c.logits[i]) for i in range(c.n_tokens)]
        assert entries, "an empty batch"
        self.before_decode([sequence for _, _, sequence, _ in entries])
        aborted = should_abort is not None and should_abort()
        if self.used + len(entries) > self.cells:
            raise CacheFullError
        before = {sequence: self.tokens(sequence) for _, _, sequence, _ in entries}
        self.outputs = {}
        for index, (token, position, sequence, output) in enumerate(entries):
            held = self._memory.setdefault(sequence, [])
            assert position == len(held), "a token is not where its sequence ends"
            held.append((next(self._ids), token))
            if output:
                self.outputs[index] = self.tokens(sequence)
        if aborted or self.steps in self.failures:
            for sequence, tokens in before.items():
                self.cut_sequence(sequence, len(tokens))
            raise DecodeAbortedError if aborted else RuntimeError("it failed")

    def can_cut(self, sequence: int, length: int) -> bool:
        return not self.recurrent or length in (0, self.sequence_length(sequence))

    def copy_sequence(self, source: int, target: int, length: int) -> None:
        assert not self._memory.get(target), "the target of a copy is not empty"
        held = self._memory[source]
        self._memory[target] = held[:] if self.recurrent else held[:length]

    def cut_sequence(self, sequence: int, length: int) -> bool:
        if not self.can_cut(sequence, length):
            return False
        del self._memory.get(sequence, [])[length:]
        return True

    def sequence_length(self, sequence: int) -> int:
        return len(self._memory.get(sequence, []))

    def save_sequence(self, sequence: int) -> bytes:
        return np.asarray(self.tokens(sequence), "<i4").tobytes()

    def load_sequence(self, sequence: int, state: bytes) -> bool:
        assert not self._memory.get(sequence), "the target of a load is not empty"
        if len(state) % 4:
            return False
        tokens = np.frombuffer(state, "<i4").tolist()
        self._memory[sequence] = [(next(self._ids), token) for token in tokens]
        return True

    def ends_answer(self, token: int) -> bool:
        return token == END

    def piece(self, token: int) -> bytes:
        return f"{token} ".encode()


class FakeSampler:
    """`strict`: one of the tokens leads nowhere, as a grammar's dead end does."""

    def __init__(self, seed: int, *, strict: bool = False) -> None:
        self.seed, self.strict = seed, strict
        self.closed = 0

    def sample(self, context: Any, output: int) -> int:
        assert not self.closed, "the sampler was freed"
        token = next_token(context.outputs[output], self.seed)
        if self.strict and token == DEAD_END:
            raise GrammarError("a dead end")
        return token

    def close(self) -> None:
        assert not self.closed, "the sampler was freed twice"
        self.closed += 1
