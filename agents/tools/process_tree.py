"""Processes that a command started, read from /proc. Where there is no /proc, none are seen."""

from __future__ import annotations

import os
import signal
import stat
from collections.abc import Iterable, Iterator
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


def kill_below(root: int) -> None:
    """Kill the processes below `root`; all are stopped first, so that none can fork meanwhile."""
    stopped: set[int] = set()
    while fresh := descendants(root) - stopped:
        _signal(fresh, signal.SIGSTOP)
        stopped |= fresh
    _signal(stopped, signal.SIGKILL)


def _signal(pids: Iterable[int], number: int) -> None:
    for pid in pids:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def shared_memory() -> int:
    """Bytes of the machine's memory in shared mappings, memory files and tmpfs.

    What of it a process made can be in no process's own count: a memory file or System V segment
    that nobody maps, a tmpfs in a mount namespace of its own.
    """
    with suppress(OSError):
        for line in (_PROC / "meminfo").read_text("ascii").splitlines():
            if line.startswith("Shmem:"):
                return int(line.split()[1]) * 1024
    return 0


def open_but_deleted(root: int) -> int:
    """Bytes on disk of files that processes below `root` hold open and no folder names."""
    found: dict[tuple[int, int], int] = {}
    for pid in descendants(root):
        with suppress(OSError):
            for link in (_PROC / str(pid) / "fd").iterdir():
                with suppress(OSError):
                    status = link.stat()
                    if stat.S_ISREG(status.st_mode) and status.st_nlink == 0:
                        found[status.st_dev, status.st_ino] = 512 * status.st_blocks
    return sum(found.values())


def kill_marked(mark: str) -> None:
    """Kill every process whose first environment held `mark`, until none is left."""
    needle = mark.encode()
    for _ in range(100):
        marked = [pid for pid in _pids() if needle in _environment(pid)]
        if not marked:
            return
        _signal(marked, signal.SIGKILL)


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
