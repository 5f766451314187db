"""How stored documents of older schema versions become those of this one.

A migration is an ordered step: it leads to its version, and names for each collection what becomes
of a document. Every document goes through every step once, whatever is killed meanwhile; both
backends see to that, so a change may rely on it. New fields with defaults need no change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from memory.schema import COLLECTIONS

Document = dict[str, Any]
Change = Callable[[Document], Document | None]
"""A document of the version before -> of this version, with the same id; None drops it."""


@dataclass(frozen=True)
class Migration:
    """The step to one version."""

    version: int
    changes: Mapping[str, Change] = field(default_factory=dict)
    """By collection."""


MIGRATIONS: tuple[Migration, ...] = (
    Migration(2),  # fields with defaults
    Migration(3),  # fields with defaults
    Migration(4),  # runs, model cards, housekeeping; the working set by agent
)
"""In order, each one version further."""


def outdated_collections(since: int) -> list[str]:
    """Collections with documents that change on the way from the version `since`."""
    changed = {name for step in MIGRATIONS if step.version > since for name in step.changes}
    return [name for name in COLLECTIONS if name in changed]


def migrate(collection: str, document: Document, since: int) -> Document | None:
    """The document of version `since` as this version has it; None if it is dropped."""
    current: Document | None = document
    for step in MIGRATIONS:
        change = step.changes.get(collection)
        if step.version > since and change is not None and current is not None:
            current = change(current)
    return current
