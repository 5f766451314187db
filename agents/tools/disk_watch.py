"""How much a run adds to the disk."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from agents.tools.limits import Limits
from agents.tools.process_tree import open_but_deleted

_CLOCK = 0.05
"""Seconds by which a file system's clock may be behind."""


class DiskWatch:
    """Tells when a run has added too much to the folders that it may write to.

    The size of the whole file system is asked for often, since that costs nothing. Others write
    to it as well, so when it has grown the run's own files are counted before it is blamed.
    """

    def __init__(self, folders: Sequence[Path], limits: Limits) -> None:
        self._folders = folders
        self._bytes, self._files = limits.disk_bytes, limits.disk_files
        self._since = time.time() - _CLOCK
        self._before = self._used()

    def is_full(self, root: int) -> bool:
        """Whether the processes below `root` have written more than they may."""
        now = self._used()
        grown = any(
            size - self._before[device][0] > self._bytes
            or files - self._before[device][1] > self._files
            for device, (size, files) in now.items()
            if device in self._before
        )
        if not grown:
            return False
        if self._written() or open_but_deleted(root) > self._bytes:
            return True
        self._before = now  # it was somebody else
        return False

    def _used(self) -> dict[int, tuple[int, int]]:
        """Bytes and files in use on each of the file systems."""
        found: dict[int, tuple[int, int]] = {}
        for folder in self._folders:
            with suppress(OSError):
                system = os.statvfs(folder)
                size = (system.f_blocks - system.f_bfree) * system.f_frsize
                found[folder.stat().st_dev] = (size, system.f_files - system.f_ffree)
        return found

    def _written(self) -> bool:
        """Whether what was made or changed in the folders is more than allowed."""
        size = files = 0
        for status in self._statuses():
            if status.st_ctime >= self._since:
                files += 1
                size += 512 * status.st_blocks if stat.S_ISREG(status.st_mode) else 0
            if size > self._bytes or files > self._files:
                return True
        return False

    def _statuses(self) -> Iterator[os.stat_result]:
        waiting = [os.fspath(folder) for folder in self._folders]
        while waiting:
            with suppress(OSError), os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    with suppress(OSError):
                        yield entry.stat(follow_symlinks=False)
                        if entry.is_dir(follow_symlinks=False):
                            waiting.append(entry.path)
