"""How long records are kept: age, number and bytes of each collection, and what is never dropped.

Logs are capped by themselves. Of the other collections the oldest records leave first; a record
that work still depends on stays, whatever the limits say, and so does every record of a
collection that is not named here.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from memory.database import Document, DocumentStore
from memory.records import TicketState, utc_now
from memory.whole_store import all_documents

_log = logging.getLogger(__name__)
_OVER = frozenset({TicketState.MERGED.value, TicketState.REJECTED.value})
_COLLECTIONS = (
    "runs",
    "tickets",
    "proposals",
    "spec_versions",
    "summaries",
    "conversations",
    "sessions",
)
"""In this order, so that what refers to others goes before them."""


@dataclass(frozen=True)
class RetentionLimits:
    """Bounds of each collection; None: no bound."""

    days: float | None = 730
    """Since the last change of a record."""
    records: int | None = 100_000
    bytes: int | None = 512 * 1024**2
    """Of the records as JSON."""


@dataclass
class Dropped:
    """What left one collection."""

    records: Counter[str] = field(default_factory=Counter)
    """By the limit that was passed: ``age``, ``number`` or ``bytes``."""
    bytes: int = 0
    until: str = ""
    """Time of the last change of the youngest of them."""
    in_use: int = 0
    """Records over a limit that had to stay."""

    @property
    def total(self) -> int:
        """How many records left."""
        return self.records.total()


@dataclass
class _Aged:
    """What the choice needs to know of one record."""

    document_id: str
    revision: int
    changed: str
    bytes: int
    in_use: bool


InUse = Callable[[Document], bool]


async def retain(
    store: DocumentStore, limits: RetentionLimits, *, dry_run: bool = False
) -> dict[str, Dropped]:
    """Drop what exceeds the limits; what was (or with `dry_run` would be) dropped, by collection.

    A record that was changed since it was chosen stays. Raises StoreUnavailableError.
    """
    report: dict[str, Dropped] = {}
    for name in _COLLECTIONS:
        in_use = await _in_use(store, name)
        aged = [_aged(s.document, in_use) async for s in all_documents(store, name)]
        dropped = Dropped()
        for record, reason in _choose(aged, limits, dropped):
            if dry_run or await store.delete(name, record.document_id, revision=record.revision):
                dropped.records[reason] += 1
                dropped.bytes += record.bytes
                dropped.until = max(dropped.until, record.changed)
        if dropped.total or dropped.in_use:
            report[name] = dropped
    return report


def describe(report: dict[str, Dropped]) -> list[str]:
    """What was dropped, in a line for each collection."""
    lines = []
    for name, dropped in report.items():
        reasons = ", ".join(f"{count} by {reason}" for reason, count in dropped.records.items())
        line = f"{name}: {dropped.total} dropped"
        if dropped.total:
            line += f" ({reasons}; {dropped.bytes} bytes; last changed until {dropped.until[:19]})"
        if dropped.in_use:
            line += f", {dropped.in_use} over the limits but in use"
        lines.append(line)
    return lines


def as_data(report: dict[str, Dropped]) -> dict[str, Any]:
    """The report as JSON."""
    return {
        name: {"records": dict(d.records), "bytes": d.bytes, "until": d.until, "in_use": d.in_use}
        for name, d in report.items()
    }


def _aged(document: Document, in_use: InUse) -> _Aged:
    return _Aged(
        document["id"],
        document["revision"],
        str(document.get("updated_at") or ""),
        len(json.dumps(document, ensure_ascii=False).encode()),
        in_use(document),
    )


def _choose(
    aged: list[_Aged], limits: RetentionLimits, dropped: Dropped
) -> list[tuple[_Aged, str]]:
    """Who leaves and why, the record that was changed longest ago first."""
    count, size = len(aged), sum(record.bytes for record in aged)
    oldest = _oldest(limits)
    chosen = []
    for record in sorted(aged, key=lambda record: record.changed):
        reason = ""
        if record.changed < oldest:
            reason = "age"
        elif limits.records is not None and count > limits.records:
            reason = "number"
        elif limits.bytes is not None and size > limits.bytes:
            reason = "bytes"
        if reason and record.in_use:
            dropped.in_use += 1
        elif reason:
            chosen.append((record, reason))
            count, size = count - 1, size - record.bytes
    return chosen


def _oldest(limits: RetentionLimits) -> str:
    if limits.days is None:
        return ""
    return (utc_now() - timedelta(days=limits.days)).isoformat(timespec="milliseconds")


async def _in_use(store: DocumentStore, name: str) -> InUse:
    """Which records of a collection others depend on, as things are now."""
    if name in ("conversations", "summaries"):
        return lambda _document: False
    if name == "sessions":
        return await _sessions_in_use(store)
    if name == "spec_versions":
        return await _newest_versions(store)
    return await _work_in_use(store, name)


async def _work_in_use(store: DocumentStore, name: str) -> InUse:
    """Tickets that are not over and those that they wait for, with their proposals and runs."""
    tickets: set[str] = set()
    proposals: set[str] = set()
    async for stored in all_documents(store, "tickets"):
        ticket = stored.document
        pending = ticket.get("pending_merge") or ticket.get("pending_rebase")
        if ticket.get("state") not in _OVER or pending:
            tickets |= {ticket["id"], *ticket.get("dependencies", ())}
            proposals.add(ticket.get("proposal_id") or "")
    if name == "tickets":
        return lambda ticket: ticket["id"] in tickets
    if name == "runs":
        return lambda run: run.get("ticket_id") in tickets
    return lambda proposal: (
        proposal["id"] in proposals
        or any(change.get("status") == "pending" for change in proposal.get("changes", ()))
    )


async def _newest_versions(store: DocumentStore) -> InUse:
    """The current version of each spec file is never dropped."""
    newest: dict[tuple[str, str], str] = {}
    async for stored in all_documents(store, "spec_versions"):
        version = stored.document
        newest[version.get("repository", ""), version.get("path", "")] = version["id"]
    current = set(newest.values())
    return lambda version: version["id"] in current


async def _sessions_in_use(store: DocumentStore) -> InUse:
    """Sessions that have turns left, and the one of each repository that is gone on with."""
    latest: dict[str, tuple[str, str]] = {}
    async for stored in all_documents(store, "sessions"):
        session = stored.document
        repository = session.get("repository", "")
        changed = (session.get("updated_at", ""), session["id"])
        latest[repository] = max(changed, latest.get(repository, ("", "")))
    talked = set(await store.count_by("conversations", "session_id"))
    current = {session_id for _, session_id in latest.values()} | talked
    return lambda session: session["id"] in current
