"""Files that Git LFS keeps elsewhere: nothing is fetched, no pointer taken for content."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from agents.tools.git_command import GitCommand, GitFailedError

_POINTER = b"version https://git-lfs.github.com/spec/"
_NO_FILTER = (
    *("-c", "filter.lfs.process=", "-c", "filter.lfs.smudge="),
    *("-c", "filter.lfs.clean=", "-c", "filter.lfs.required=false"),
)


async def filter_options(git: GitCommand) -> tuple[str, ...]:
    """Options that leave pointers as they are where git-lfs is asked for but not installed."""
    if not await git.succeeds("config", "--get-regexp", r"^filter\.lfs\."):
        return ()
    return () if await git.succeeds("lfs", "version") else _NO_FILTER


async def fill(git: GitCommand) -> list[str]:
    """Put contents in the place of pointers in a fresh worktree, as far as they are here.

    Returns the files that stay pointers.
    """
    files = await stored(git, await _tracked(git))
    pointers = await asyncio.to_thread(_pointers, git.directory, files)
    if not pointers:
        return []
    try:
        await git.run("lfs", "checkout")
    except GitFailedError:  # git-lfs is not installed
        return pointers
    return await asyncio.to_thread(_pointers, git.directory, files)


async def stored(git: GitCommand, paths: Sequence[str]) -> list[str]:
    """Those of `paths` that Git LFS keeps, by their attributes."""
    names = "".join(f"{path}\0" for path in paths).encode()
    fields = (await git.run("check-attr", "-z", "--stdin", "filter", data=names)).split("\0")
    return [p for p, value in zip(fields[::3], fields[2::3], strict=False) if value == "lfs"]


async def _tracked(git: GitCommand) -> list[str]:
    return [path for path in (await git.run("ls-files", "-z")).split("\0") if path]


def _pointers(root: Path, files: Sequence[str]) -> list[str]:
    return [path for path in files if _is_pointer(root / path)]


def _is_pointer(path: Path) -> bool:
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(_POINTER)) == _POINTER
