"""What the ways of fetching a file share: progress, errors and the check of free space.

All of them extend one partial file, which always holds the first bytes of the wanted file.
So an interrupted fetch goes on where it stopped, even from another source.
"""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from agents.inference import ModelUnavailableError
from server.models.catalog import CatalogModel

OnProgress = Callable[[int, int, str], None]
"""Called with (bytes there, bytes in all, what is being done)."""

BLOCK_BYTES = 1 << 20


class SourceError(Exception):
    """One source cannot give the file; another may. The message is one line."""


class NotOfferedError(SourceError):
    """The source does not have the file at all, which is no news for a person."""


class FetchError(ModelUnavailableError):
    """No source could give the file. The message lists what each said and what to do."""


class DiskFullError(FetchError):
    """The file does not fit on the disk. What was fetched is kept."""


@dataclass(frozen=True)
class Transfer:
    """One file on its way into the folder of models."""

    model: CatalogModel
    models_dir: Path
    on_progress: OnProgress

    @property
    def partial(self) -> Path:
        """The file that grows; renamed to its final name once it is verified."""
        target = self.model.path(self.models_dir)
        return target.with_name(target.name + ".partial")

    @property
    def done_bytes(self) -> int:
        """How much of the file is there. A partial file that is too long is thrown away."""
        if not self.partial.exists():
            return 0
        size = self.partial.stat().st_size
        if size > self.model.size_bytes:
            self.partial.unlink()
            return 0
        return size

    def report(self, done_bytes: int, text: str) -> None:
        """Tell how far it is."""
        self.on_progress(done_bytes, self.model.size_bytes, f"{self.model.id}: {text}")

    def require_space(self, needed_bytes: int) -> None:
        """Raise DiskFullError unless that much is free."""
        free = shutil.disk_usage(self.models_dir).free
        if free < needed_bytes:
            raise DiskFullError(self._disk_full_message(needed_bytes, free))

    @contextmanager
    def disk_full_named(self) -> Iterator[None]:
        """Turn the operating system's "no space left" into DiskFullError."""
        try:
            yield
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            raise self.disk_full() from error

    def disk_full(self) -> DiskFullError:
        """Return the error for a disk that filled up on the way."""
        needed = self.model.size_bytes - self.done_bytes
        return DiskFullError(
            self._disk_full_message(needed, shutil.disk_usage(self.models_dir).free)
        )

    def _disk_full_message(self, needed: int, free: int) -> str:
        return (
            f"{self.model.id} needs {megabytes(needed)} more in {self.models_dir}, but only "
            f"{megabytes(free)} are free. Free some space, or choose another folder with "
            "TENON_CACHE_DIR; what has been fetched is kept."
        )


def megabytes(count: int) -> str:
    """Return a size for people, in units of a million bytes."""
    return f"{count / 1e6:,.0f} MB"
