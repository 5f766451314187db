"""Records to documents and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import Any, TypeVar

from pydantic import ValidationError

from memory.database import Document, Scalar
from memory.errors import SchemaMismatchError
from memory.records import Record

R = TypeVar("R", bound=Record)


def to_document(record: Record) -> Document:
    """The record as a JSON object."""
    document = record.model_dump(mode="json")
    document["created_at"] = _encode_time(record.created_at)
    document["updated_at"] = _encode_time(record.updated_at)
    return document


def to_record(record_type: type[R], document: Document) -> R:
    """The record of a stored document. Raises SchemaMismatchError if it is of another form."""
    try:
        return record_type.model_validate(document)
    except ValidationError as error:
        fields = ", ".join(sorted({".".join(map(str, item["loc"])) for item in error.errors()}))
        raise SchemaMismatchError(
            f"The stored {record_type.__name__} {document.get('id')} has a form that this Tenon "
            f"does not know ({fields}). Start a newer Tenon, or use another TENON_DATA_DIR."
        ) from error


def to_scalars(where: Mapping[str, Any] | None) -> dict[str, Scalar]:
    """Conditions with enums and times in the form in which documents hold them."""
    return {field: _to_scalar(value) for field, value in (where or {}).items()}


def _to_scalar(value: Any) -> Scalar:
    if isinstance(value, datetime):
        return _encode_time(value)
    if isinstance(value, Enum):
        value = value.value
    if value is None or (isinstance(value, str | int) and not isinstance(value, bool)):
        return value
    raise ValueError(f"Records cannot be found by a value of type {type(value).__name__}.")


def _encode_time(time: datetime) -> str:
    """Fixed-width ISO 8601 in UTC: the order of the text is the order of the times."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds")
