"""A proposed change of one open document, and what it is asked for with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class EditRequest:
    """What the person pointed at. Lines count from 0, `end_line` is inclusive."""

    kind: Literal["fix", "test"]
    path: str
    """Path of the document relative to the repository, with forward slashes."""
    text: str
    start_line: int
    end_line: int
    diagnostic: str | None = None


@dataclass(frozen=True)
class EditProposal:
    """The whole text before and after. Nothing is written to disk."""

    id: str
    path: str
    before: str
    after: str
    title: str
    explanation: str = ""
