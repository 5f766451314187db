"""Copies of a repository, in each of which another text of one file can stand."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from agents.tools.limits import MIB
from agents.tools.mutation.channel import EvaluationError
from agents.tools.runners.node_modules import FOLDER, lent

NOT_COPIED = (".git", ".venv", "venv", "node_modules", "__pycache__")
_MOST_BYTES = 256 * MIB
_MANY_FILES = 2000
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
    """At most `count` copies of `root` in `folder`, with installed packages lent as `modules`.

    Of many files there are two copies at most. But for the target the copies share their bytes.
    Raises EvaluationError if the repository is too large to be copied.
    """
    if _files(root) > _MANY_FILES:
        count = min(count, 2)
    first = folder / "copy-0"
    shutil.copytree(root, first, symlinks=True, ignore=shutil.ignore_patterns(*NOT_COPIED))
    with ExitStack() as stack:
        stack.enter_context(lent(first, modules))
        places = [first, *(folder / f"copy-{number}" for number in range(1, count))]
        for place in places[1:]:
            _linked(first, place, target, modules)
        for place in places if protect else ():
            _protect(place, True)
            stack.callback(_protect, place, False)
        yield [Copy(place.resolve(), target, protect) for place in places]


def _linked(first: Path, copy: Path, target: str, modules: Iterable[str]) -> None:
    """Another copy that shares all files but the target, and the packages."""
    ignored = shutil.ignore_patterns(FOLDER)
    shutil.copytree(first, copy, symlinks=True, copy_function=os.link, ignore=ignored)
    if (copy / target).exists():
        (copy / target).unlink()
        shutil.copy2(first / target, copy / target)
    for place in modules:
        if (first / place).is_dir() and (copy / place).parent.is_dir():
            _share(first / place, copy / place, first, copy)


def _share(packages: Path, place: Path, first: Path, copy: Path) -> None:
    """Packages of the first copy; those of the repository itself are the copy's own."""
    links = [p for p in (*packages.glob("*"), *packages.glob("@*/*")) if p.is_symlink()]
    own = [link for link in links if link.readlink().is_relative_to(first)]
    if not own:
        place.symlink_to(packages)
        return
    shutil.copytree(packages, place, symlinks=True)
    for link in own:
        moved = place / link.relative_to(packages)
        moved.unlink()
        moved.symlink_to(copy / link.readlink().relative_to(first))


def _files(root: Path) -> int:
    """How many files there are; raises EvaluationError if they are too large."""
    size = count = 0
    for place, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name not in NOT_COPIED]
        size += sum((Path(place) / file).lstat().st_size for file in files)
        count += len(files)
        if size > _MOST_BYTES:
            raise EvaluationError("the repository is too large to be copied for mutants")
    return count


def _protect(root: Path, on: bool) -> None:
    """Take away the permission to write, or give it back to the owner."""
    for path in [root, *root.rglob("*")]:
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode & ~_WRITABLE if on else mode | stat.S_IWUSR)
