"""The tokens of one decoding step, in the memory layout of ``llama_batch``."""

from __future__ import annotations

import ctypes
from typing import Any

import llama_cpp
import numpy as np
import numpy.typing as npt

Tokens = npt.NDArray[np.int32]


class TokenBatch:
    """Up to `capacity` tokens of several sequences, each with its place and its sequence.

    The arrays are made once and filled anew for each step.
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.size = 0
        self._tokens = np.zeros(capacity, np.int32)
        self._positions = np.zeros(capacity, np.int32)
        self._sequences = np.zeros(capacity, np.int32)
        self._counts = np.ones(capacity, np.int32)
        self._outputs = np.zeros(capacity, np.int8)
        pointer = self._sequences.ctypes.data
        self._pointers = np.arange(pointer, pointer + 4 * capacity, 4, dtype=np.uintp)

    def clear(self) -> None:
        """Forget the tokens."""
        self.size = 0

    def add(self, tokens: Tokens, position: int, sequence: int, *, output: bool) -> int:
        """Append consecutive tokens of a sequence; `output`: logits are wanted for the last.

        Returns the index of the last token, under which its logits are found.
        """
        start, end = self.size, self.size + len(tokens)
        self._tokens[start:end] = tokens
        self._positions[start:end] = np.arange(position, position + len(tokens))
        self._sequences[start:end] = sequence
        self._outputs[start:end] = 0
        self._outputs[end - 1] = output
        self.size = end
        return end - 1

    def as_llama_batch(self) -> Any:
        """The C structure; it points into this object."""
        batch: Any = llama_cpp.llama_batch()
        batch.n_tokens = self.size
        batch.token = _pointer(self._tokens, ctypes.c_int32)
        batch.embd = None
        batch.pos = _pointer(self._positions, ctypes.c_int32)
        batch.n_seq_id = _pointer(self._counts, ctypes.c_int32)
        batch.seq_id = ctypes.cast(
            self._pointers.ctypes.data, ctypes.POINTER(ctypes.POINTER(ctypes.c_int32))
        )
        batch.logits = _pointer(self._outputs, ctypes.c_int8)
        return batch


def _pointer(array: npt.NDArray[Any], kind: Any) -> Any:
    return ctypes.cast(array.ctypes.data, ctypes.POINTER(kind))
