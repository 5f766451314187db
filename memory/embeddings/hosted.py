"""An embedding model that somebody else runs; memory only asks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np

from memory.embeddings.contract import Vectors

EmbedTexts = Callable[[Sequence[str]], Awaitable[Sequence[Sequence[float]] | Vectors]]
"""What the server fills in: one row of numbers per text, of any length but zero."""


@dataclass(frozen=True)
class Prefixes:
    """What some models were trained to see before a question, and before a text to be found."""

    query: str = ""
    text: str = ""

    @property
    def mark(self) -> str:
        """Tells vectors of texts with other prefixes apart; empty without one."""
        return f"-{sha256(self.text.encode()).hexdigest()[:8]}" if self.text else ""


NO_PREFIXES = Prefixes()


class HostedEmbedder:
    """Wraps a function that runs a model elsewhere. `embed` raises ValueError for odd shapes."""

    def __init__(
        self, name: str, dimensions: int, run: EmbedTexts, prefixes: Prefixes = NO_PREFIXES
    ) -> None:
        self.name = name + prefixes.mark
        self.dimensions = dimensions
        self._run = run
        self._prefixes = prefixes

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """One row per text: float32 of shape [n, dimensions], each of length 1."""
        return await self._vectors([self._prefixes.text + text for text in texts])

    async def embed_query(self, text: str) -> Vectors:
        """Return the vector of a question."""
        vector: Vectors = (await self._vectors([self._prefixes.query + text]))[0]
        return vector

    async def _vectors(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.empty((0, self.dimensions), dtype=np.float32)
        return _to_unit(await self._run(texts), len(texts), self.dimensions, self.name)


def _to_unit(
    rows: Sequence[Sequence[float]] | Vectors, count: int, dimensions: int, name: str
) -> Vectors:
    """Rows of length 1. Raises ValueError unless there are `count` of `dimensions` each."""
    vectors = np.asarray(rows, dtype=np.float32)
    if vectors.shape != (count, dimensions) or not np.isfinite(vectors).all():
        raise ValueError(
            f"The embedding model {name} answered with shape {vectors.shape}; "
            f"({count}, {dimensions}) finite numbers were expected."
        )
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = vectors / np.maximum(norms, np.float32(1e-12))
    return unit
