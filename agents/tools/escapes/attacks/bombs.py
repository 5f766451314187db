"""Ways to take more than is given."""

from __future__ import annotations

import mmap
import os
import signal
import sys
import time

from .common import LINGER, MIB, Traps


def fork_bomb(_traps: Traps) -> str:
    count = mmap.mmap(-1, 8)
    while int.from_bytes(count[:], "little") < 400:  # bounded, in case it gets out
        if os.fork() == 0:
            count[:] = (int.from_bytes(count[:], "little") + 1).to_bytes(8, "little")
    time.sleep(2)
    return "400 processes at once"


def memory_bomb(_traps: Traps) -> str:
    held = []
    try:
        for _ in range(60):
            held.append(bytearray(b"x") * (8 * MIB))
    except MemoryError as error:
        raise OSError("no memory") from error
    return "%d MiB of memory" % (8 * len(held))


def memory_of_many(_traps: Traps) -> str:
    for _ in range(8):
        if os.fork() == 0:
            held = bytearray(b"x") * (60 * MIB)
            time.sleep(2)
            os._exit(len(held) % 2)
    time.sleep(1.5)
    return "480 MiB of memory"


def memory_files(_traps: Traps) -> str:
    if not hasattr(os, "memfd_create"):
        raise OSError("there are no memory files")
    for number in range(60):
        os.write(os.memfd_create("file%d" % number), bytes(8 * MIB))
    time.sleep(0.5)
    return "480 MiB of memory that no process is charged for"


def fill(folder: str, keep: bool) -> str:
    """Write 400 MiB into a folder."""
    for number in range(100):
        path = os.path.join(folder, "full%d" % number)
        file = os.open(path, os.O_WRONLY | os.O_CREAT)
        if not keep:
            os.unlink(path)
        if os.write(file, bytes(4 * MIB)) < 4 * MIB:
            raise OSError("no space left")
    time.sleep(0.5)
    return "400 MiB in " + folder


def temporary_files(_traps: Traps) -> str:
    return fill(os.environ["TMPDIR"], keep=True)


def disk_bomb(_traps: Traps) -> str:
    return fill(".", keep=True)


def hidden_disk_bomb(_traps: Traps) -> str:
    return fill(".", keep=False)


def huge_file(_traps: Traps) -> str:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with open("huge", "wb") as file:
        file.truncate(10**12)
    return "a file of a terabyte"


def endless_output(_traps: Traps) -> str:
    for _ in range(400_000):
        sys.stdout.write("x" * 1000 + "\n")
    return "400 MB of output"


def endless_loop(_traps: Traps) -> str:
    for name in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGXCPU):
        signal.signal(name, signal.SIG_IGN)
    end = time.monotonic() + LINGER
    while time.monotonic() < end:
        pass
    return "time without end"


def sleep(_traps: Traps) -> str:
    os.close(1)
    os.close(2)
    time.sleep(LINGER)
    return "time without end"
