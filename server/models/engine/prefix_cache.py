"""Prompts that were read, kept for requests that begin alike.

A prefix stays in the KV cache while few are there, moves to the process's memory when it has
not been used for a while, and leaves as the least recently used. Prefixes that were put on
disk are found by later processes. Looked up by the longest common beginning, as RadixAttention
does (SGLang, 2024); with some dozens of entries a linear search is faster than a tree.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from server.models.engine.batch import Tokens
from server.models.engine.kv_cache import KVCache
from server.models.engine.prefix_store import PrefixStore, StoredPrefix

_SHORTEST = 16
"""Tokens: reading fewer is quicker than keeping them, or than fetching them from elsewhere."""


@dataclass(eq=False)
class Prefix:
    """Tokens whose keys and values are kept, in a slot or as bytes."""

    tokens: Tokens
    used: int
    slot: int | None = None
    state: bytes = field(default=b"", repr=False)


class Source(Protocol):
    """Where a beginning can be taken from: a prefix that is kept, or a sequence that runs."""

    @property
    def slot(self) -> int | None:
        """Its place in the KV cache, if it is there."""
        ...


@dataclass(frozen=True)
class Match:
    """The longest beginning that is there."""

    source: Source | None
    length: int


class PrefixCache:
    """The prefixes of one model.

    `hot_cells`: as many cells of the KV cache may be held by prefixes that nobody uses: every
    cell in use makes each step slower. `memory_bytes`: limit of those that left the KV cache.
    """

    def __init__(
        self, kv: KVCache, hot_cells: int, memory_bytes: int, store: PrefixStore | None = None
    ) -> None:
        self._kv = kv
        self._hot_cells = hot_cells
        self._memory_bytes = memory_bytes
        self._store = store
        self._clock = itertools.count()
        self._prefixes: list[Prefix] = []

    # ------------------------------------------------------------------ looking up

    def match(self, tokens: Tokens) -> Match:
        """The entry with the longest common beginning; those in the KV cache come first.

        Cells are shared for nothing; what must be copied has to be a good deal longer.
        """
        best = Match(None, 0)
        stored = self._store.entries if self._store else ()
        for source in (*sorted(self._prefixes, key=lambda each: each.slot is None), *stored):
            length = common_length(source.tokens, tokens)
            if length >= best.length + (_SHORTEST if source.slot is None else 1):
                best = Match(source, length)
        return best

    def restore(self, match: Match, slot: int) -> int:
        """Begin the empty `slot` with what was matched; returns how many tokens it has now."""
        source = match.source
        if isinstance(source, Prefix):
            source.used = next(self._clock)
        if source is not None and source.slot is not None:
            return self._kv.share(source.slot, slot, match.length)
        if not isinstance(source, Prefix | StoredPrefix) or not (state := self._state_of(source)):
            return 0
        while self._kv.free < len(source.tokens) and self.spill():
            pass
        if not self._kv.load(slot, state, len(source.tokens)):
            return 0
        self._kv.cut(slot, match.length)
        return self._kv.length(slot)

    def _state_of(self, source: Prefix | StoredPrefix) -> bytes:
        if isinstance(source, Prefix):
            return source.state
        return self._store.load(source) if self._store else b""

    # ------------------------------------------------------------------ keeping

    def retain(self, slot: int, tokens: Tokens) -> None:
        """Take over a slot that holds `tokens`; entries that it contains are dropped."""
        if len(tokens) < _SHORTEST or any(
            common_length(each.tokens, tokens) == len(tokens) for each in self._prefixes
        ):
            self._kv.close(slot)
        else:
            for each in [*self._prefixes]:
                if common_length(each.tokens, tokens) == len(each.tokens):
                    self._drop(each)
            self._prefixes.append(Prefix(tokens, next(self._clock), slot))
        while self._hot() > self._hot_cells and self.spill():
            pass

    def spill(self) -> bool:
        """Move the least recently used prefix out of the KV cache; False if there is none."""
        hot = [each for each in self._prefixes if each.slot is not None]
        if not hot:
            return False
        oldest = min(hot, key=lambda each: each.used)
        assert oldest.slot is not None  # noqa: S101 - chosen so
        if self._memory_bytes:
            oldest.state = self._kv.save(oldest.slot)
        self._kv.close(oldest.slot)
        oldest.slot = None
        self._limit_memory()
        return True

    def store(self, tokens: Tokens) -> None:
        """Put a prefix that is kept on disk as well, unless it is there."""
        if not self._store or self._store.holds(tokens) or not self._kv.has_slot:
            return
        match = self.match(tokens)
        slot = self._kv.open()
        if match.length == len(tokens) and self.restore(match, slot) == len(tokens):
            self._store.save(tokens, self._kv.save(slot))
        self._kv.close(slot)

    def clear(self) -> None:
        """Forget everything but what is on disk."""
        for each in [*self._prefixes]:
            self._drop(each)

    def _hot(self) -> int:
        """Cells of the prefixes in the KV cache; those that several share count once."""
        return self._kv.held_by(
            (each.slot, len(each.tokens)) for each in self._prefixes if each.slot is not None
        )

    def _limit_memory(self) -> None:
        cold = sorted(
            (each for each in self._prefixes if each.slot is None), key=lambda each: each.used
        )
        total = sum(len(each.state) for each in cold)
        for each in cold:
            if total > self._memory_bytes or not each.state:
                total -= len(each.state)
                self._prefixes.remove(each)

    def _drop(self, prefix: Prefix) -> None:
        self._prefixes.remove(prefix)
        if prefix.slot is not None:
            self._kv.close(prefix.slot)


def common_length(left: Tokens, right: Tokens) -> int:
    """Length of the longest common beginning."""
    size = min(len(left), len(right))
    different = left[:size] != right[:size]
    first = int(np.argmax(different)) if size else 0
    return first if size and different[first] else size
