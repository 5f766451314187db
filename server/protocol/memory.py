"""What long-term memory holds of the repository's code."""

from __future__ import annotations

from typing import Literal

from attrs import define


@define
class MemorySearchParams:
    """A question about the repository's code, or words of it."""

    query: str
    limit: int = 10
    path: str | None = None
    """Only files whose path begins so, or is like this glob (``*?[``)."""
    language: str | None = None
    """``python``, ``typescript``, ``javascript``, ``go``, ``rust``, ``java``, ``markdown``
    or ``text``."""
    kind: Literal["function", "method", "class", "head", "section"] | None = None


@define
class CodeHit:
    """A piece of a file of the repository, as it was saved when it was indexed."""

    path: str
    language: str
    kind: Literal["function", "method", "class", "head", "section"]
    symbol: str
    """Qualified name within the file (``Stack.push``); empty for the head of a file."""
    text: str
    start_line: int
    """From 1."""
    end_line: int
    """Inclusive."""
    score: float
    """Larger is better; comparable within one result only."""


@define
class MemorySearchResult:
    """The best pieces of code, best first; none where nothing has been indexed."""

    hits: list[CodeHit]
