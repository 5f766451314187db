"""The worker processes that this process has started."""

import os
from pathlib import Path


def worker_pids() -> set[int]:
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
    found = set()
    for pid in map(int, children):
        try:
            if b"server.models.worker" in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.add(pid)
        except OSError:
            continue  # it ended just now
    return found
