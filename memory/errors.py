"""What can go wrong in memory. Every message says what a person can do.

MemoryStoreError
├── StoreUnavailableError    cannot be opened, read or written
├── SchemaMismatchError      written by another version of Tenon
├── RevisionConflictError    somebody else changed the record meanwhile
├── DuplicateIdError         the id is taken
├── TransferError            a file cannot be exported to or imported from
└── ForgetError              a text cannot be made forgotten
"""

from __future__ import annotations


class MemoryStoreError(Exception):
    """Base of all errors of the memory package."""


class StoreUnavailableError(MemoryStoreError):
    """The database cannot be opened, read or written."""


class SchemaMismatchError(MemoryStoreError):
    """What is stored has a form that this version of Tenon does not know."""


class RevisionConflictError(MemoryStoreError):
    """The stored revision is not the one that the caller had read."""

    def __init__(self, collection: str, document_id: str) -> None:
        super().__init__(
            f"{document_id} in {collection} was changed or deleted meanwhile. Read it again, "
            "then repeat the change."
        )


class DuplicateIdError(MemoryStoreError):
    """The collection holds a record of that id already."""

    def __init__(self, collection: str, document_id: str) -> None:
        super().__init__(f"{document_id} exists already in {collection}.")


class TransferError(MemoryStoreError):
    """An export cannot be written, or what is to be imported cannot be used."""


class ForgetError(MemoryStoreError):
    """What is to be made forgotten is unclear, or part of what Tenon itself needs."""
