"""What the code index needs from outside: the repository's files, and a place for the chunks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from memory.chunking.chunk import Chunk


class RepositoryFiles(Protocol):
    """The files of a checkout, by Git's rules. Methods raise what they say, or OSError."""

    @property
    def root(self) -> Path:
        """The top level of the checkout."""

    async def commit(self) -> str:
        """Id of the commit that is checked out; empty where there is none yet."""

    async def paths(self, only: Collection[str] | None = None) -> list[str]:
        """Tracked files and untracked ones that are not ignored; of `only`, if it is given."""

    async def set_aside(self, paths: Collection[str]) -> set[str]:
        """Those that ``.gitattributes`` declare generated or vendored."""


class ChunkRows(Protocol):
    """The part of long-term memory that the index writes to (memory/long_term/contract.py)."""

    async def replace_files(
        self, repository: str, files: Mapping[str, Sequence[Chunk]], commit: str
    ) -> None:
        """Make the rows of these files exactly these chunks."""

    async def remove_files(self, repository: str, paths: Collection[str]) -> None:
        """Remove every row of these files."""

    async def remove_repository(self, repository: str) -> None:
        """Remove every row of a repository."""

    async def files(self, repository: str) -> set[str] | None:
        """The files of a repository that have rows; None if that cannot be known now."""


Gate = Callable[[], Awaitable[None]]
"""Returns when the index may use the processor: not while a person waits for a model."""


@dataclass(frozen=True)
class IndexProgress:
    """How far an update is."""

    done: int
    total: int
    """Files that have to be read."""


OnProgress = Callable[[IndexProgress], None]


@dataclass(frozen=True)
class IndexLimits:
    """What is too much for an index on an ordinary machine."""

    max_file_bytes: int = 512 * 1024
    max_files: int = 20_000
    """Source code comes first, then documentation, then the rest."""


@dataclass
class IndexReport:
    """What an update did."""

    files: int = 0
    """In the index now, of the files that were looked at."""
    written: int = 0
    """Files whose chunks were written anew."""
    chunks: int = 0
    """Of the files written."""
    unchanged: int = 0
    removed: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    """Reason -> files."""
    lost: int = 0
    """Files that did not stay: their rows could not be written, or the index is full."""
    seconds: float = 0.0


async def open_gate() -> None:
    """A gate that never closes."""
