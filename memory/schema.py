"""Every collection and capped log that Tenon keeps, with its indexed fields, in one table.

Documents may be found and sorted by these fields only, on every backend. A change here that an
older Tenon could not read or write raises `SCHEMA_VERSION`; so does a new field of a record, since
an older Tenon refuses records with fields that it does not know. New collections, logs, fields and
indexes are added to existing databases when they are opened; how documents change is in
memory/migrations.py. Entries of capped logs are never changed: a new field of theirs needs a
default.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SCHEMA_VERSION = 4

FieldType = Literal["text", "integer"]

INSERTED = "_inserted"
"""Pseudo-field to sort by: the order of insertion."""

_TIMES: dict[str, FieldType] = {"created_at": "text", "updated_at": "text"}
"""Fixed-width ISO 8601 in UTC, so that text order is time order."""


@dataclass(frozen=True)
class Collection:
    """Documents under ids of their own."""

    name: str
    fields: dict[str, FieldType]
    indexes: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class CappedLog:
    """Documents in the order of their arrival; the oldest leave when a bound is reached."""

    name: str
    fields: dict[str, FieldType]
    """Each is indexed together with the sequence number."""
    max_entries: int
    max_bytes: int
    """Of the stored JSON. The newest entry stays, whatever its size."""


COLLECTIONS: dict[str, Collection] = {
    collection.name: collection
    for collection in (
        Collection(
            "sessions",
            {"repository": "text", **_TIMES},
            (("repository", "updated_at"),),
        ),
        Collection(
            "conversations",
            {"session_id": "text", **_TIMES},
            (("session_id",),),
        ),
        Collection(
            "summaries",
            {"session_id": "text", **_TIMES},
            (("session_id",),),
        ),
        Collection(
            "proposals",
            {"repository": "text", **_TIMES},
            (("repository", "created_at"),),
        ),
        Collection(
            "spec_versions",
            {"repository": "text", "path": "text", "proposal_id": "text", **_TIMES},
            (("repository", "created_at"),),
        ),
        Collection(
            "tickets",
            {"repository": "text", "state": "text", "priority": "integer", **_TIMES},
            (("repository", "priority", "created_at"), ("repository", "state")),
        ),
        Collection(
            "runs",
            {"repository": "text", "ticket_id": "text", "outcome": "text", **_TIMES},
            (("ticket_id", "created_at"), ("repository", "created_at")),
        ),
        Collection(
            "model_cards",
            {"machine": "text", "file_name": "text", **_TIMES},
            (("machine", "file_name"),),
        ),
    )
}

LOGS: dict[str, CappedLog] = {
    log.name: log
    for log in (
        CappedLog(
            "agent_log",
            {"repository": "text", "ticket_id": "text"},
            max_entries=50_000,
            max_bytes=64 * 1024**2,
        ),
        CappedLog(
            "working_set",
            {"session_id": "text", "agent": "text"},
            max_entries=10_000,
            max_bytes=16 * 1024**2,
        ),
        CappedLog(
            "housekeeping",
            {"kind": "text"},
            max_entries=500,
            max_bytes=4 * 1024**2,
        ),
    )
}
