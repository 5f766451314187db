"""What a command of unknown intent may use, and how each limit is put in force."""

from __future__ import annotations

import math
import os
import platform
import re
import shutil
from dataclasses import dataclass

MIB = 1024 * 1024
GIB = 1024 * MIB


@dataclass(frozen=True)
class Limits:
    """Upper bounds of one run; sizes in bytes, times in seconds."""

    timeout: float
    """Wall-clock time of the whole run."""
    memory_bytes: int = 2 * GIB
    """Address space of each process, and memory of all together, shared memory included."""
    max_output_bytes: int = MIB
    """Kept of standard output, and of standard error. Ten times as much ends the run."""
    max_processes: int = 64
    """Processes alive at the same time."""
    file_bytes: int = 256 * MIB
    """Size of any file that is written, and of each temporary folder in memory."""
    address_space: bool = True
    """Whether the kernel is to limit address space; else it limits private memory that may be
    written, for programs that reserve far more than they use (V8: 10 GiB for WebAssembly)."""
    disk_bytes: int = GIB
    """What the run may add to the folders that it may write to."""
    disk_files: int = 200_000
    """Files that it may add there."""


def limited(argv: list[str], limits: Limits, *, own_user_namespace: bool) -> list[str]:
    """`argv`, started by prlimit (util-linux) with kernel limits; unchanged without prlimit.

    The kernel counts processes per user. A limit on them is set only where the command has
    a user namespace to itself, otherwise the person's own programs would count. It never
    holds for root, so `supervise` counts as well.
    """
    prlimit = shutil.which("prlimit")
    if prlimit is None:
        return argv
    command = [
        prlimit,
        f"--{'as' if limits.address_space else 'data'}={limits.memory_bytes}",
        f"--cpu={math.ceil(limits.timeout) + 5}",
        f"--fsize={limits.file_bytes}",
        "--core=0",
    ]
    if own_user_namespace and os.getuid() != 0 and _counts_per_namespace():
        command.append(f"--nproc={limits.max_processes}")
    return [*command, "--", *argv]


def _counts_per_namespace() -> bool:
    """Whether the kernel counts a user's processes in each user namespace apart (Linux 5.14)."""
    version = re.match(r"(\d+)\.(\d+)", platform.release())
    return version is not None and (int(version[1]), int(version[2])) >= (5, 14)
