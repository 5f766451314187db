"""Counts the cells of the unified KV cache, as llama.cpp hands them out and takes them back.

llama.cpp does not tell how many are free, and a batch that does not fit fails as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

Cells = npt.NDArray[np.int32]


class CellLedger:
    """Which sequence holds which cells. A cell that several sequences share counts once."""

    def __init__(self, total: int) -> None:
        self.total = total
        self._holders = np.zeros(total, np.int32)
        self._free = list(range(total - 1, -1, -1))
        self._held: dict[int, list[int]] = {}

    @property
    def used(self) -> int:
        """Cells that at least one sequence holds."""
        return self.total - len(self._free)

    @property
    def free(self) -> int:
        """Cells that nobody holds."""
        return len(self._free)

    def length(self, sequence: int) -> int:
        """Tokens of a sequence."""
        return len(self._held.get(sequence, ()))

    def append(self, sequence: int, count: int) -> None:
        """A sequence grew by `count` decoded tokens. Raises ValueError when it cannot have."""
        if count > len(self._free):
            raise ValueError(f"{count} cells are wanted and {len(self._free)} are free.")
        cells = self._free[len(self._free) - count :]
        del self._free[len(self._free) - count :]
        self._holders[cells] += 1
        self._held.setdefault(sequence, []).extend(cells)

    def share(self, source: int, target: int, length: int) -> None:
        """`target`, which is empty, holds the first `length` cells of `source` as well."""
        cells = self._held[source][:length]
        self._holders[cells] += 1
        self._held[target] = cells

    def cut(self, sequence: int, length: int) -> None:
        """A sequence was cut after its first `length` tokens."""
        held = self._held.get(sequence, [])
        dropped = np.asarray(held[length:], np.int32)
        del held[length:]
        self._holders[dropped] -= 1
        self._free.extend(dropped[self._holders[dropped] == 0].tolist())
        if not held:
            self._held.pop(sequence, None)

    def held_by(self, parts: Iterable[tuple[int, int]]) -> int:
        """Cells of the first tokens of some sequences, given as pairs of sequence and length."""
        held = np.zeros(self.total, bool)
        for sequence, length in parts:
            held[self._held.get(sequence, [])[:length]] = True
        return int(held.sum())
