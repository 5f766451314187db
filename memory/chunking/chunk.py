"""The unit of long-term memory."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Chunk:
    """A piece of a file that is embedded and found as one."""

    path: str
    """Relative to the repository, forward slashes."""
    language: str
    """One of "python", "typescript", "javascript", "go", "rust", "java", "markdown", "text"."""
    kind: str
    """One of "function", "method", "class", "head", "section"."""
    symbol: str
    """Qualified name within the file ("Stack.push"); "" for heads."""
    text: str
    start_line: int
    """From 1."""
    end_line: int
    """Inclusive."""
