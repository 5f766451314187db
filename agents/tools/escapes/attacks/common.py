"""What several attempts use."""

from __future__ import annotations

import ctypes
import os
from typing import Any, Dict

Traps = Dict[str, Any]
MIB = 1024 * 1024
LINGER = 10
"""Seconds for which a process that was left behind stays at most."""
LIBC = ctypes.CDLL(None, use_errno=True)


def checked(result: int) -> int:
    """The result of a call of the C library, or its error."""
    if result == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result
