"""An embedding model that somebody else runs; memory only asks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import numpy as np

from memory.embeddings.contract import Vectors

EmbedTexts = Callable[[Sequence[str]], Awaitable[Sequence[Sequence[float]]]]
"""What the server fills in: one list of numbers per text, of any length but zero."""


class HostedEmbedder:
    """Wraps a function that runs a model elsewhere. `embed` raises ValueError for odd shapes."""

    def __init__(
        self, name: str, dimensions: int, run: EmbedTexts, *, query_prefix: str = ""
    ) -> None:
        self.name = name
        self.dimensions = dimensions
        self._run = run
        self._query_prefix = query_prefix

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """One row per text: float32 of shape [n, dimensions], each of length 1."""
        if not texts:
            return np.empty((0, self.dimensions), dtype=np.float32)
        return to_unit(await self._run(texts), len(texts), self.dimensions, self.name)

    async def embed_query(self, text: str) -> Vectors:
        """Return the vector of a question, with the prefix that the model wants."""
        vector: Vectors = (await self.embed([self._query_prefix + text]))[0]
        return vector


def to_unit(
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
