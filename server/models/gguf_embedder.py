"""A GGUF embedding model of the person's own, in a process of its own."""

from __future__ import annotations

import hashlib
from pathlib import Path

from memory.embeddings import Gate
from memory.embeddings.hosted import NO_PREFIXES, HostedEmbedder, Prefixes
from server.models.embedding_process import EmbeddingProcess
from server.models.gguf_header import read_header

_SAMPLE = 1024**2


class GgufEmbedder(HostedEmbedder):
    """Texts to vectors by llama.cpp; of longer texts the first `tokens`.

    `embed` raises EmbeddingModelError, or ValueError for vectors that are none.
    """

    def __init__(
        self,
        model: Path,
        *,
        tokens: int = 256,
        threads: int | None = None,
        gate: Gate | None = None,
        prefixes: Prefixes = NO_PREFIXES,
    ) -> None:
        """Raises OSError, UnreadableHeaderError."""
        header = read_header(model)
        # Models that learnt a vector for each position have none for further ones.
        tokens = min(tokens, header.trained_context or tokens)
        self.process = EmbeddingProcess(model, tokens, threads, gate or Gate())
        name = f"gguf:{model.stem}-{_fingerprint(model)}-{tokens}"
        super().__init__(name, header.embedding_length, self.process.embed, prefixes)

    async def close(self) -> None:
        """End the process, if it runs."""
        await self.process.close()


def _fingerprint(model: Path) -> str:
    """Tells files apart by size and by their first, middle and last MiB."""
    size = model.stat().st_size
    digest = hashlib.sha256(str(size).encode())
    with model.open("rb") as file:
        for start in (0, size // 2, max(0, size - _SAMPLE)):
            file.seek(start)
            digest.update(file.read(_SAMPLE))
    return digest.hexdigest()[:12]
