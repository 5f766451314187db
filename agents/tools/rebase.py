"""Replaying a branch's commits on another commit, in a worktree whose HEAD is detached."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from agents.errors import MergeConflictError
from agents.tools.confine import writable
from agents.tools.git_command import GitCommand, GitFailedError

_OPTIONS = (
    *("-c", "rebase.updateRefs=false", "-c", "rebase.autoStash=false"),
    *("-c", "rerere.enabled=false", "-c", "core.commentChar=auto"),
)


@dataclass(frozen=True)
class Conflict:
    """A file that both sides changed; a text is None where the side has no such file."""

    path: str
    base: str | None
    ours: str | None
    """As the commit has it that is built upon."""
    theirs: str | None
    """As the replayed commit has it."""


Resolve = Callable[[Conflict], str | None]
"""The text that a file in conflict is to have, or None if a person has to say."""


def never(_conflict: Conflict) -> None:
    """Resolve nothing."""


async def replay(git: GitCommand, onto: str, since: str, resolve: Resolve) -> str:
    """Put the commits of HEAD after `since` on top of `onto`; returns the new HEAD.

    Commits that `onto` has already are kept, empty. Raises MergeConflictError; the rebase is
    then given up.
    """
    options = ("--quiet", "--empty=keep", "--no-fork-point", "--no-autosquash")
    command: tuple[str, ...] = ("rebase", *options, "--onto", onto, since)
    try:
        while True:
            try:
                await git.run(*_OPTIONS, *command)
                return (await git.run("rev-parse", "HEAD")).strip()
            except GitFailedError:
                if not await _resolved(git, onto, resolve):
                    raise
            command = ("rebase", "--continue")
    except BaseException:
        await git.succeeds("rebase", "--abort")
        raise


async def _resolved(git: GitCommand, onto: str, resolve: Resolve) -> bool:
    """Whether there was a conflict, which `resolve` has ended. Raises MergeConflictError."""
    paths = (await git.run("diff", "--name-only", "--diff-filter=U", "-z")).split("\0")[:-1]
    left = []
    for path in paths:
        sides = [await _side(git, number, path) for number in (1, 2, 3)]
        text = resolve(Conflict(path, *sides))
        if text is None:
            left.append(path)
            continue
        writable(git.directory, path).write_bytes(text.encode())
        await git.run("add", "--force", "--", path)
    if left:
        raise MergeConflictError(onto[:12], left)
    return bool(paths)


async def _side(git: GitCommand, number: int, path: str) -> str | None:
    try:
        return (await git.run_bytes("cat-file", "blob", f":{number}:{path}")).decode()
    except (GitFailedError, UnicodeDecodeError):
        return None
