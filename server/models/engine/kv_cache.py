"""The KV cache of a model: slots for sequences, and how many cells they hold."""

from __future__ import annotations

from collections.abc import Iterable

from server.models.engine.cells import CellLedger
from server.models.engine.llama import MAX_SEQUENCES, Llama


class KVCache:
    """Keeps llama.cpp's sequences and the count of their cells in step.

    A slot is a sequence id of llama.cpp. The cells of a shared prefix are held once.
    """

    def __init__(self, llama: Llama) -> None:
        self._llama = llama
        self._ledger = CellLedger(llama.cells)
        self._free_slots = list(range(MAX_SEQUENCES - 1, -1, -1))

    @property
    def total(self) -> int:
        """All cells."""
        return self._ledger.total

    @property
    def used(self) -> int:
        """Cells that some slot holds."""
        return self._ledger.used

    @property
    def free(self) -> int:
        """Cells that no slot holds."""
        return self._ledger.free

    @property
    def has_slot(self) -> bool:
        """Whether `open` can give a slot."""
        return bool(self._free_slots)

    @property
    def can_share_beginnings(self) -> bool:
        """Whether a slot can begin like another that has gone on."""
        return not self._llama.recurrent

    def held_by(self, parts: Iterable[tuple[int, int]]) -> int:
        """Cells that the first tokens of some slots take together: pairs of slot and length."""
        return self._ledger.held_by(parts)

    def is_whole(self, slot: int) -> bool:
        """Whether the model has as many tokens of a slot as were decoded."""
        return self._llama.sequence_length(slot) == self.length(slot)

    def length(self, slot: int) -> int:
        """Tokens in a slot."""
        return self._ledger.length(slot)

    def open(self) -> int:
        """An empty slot. Raises IndexError when all are taken."""
        return self._free_slots.pop()

    def close(self, slot: int) -> None:
        """Give a slot back with all that it holds."""
        self._llama.cut_sequence(slot, 0)
        self._ledger.cut(slot, 0)
        self._free_slots.append(slot)

    def share(self, source: int, target: int, length: int) -> int:
        """The empty slot `target` begins with the first `length` tokens of `source`.

        Returns `length`, or 0 where the model cannot go back to there.
        """
        if not self._llama.can_cut(source, length):
            return 0
        self._llama.copy_sequence(source, target, length)
        self._ledger.share(source, target, length)
        return length

    def cut(self, slot: int, length: int) -> None:
        """Forget what comes after the first `length` tokens (all, if nothing else is possible)."""
        if length < self.length(slot):
            possible = self._llama.can_cut(slot, length)
            if not (possible and self._llama.cut_sequence(slot, length)):
                length = 0
                self._llama.cut_sequence(slot, 0)
            self._ledger.cut(slot, length)

    def appended(self, slot: int, count: int) -> None:
        """`count` tokens of a slot were decoded."""
        self._ledger.append(slot, count)

    def save(self, slot: int) -> bytes:
        """The keys and values of a slot."""
        return self._llama.save_sequence(slot)

    def load(self, slot: int, state: bytes, length: int) -> bool:
        """Fill an empty slot with `length` tokens from `save`; False leaves it empty."""
        loaded = length <= self.free and self._llama.load_sequence(slot, state)
        if not loaded or self._llama.sequence_length(slot) != length:
            self._llama.cut_sequence(slot, 0)
            return False
        self._ledger.append(slot, length)
        return True
