"""Who gets a slot of the KV cache: what a sequence starts from, and room for its whole answer.

A sequence that was admitted finds a cell for every token to come. A better class takes slots
and cells from a worse one; what it takes is kept as a prefix, so that little is read again.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

import numpy as np

from server.models.engine.kv_cache import KVCache
from server.models.engine.prefix_cache import Match, PrefixCache, common_length
from server.models.engine.scheduler import StepLimits, admission_order, has_room
from server.models.engine.sequence import Request, Sequence

_WORTH_WAITING = 16
"""Tokens: for so many that another request is about to read, a request waits."""


class Admission:
    """Gives slots to sequences and takes them back. `requests` are the engine's own."""

    def __init__(
        self, kv: KVCache, prefixes: PrefixCache, limits: StepLimits, requests: list[Request]
    ) -> None:
        self._kv = kv
        self._prefixes = prefixes
        self._limits = limits
        self._requests = requests

    def admit(self, rank: int) -> list[Sequence]:
        """Give slots to waiting sequences of the class while there is room.

        Returns all that have one, with room for all that they may say.
        """
        requests = [each for each in self._requests if each.rank == rank]
        running = _with_slots(requests)
        # A better class, or what it left behind, may have the cells that these counted on.
        self._make_room(_cells_to_come(running), rank)
        for sequence in admission_order(requests):
            if not has_room(sequence.request, len(running), self._limits):
                continue
            match = self._match(sequence, running)
            if match is None:
                continue
            if not self._start(sequence, match, running):
                break
            running.append(sequence)
        return running

    def release(self, sequence: Sequence, *, keep: int | None = None) -> None:
        """Take a sequence's slot; its first `keep` tokens stay as a prefix (None: all)."""
        slot, sequence.slot = sequence.slot, None
        kept, sequence.kept = sequence.kept, 0
        if slot is None:
            return
        keep = kept if keep is None else min(keep, kept)
        self._kv.cut(slot, keep)
        keep = min(keep, self._kv.length(slot))
        self._prefixes.retain(slot, np.asarray(sequence.tokens[:keep], np.int32))

    def recover(self, sequence: Sequence) -> None:
        """After a step that failed: what the model could not take back is read again."""
        if sequence.slot is not None and not self._kv.is_whole(sequence.slot):
            self.release(sequence, keep=0)

    # ------------------------------------------------------------------ where to start from

    def _match(self, sequence: Sequence, running: list[Sequence]) -> Match | None:
        """The best beginning to start from; None: a better one is being read just now."""
        # At least one token is decoded anew: sampling needs fresh logits.
        tokens = np.asarray(sequence.tokens[:-1], np.int32)
        best = self._prefixes.match(tokens)
        if not self._kv.can_share_beginnings:
            return best
        for other in running:
            common = common_length(other.request.prompt, tokens)
            if common - max(best.length, other.kept) >= _WORTH_WAITING:
                return None
            if min(common, other.kept) > best.length:
                best = Match(other, min(common, other.kept))
        return best

    def _start(self, sequence: Sequence, match: Match, running: list[Sequence]) -> bool:
        """Open a slot on what was matched; False, and no change, when cells are short."""
        rank = sequence.request.rank
        if not self._fits(sequence, match, running):
            return False
        while not self._kv.has_slot:
            if not self._give_way(rank):
                return False
        slot = self._kv.open()
        sequence.kept = self._prefixes.restore(match, slot)
        if not self._make_room(_cells_to_come([sequence, *running]), rank):
            # Less than was matched could be restored.
            self._kv.close(slot)
            sequence.kept = 0
            return False
        sequence.slot = slot
        if sequence.admitted is None:
            sequence.admitted = time.monotonic()
            sequence.cached = sequence.kept
        return True

    # ------------------------------------------------------------------ room

    def _fits(self, sequence: Sequence, match: Match, running: list[Sequence]) -> bool:
        """Whether all could say all that they may if nothing else were kept."""
        parts = [(each.slot, each.kept) for each in running if each.slot is not None]
        to_come = sequence.cells_to_come + _cells_to_come(running)
        if match.source is not None and match.source.slot is not None:
            parts.append((match.source.slot, match.length))
            to_come -= match.length
        return self._kv.held_by(parts) + to_come <= self._kv.total

    def _make_room(self, cells: int, rank: int) -> bool:
        while self._kv.free < cells:
            if not self._give_way(rank):
                return False
        return True

    def _give_way(self, rank: int) -> bool:
        """Drop the oldest prefix, or else preempt; False when there is neither."""
        return self._prefixes.spill() or self._preempt(rank)

    def _preempt(self, rank: int) -> bool:
        """Take the slot of the youngest sequence of a worse class; it is read again later."""
        worse = _with_slots(each for each in self._requests if each.rank > rank)
        if not worse:
            return False
        self.release(max(worse, key=lambda each: (each.request.rank, each.request.arrived)))
        return True


def _with_slots(requests: Iterable[Request]) -> list[Sequence]:
    return [each for request in requests for each in request.sequences if each.slot is not None]


def _cells_to_come(running: Iterable[Sequence]) -> int:
    return sum(each.cells_to_come for each in running)
