"""glibc's malloc, told to give memory back: models and vectors come and go in large pieces.

By default every thread may get an arena of its own, and what is freed in the middle of one stays
with the process. With another C library, as on other systems, both functions do nothing.
"""

from __future__ import annotations

import ctypes
import sys
from functools import cache
from typing import Any

_M_ARENA_MAX = -8


def limit_arenas(arenas: int = 1) -> None:
    """Let all threads share so many. Call it before they are started."""
    mallopt = _function("mallopt")
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, arenas)


def give_back() -> None:
    """Return free pages to the system; milliseconds. Call it after much has been freed."""
    malloc_trim = _function("malloc_trim")
    if malloc_trim is not None:
        malloc_trim(0)


@cache
def _function(name: str) -> Any:
    if sys.platform != "linux":
        return None
    return getattr(ctypes.CDLL(None), name, None)
