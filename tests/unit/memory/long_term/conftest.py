"""Chunks, an embedder that counts, and a table in a folder of its own."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from memory.chunking.chunk import Chunk
from memory.embeddings import Vectors
from memory.long_term.table import HybridChunkTable
from memory.long_term.words import query_words


class WordEmbedder:
    """Vectors of hashed words: texts that share words are close. Counts what it embeds."""

    def __init__(self, name: str = "words", dimensions: int = 64) -> None:
        self.name = name
        self.dimensions = dimensions
        self.embedded: list[str] = []
        self.broken = False

    async def embed(self, texts: Sequence[str]) -> Vectors:
        if self.broken:
            raise RuntimeError("bad model")
        self.embedded.extend(texts)
        return np.array([self._vector(text) for text in texts], dtype=np.float32).reshape(
            len(texts), self.dimensions
        )

    async def embed_query(self, text: str) -> Vectors:
        if self.broken:
            raise RuntimeError("bad model")
        return self._vector(text)

    def _vector(self, text: str) -> Vectors:
        vector = np.full(self.dimensions, 0.01, dtype=np.float32)
        for word in query_words(text):
            digest = hashlib.sha256(f"{self.name}{word}".encode()).digest()
            vector[digest[0] % self.dimensions] += 1.0
        return vector / np.float32(np.linalg.norm(vector))


def function(path: str, symbol: str, text: str, line: int = 1, language: str = "python") -> Chunk:
    return Chunk(path, language, "function", symbol, text, line, line + text.count("\n"))


@pytest.fixture
def words() -> WordEmbedder:
    return WordEmbedder()


@pytest.fixture
async def table(tmp_path: Path, words: WordEmbedder) -> AsyncIterator[HybridChunkTable]:
    opened = HybridChunkTable(tmp_path / "code", words)
    yield opened
    await opened.close()
