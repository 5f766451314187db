"""Processes that a command started, read from /proc. Where there is no /proc, none are seen."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Usage:
    """What a tree of processes uses now."""

    processes: int
    memory_bytes: int


def usage(root: int) -> Usage:
    """Number and private memory of the processes below `root`."""
    tree = descendants(root)
    return Usage(len(tree), sum(map(_private_memory, tree)))


def descendants(root: int) -> set[int]:
    """Ids of the children of `root`, their children and so on."""
    children: dict[int, list[int]] = {}
    for pid in _pids():
        children.setdefault(_parent(pid), []).append(pid)
    found: set[int] = set()
    frontier = [root]
    while frontier:
        fresh = [pid for pid in children.get(frontier.pop(), []) if pid not in found]
        found.update(fresh)
        frontier += fresh
    return found


def kill_marked(mark: str) -> None:
    """Kill every process whose first environment held `mark`, until none is left."""
    needle = mark.encode()
    for _ in range(100):
        marked = [pid for pid in _pids() if needle in _environment(pid)]
        if not marked:
            return
        for pid in marked:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)


def _pids() -> Iterator[int]:
    with suppress(OSError):
        yield from (int(name) for name in os.listdir(_PROC) if name.isdigit())  # noqa: PTH208 - quicker


def _parent(pid: int) -> int:
    """Id of the parent, 0 if the process is gone."""
    with suppress(OSError):
        # The name, in parentheses, may hold anything; what follows the last one is fixed.
        return int((_PROC / str(pid) / "stat").read_bytes().rpartition(b")")[2].split()[1])
    return 0


def _private_memory(pid: int) -> int:
    with suppress(OSError):
        _, resident, shared, *_ = (_PROC / str(pid) / "statm").read_bytes().split()
        return (int(resident) - int(shared)) * _PAGE
    return 0


def _environment(pid: int) -> bytes:
    """The environment that a live process was started with."""
    with suppress(OSError):
        return (_PROC / str(pid) / "environ").read_bytes()
    return b""
