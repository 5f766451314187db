"""What was done to the whole memory, and what it holds: for people, and for the agents' log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from memory.database import DocumentStore, Size
from memory.records import new_id, utc_now
from memory.schema import COLLECTIONS, LOGS

LOG = "housekeeping"
Kind = Literal["retention", "import", "forget"]
SHORT_TERM = ("working_set",)
"""Logs of the short-term tier; all other collections and logs are of the medium term."""


@dataclass(frozen=True)
class Chore:
    """Something that was done to many records at once."""

    kind: Kind
    at: str
    """ISO 8601 in UTC."""
    text: str
    data: dict[str, Any]
    """Counts, by collection."""


class Housekeeping:
    """A capped log of chores, and the sizes of everything."""

    def __init__(self, store: DocumentStore) -> None:
        self._store = store

    async def note(self, kind: Kind, text: str, data: dict[str, Any]) -> None:
        """Keep what was done."""
        at = utc_now().isoformat(timespec="milliseconds")
        document = {"id": new_id("hsk"), "kind": kind, "at": at, "text": text, "data": data}
        await self._store.append(LOG, document)

    async def recent(self, limit: int, kind: Kind | None = None) -> list[Chore]:
        """The newest chores, oldest first."""
        where = {} if kind is None else {"kind": kind}
        entries = await self._store.newest(LOG, limit, where)
        names = ("kind", "at", "text", "data")
        return [Chore(**{name: e.document[name] for name in names}) for e in entries]

    async def sizes(self) -> dict[str, dict[str, Size]]:
        """Tier -> collection or log -> what it holds, in the order of memory/schema.py."""
        tiers: dict[str, dict[str, Size]] = {"short term": {}, "medium term": {}}
        for name in (*LOGS, *COLLECTIONS):
            tier = "short term" if name in SHORT_TERM else "medium term"
            tiers[tier][name] = await self._store.size(name)
        return tiers
