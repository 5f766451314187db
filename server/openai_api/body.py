"""Reading bodies: not too long, and of the right shape."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from server.openai_api.errors import ApiError, of_validation

MAX_BYTES = 8 * 1024**2
_MAX_DISCARDED = 8 * MAX_BYTES

_T = TypeVar("_T", bound=BaseModel)


async def read_body(request: Request, shape: type[_T]) -> _T:
    """The body as `shape`. Raises ApiError."""
    raw = await _bytes(request)
    try:
        return shape.model_validate_json(raw)
    except ValidationError as error:
        raise of_validation(error) from error


async def _bytes(request: Request) -> bytes:
    """The whole body. Raises ApiError beyond the limit.

    What is too long is read on for a while and dropped: closing the connection on a client
    that is still sending would keep the answer from it.
    """
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size <= MAX_BYTES:
            parts.append(part)
        elif size > _MAX_DISCARDED:
            break
    if size > MAX_BYTES:
        text = f"The body is longer than {MAX_BYTES:,} bytes."
        raise ApiError(413, text, code="request_too_large")
    return b"".join(parts)
