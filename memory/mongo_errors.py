"""Errors of MongoDB in words for a person, without a part of the URI, which holds a password."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bson.errors import BSONError
from pymongo.errors import (
    ConnectionFailure,
    DocumentTooLarge,
    InvalidOperation,
    OperationFailure,
    PyMongoError,
)

from memory.errors import MemoryStoreError, StoreUnavailableError

_LOGIN_CODES = (13, 18)  # Unauthorized, AuthenticationFailed
_MEND = "or unset TENON_MONGODB_URI to use the local database"


@contextmanager
def clear_errors() -> Iterator[None]:
    """Turn errors of pymongo into those of memory/errors.py."""
    try:
        yield
    except InvalidOperation as error:
        raise StoreUnavailableError("The database is closed. Start Tenon again.") from error
    except (BSONError, OverflowError, DocumentTooLarge) as error:
        raise MemoryStoreError(f"MongoDB cannot hold this record: {error}.") from error
    except PyMongoError as error:
        raise StoreUnavailableError(_describe(error)) from error


def invalid_uri() -> StoreUnavailableError:
    """The error for a URI that pymongo cannot read."""
    return StoreUnavailableError(
        "TENON_MONGODB_URI is not a MongoDB URI such as mongodb://localhost:27017/tenon (special "
        f"characters of a password must be percent-encoded). Correct it, {_MEND}."
    )


def _describe(error: PyMongoError) -> str:
    if isinstance(error, ConnectionFailure):
        return (
            "The MongoDB server that TENON_MONGODB_URI names does not answer. Start it or correct "
            f"the setting, {_MEND}."
        )
    if isinstance(error, OperationFailure) and error.code in _LOGIN_CODES:
        return (
            "The MongoDB server refuses the user that TENON_MONGODB_URI names. Correct the name, "
            f"the password or the rights, {_MEND}."
        )
    return (
        f"The MongoDB server that TENON_MONGODB_URI names failed ({type(error).__name__}). Look "
        f"into its log, {_MEND}."
    )
