"""What the code index asks of long-term memory."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from memory.chunking.chunk import Chunk


@dataclass(frozen=True)
class Filters:
    """Where to look; None is everywhere."""

    repository: str | None = None
    path: str | None = None
    """A glob if it has one of ``*?[``, else a prefix."""
    language: str | None = None
    kind: str | None = None


@dataclass(frozen=True)
class Hit:
    """A chunk that was found."""

    chunk: Chunk
    repository: str
    commit: str
    score: float
    """Larger is better; comparable within one search only."""


class ChunkTable(Protocol):
    """Chunks of repositories. No method raises for Lance's or the embedder's own failures."""

    async def replace_file(
        self, repository: str, path: str, commit: str, chunks: Sequence[Chunk]
    ) -> None:
        """Make the rows of that file exactly these chunks; known texts are not embedded again."""

    async def replace_files(
        self, repository: str, files: Mapping[str, Sequence[Chunk]], commit: str
    ) -> None:
        """Do the same for many files in one write."""

    async def remove_files(self, repository: str, paths: Collection[str]) -> None:
        """Remove every row of these files."""

    async def remove_repository(self, repository: str) -> None:
        """Remove every row of a repository."""

    async def search(
        self,
        query: str,
        limit: int,
        filters: Filters = Filters(),
    ) -> list[Hit]:
        """Return the `limit` best chunks, best first."""
