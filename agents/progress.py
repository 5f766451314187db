"""What a long operation tells while it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Progress:
    """More of a reply (`text`), or what an agent is doing now (`step`)."""

    kind: Literal["text", "step"]
    agent: str
    text: str
    tokens_per_second: float | None = None
    elapsed_seconds: float | None = None
    remaining_seconds: float | None = None


Report = Callable[[Progress], None]


def silent(_progress: Progress) -> None:
    """A report that nobody reads."""
