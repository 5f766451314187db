"""The generic repository: records of one type in one collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic

from memory.database import DocumentStore, Sort
from memory.medium_term.codec import R, to_document, to_record, to_scalars
from memory.records import utc_now


class Repository(Generic[R]):
    """Records of one type, read and written under optimistic concurrency.

    All methods raise StoreUnavailableError when the database cannot be used, and reading ones
    SchemaMismatchError for a record that another version of Tenon wrote.
    """

    def __init__(self, store: DocumentStore, collection: str, record_type: type[R]) -> None:
        self._store = store
        self._collection = collection
        self._record_type = record_type

    async def insert(self, record: R) -> R:
        """Store a new record durably. Raises DuplicateIdError if its id is taken."""
        await self._store.insert(self._collection, to_document(record))
        return record

    async def get(self, record_id: str) -> R | None:
        """The record of that id, or None."""
        document = await self._store.get(self._collection, record_id)
        return None if document is None else to_record(self._record_type, document)

    async def replace(self, record: R) -> R:
        """Store the record over the one it was read as; its next revision.

        Raises RevisionConflictError when the stored revision is not `record.revision`.
        """
        changes = {"revision": record.revision + 1, "updated_at": utc_now()}
        changed = record.model_copy(update=changes)
        await self._store.replace(self._collection, to_document(changed), revision=record.revision)
        return changed

    async def delete(self, record_id: str) -> bool:
        """Delete the record of that id; whether there was one."""
        return await self._store.delete(self._collection, record_id)

    async def find(
        self, where: Mapping[str, Any] | None = None, sort: Sort = (), limit: int | None = None
    ) -> list[R]:
        """Records whose indexed fields equal `where`, sorted by (field, 1 or -1) pairs."""
        documents = await self._store.find(self._collection, to_scalars(where), sort, limit)
        return [to_record(self._record_type, document) for document in documents]

    async def count_by(
        self, field: str, where: Mapping[str, Any] | None = None
    ) -> dict[str | int | None, int]:
        """How many matching records there are for each value of an indexed field."""
        return await self._store.count_by(self._collection, field, to_scalars(where))
