"""Copies of a repository, in each of which another text of one file can stand."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from agents.tools.limits import MIB
from agents.tools.mutation.channel import EvaluationError
from agents.tools.runners.node_modules import lent

NOT_COPIED = (".git", ".venv", "venv", "node_modules", "__pycache__")
_MOST_BYTES = 256 * MIB
_FIRST_TIME = 1_000_000_000
_WRITABLE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


class Copy:
    """One copy, which its tests find read-only."""

    def __init__(self, root: Path, target: str, protect: bool) -> None:
        self.root = root
        self.target = root / target
        self._puts = 0
        self._protect = protect
        """Whether nothing but permissions keeps tests from writing."""

    def put(self, text: str) -> None:
        """Have `text` as the target file."""
        self.target.parent.mkdir(parents=True, exist_ok=True)
        if self._protect and self.target.exists():
            self.target.chmod(self.target.stat().st_mode | stat.S_IWUSR)
        self.target.write_bytes(text.encode("utf-8", "surrogatepass"))
        # Jest tells texts apart by their times.
        self._puts += 1
        os.utime(self.target, (_FIRST_TIME + self._puts,) * 2)
        if self._protect:
            self.target.chmod(self.target.stat().st_mode & ~_WRITABLE)


@contextmanager
def copies(
    root: Path, folder: Path, target: str, modules: Mapping[str, Path], count: int, protect: bool
) -> Iterator[list[Copy]]:
    """So many copies of `root` in `folder`, with installed packages lent as `modules`.

    Raises EvaluationError if the repository is too large for that.
    """
    _measure(root)
    with ExitStack() as stack:
        made = []
        for number in range(count):
            copy = folder / f"copy-{number}"
            ignored = shutil.ignore_patterns(*NOT_COPIED)
            shutil.copytree(root, copy, symlinks=True, ignore=ignored)
            stack.enter_context(lent(copy, modules))
            if protect:
                _protect(copy, True)
                stack.callback(_protect, copy, False)
            made.append(Copy(copy.resolve(), target, protect))
        yield made


def _measure(root: Path) -> None:
    size = 0
    for place, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name not in NOT_COPIED]
        size += sum((Path(place) / file).lstat().st_size for file in files)
        if size > _MOST_BYTES:
            raise EvaluationError("the repository is too large to be copied for mutants")


def _protect(root: Path, on: bool) -> None:
    """Take away the permission to write, or give it back to the owner."""
    for path in [root, *root.rglob("*")]:
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode & ~_WRITABLE if on else mode | stat.S_IWUSR)
