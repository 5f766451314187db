"""Whether the files that a ticket is to change are files that it can change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from agents.errors import TicketBlockedError
from agents.tools import large_files, submodules
from agents.tools.git_command import GitCommand, GitFailedError


async def require_changeable(git: GitCommand, paths: Sequence[str]) -> None:
    """Refuse what cannot be committed in a worktree, or not for everybody.

    `paths` may be new. Raises TicketBlockedError for a file in a submodule, one that Git LFS
    keeps, and one whose name differs only in case from another's.
    """
    tracked = [path for path in (await git.run("ls-files", "-z")).split("\0") if path]
    for path, link in _inside(paths, await submodules.gitlinks(git)):
        raise TicketBlockedError(
            f"{path} lies in the submodule {link}, which has a history of its own. Open the "
            "submodule's folder and make the ticket there."
        )
    for path in await large_files.stored(git, paths):
        raise TicketBlockedError(
            f"{path} is kept by Git LFS (.gitattributes), and the team writes text files only. "
            "Choose another file, or take it out of Git LFS."
        )
    for path, other in _clashes(paths, tracked):
        raise TicketBlockedError(
            f"{path} and {other} differ only in case, and on Windows and macOS they are one. "
            f"Name the file as {other} is, or rename that one."
        )
    if await _ignores_case(git):
        for path, other in _clashes(tracked, tracked):
            raise TicketBlockedError(
                f"{path} and {other} differ only in case, and this file system holds only one of "
                "them (core.ignorecase). Rename one, and run the ticket again."
            )


def _inside(paths: Sequence[str], links: Iterable[str]) -> Iterable[tuple[str, str]]:
    for path in paths:
        yield from ((path, link) for link in links if f"{path}/".startswith(f"{link}/"))


def _clashes(paths: Sequence[str], tracked: Sequence[str]) -> Iterable[tuple[str, str]]:
    """Each of `paths` with what has the same name but for case: a file, or a folder of one."""
    known = {path.casefold(): path for path in tracked}
    known |= {f.casefold(): f for path in tracked for f in _folders(path)}
    for path in paths:
        for part in (path, *_folders(path)):
            other = known.get(part.casefold(), part)
            if other != part:
                yield part, other


def _folders(path: str) -> list[str]:
    return [str(folder) for folder in PurePosixPath(path).parents if str(folder) != "."]


async def _ignores_case(git: GitCommand) -> bool:
    try:
        answer = await git.run("config", "--type=bool", "--get", "core.ignorecase")
    except GitFailedError:
        return False
    return answer.strip() == "true"
