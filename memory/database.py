"""The narrow contract that a document store fulfils; SQLite and MongoDB both do.

Documents are JSON objects with a string `id` and an integer `revision`. All methods raise
`StoreUnavailableError` when the database cannot be used, and `ValueError` for a collection, log
or field that memory/schema.py does not declare. A method that returns has made its change
durable: it survives a crash of the process.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from memory.schema import COLLECTIONS, INSERTED, LOGS, CappedLog, Collection

Document = dict[str, Any]
Scalar = str | int | None
Where = Mapping[str, Scalar]
"""Field to value, all of which must be equal. None finds documents without a value."""
Sort = Sequence[tuple[str, int]]
"""Field and direction: 1 ascending, -1 descending."""


@dataclass(frozen=True)
class LogEntry:
    """One document of a capped log; `seq` rises with each append and is never used again."""

    seq: int
    document: Document


@dataclass(frozen=True)
class Stored:
    """A document with its place in the order of insertion; places rise, and are positive."""

    position: int
    document: Document


@dataclass(frozen=True)
class Size:
    """What a collection or log holds; bytes as the backend stores the documents."""

    records: int
    bytes: int


class DocumentStore(Protocol):
    """What the repositories need from a database.

    Keys of documents hold no NUL character, since those of BSON cannot (bsonspec.org, cstring).
    """

    async def insert(self, collection: str, document: Document) -> None:
        """Store a new document. Raises DuplicateIdError if the id is taken."""

    async def get(self, collection: str, document_id: str) -> Document | None:
        """The document of that id, or None."""

    async def replace(self, collection: str, document: Document, *, revision: int) -> None:
        """Replace the document of the same id if its stored revision is `revision`.

        Raises RevisionConflictError otherwise, also when there is no such document.
        """

    async def put_all(self, collection: str, documents: Sequence[Document]) -> int:
        """Insert each document, or replace a stored one of a lower revision; how many it did.

        A stored document of the same or a higher revision stays. New ones keep their order, and
        after a kill none is there without those before it.
        """

    async def delete(
        self, collection: str, document_id: str, *, revision: int | None = None
    ) -> bool:
        """Delete the document of that id, or only that revision of it; whether there was one."""

    async def find(
        self,
        collection: str,
        where: Where | None = None,
        sort: Sort = (),
        limit: int | None = None,
    ) -> list[Document]:
        """Documents that match, sorted; equals stand in the order of insertion.

        After a last descending key equals stand newest first.
        """

    async def count_by(
        self, collection: str, field: str, where: Where | None = None
    ) -> dict[Scalar, int]:
        """How many matching documents there are for each value of `field`."""

    async def page(self, collection: str, after: int, limit: int) -> list[Stored]:
        """The first `limit` documents behind the position `after`, in the order of insertion.

        Going on from the last position meets every document that is there all the time.
        """

    async def size(self, name: str) -> Size:
        """How much a collection or a log holds."""

    async def append(self, log: str, document: Document) -> int:
        """Append to a capped log, drop what exceeds its bounds, return the sequence number."""

    async def after(
        self, log: str, seq: int, limit: int, where: Where | None = None
    ) -> list[LogEntry]:
        """The oldest `limit` matching entries with a higher sequence number, oldest first."""

    async def newest(self, log: str, limit: int, where: Where | None = None) -> list[LogEntry]:
        """The newest `limit` matching entries, oldest first."""

    async def amend(self, log: str, seq: int, document: Document | None) -> bool:
        """Replace an entry of a capped log, or take it out (None); whether it was there.

        Only to make text forgotten: readers that have passed the entry do not see the change.
        """

    async def erase(self) -> bool:
        """Overwrite what was deleted or replaced in the files; whether this store can see to it.

        Raises StoreUnavailableError while another process holds the old data.
        """

    async def close(self) -> None:
        """Release the database. Closing twice is allowed."""


def declared(name: str) -> Collection | CappedLog:
    """The collection or log of that name; ValueError if there is none."""
    return LOGS[name] if name in LOGS else declared_collection(name)


def declared_collection(name: str, fields: Iterable[str] = ()) -> Collection:
    """The collection of that name; ValueError if it or one of the fields is not declared."""
    if name not in COLLECTIONS:
        raise ValueError(f"The collection {name!r} is not declared in memory/schema.py.")
    _check_fields(name, COLLECTIONS[name].fields, fields)
    return COLLECTIONS[name]


def declared_log(name: str, fields: Iterable[str] = ()) -> CappedLog:
    """The capped log of that name; ValueError if it or one of the fields is not declared."""
    if name not in LOGS:
        raise ValueError(f"The log {name!r} is not declared in memory/schema.py.")
    _check_fields(name, LOGS[name].fields, fields)
    return LOGS[name]


def _check_fields(name: str, declared: Iterable[str], asked: Iterable[str]) -> None:
    unknown = sorted(set(asked) - set(declared))
    if unknown:
        raise ValueError(f"{name} declares no indexed field {', '.join(unknown)}.")


def complete_sort(collection: str, where: Where | None, sort: Sort) -> list[tuple[str, int]]:
    """The sort of a search, with the order of insertion as its last key.

    ValueError if the collection, or a field of the condition or the sort, is not declared.
    """
    keys = _with_insertion(sort)
    used = {*(where or {}), *(field for field, _ in keys)} - {INSERTED}
    declared_collection(collection, used)
    return keys


def _with_insertion(sort: Sort) -> list[tuple[str, int]]:
    keys = list(sort)
    if any(field == INSERTED for field, _ in keys):
        return keys
    return [*keys, (INSERTED, keys[-1][1] if keys else 1)]
