"""What long-term memory asks of an embedding model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class VectorSource(Protocol):
    """Anything that turns texts into vectors of unit length."""

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """One row per passage: float32 of shape [n, dimensions], in the order of the texts."""


class Embedder(VectorSource, Protocol):
    """An embedding model with a name. Vectors of different names are never compared."""

    @property
    def name(self) -> str:
        """Names the model and everything that its vectors depend on."""

    @property
    def dimensions(self) -> int:
        """Length of a vector."""

    async def embed_query(self, text: str) -> Vectors:
        """Return the vector of a question: float32 of shape [dimensions], of length 1."""


@runtime_checkable
class Closable(Protocol):
    """What some embedders are too: those that hold a process."""

    async def close(self) -> None:
        """End what is held; the next text starts it again."""
