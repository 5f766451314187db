"""Confining this process to some files by Landlock (Linux 5.13, landlock(7)).

It needs no privilege and no user namespace, so it works where bubblewrap is forbidden. It holds
files, other processes' memory and environment, and from Linux 6.12 signals and abstract sockets;
it holds neither the network nor sockets in folders.
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct
import sys
from collections.abc import Iterable
from contextlib import suppress

OLDEST = 3
"""Interface version (Linux 6.2) from which truncating a file is held as well."""

_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446
_VERSION, _PATH_BENEATH = 1, 1
_NO_NEW_PRIVILEGES = 38
_READ = 1 << 0 | 1 << 2 | 1 << 3
"""Execute, read files, list folders."""
_FILE = 1 << 0 | 1 << 1 | 1 << 2 | 1 << 14 | 1 << 15
"""Rights that a rule for a single file may have."""
_ALL = {3: (1 << 15) - 1, 5: (1 << 16) - 1}
"""Every right on files, by the interface version from which it is known."""
_SCOPED = 0b11
"""Abstract Unix sockets and signals do not leave the confined processes (version 6)."""


def version() -> int:
    """Of the kernel's interface; 0 where there is none."""
    if sys.platform != "linux":
        return 0
    return max(0, int(_libc().syscall(_CREATE, None, 0, _VERSION)))


def restrict(writable: Iterable[str], readable: Iterable[str]) -> None:
    """Leave this process and its children nothing but these folders and files.

    Paths that do not exist are passed over. Raises OSError if the kernel refuses.
    """
    libc, known = _libc(), version()
    rights = max(value for least, value in _ALL.items() if least <= known or least == OLDEST)
    attributes = struct.pack("=QQQ", rights, 0, _SCOPED)[: 24 if known >= 6 else 8]
    ruleset = _checked(libc.syscall(_CREATE, attributes, len(attributes), 0))
    for paths, allowed in ((readable, _READ), (writable, rights)):
        for path in paths:
            with suppress(FileNotFoundError):
                _allow(libc, ruleset, path, allowed)
    _checked(libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0))
    _checked(libc.syscall(_RESTRICT, ruleset, 0))
    os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, path: str, allowed: int) -> None:
    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        rule = struct.pack("=Qi", allowed if folder else allowed & _FILE, descriptor)
        _checked(libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0))
    finally:
        os.close(descriptor)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result
