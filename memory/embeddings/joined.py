"""Two embedding models as one: what one of them mistakes, the other often does not."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import numpy as np

from memory.embeddings.contract import Embedder, Vectors


class JoinedEmbedder:
    """Vectors of both models side by side, so that a cosine is the mean of both cosines.

    `embed` raises what either model raises: half a vector would be compared with whole ones.
    """

    def __init__(self, first: Embedder, second: Embedder) -> None:
        self._first = first
        self._second = second

    @property
    def name(self) -> str:
        """Both names."""
        return f"{self._first.name}+{self._second.name}"

    @property
    def dimensions(self) -> int:
        """The sum of both."""
        return self._first.dimensions + self._second.dimensions

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """One row per text: float32 of shape [n, dimensions], each of length 1."""
        # One after the other: each takes all the threads that it may.
        return _join(await self._first.embed(texts), await self._second.embed(texts))

    async def embed_query(self, text: str) -> Vectors:
        """Return the vector of a question."""
        halves = await asyncio.gather(self._first.embed_query(text), self._second.embed_query(text))
        return _join(*halves)


def _join(first: Vectors, second: Vectors) -> Vectors:
    joined: Vectors = np.concatenate([first, second], axis=-1) / np.sqrt(np.float32(2))
    return joined
