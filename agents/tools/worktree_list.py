"""Creating, repairing and removing Git worktrees."""

from __future__ import annotations

import asyncio
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from agents.errors import GitRefusedError, NotReadyError
from agents.tools.git_command import NO_HOOKS, GitCommand, GitFailedError


@dataclass(frozen=True)
class Entry:
    """One worktree that the repository knows."""

    path: Path
    branch: str | None
    """None when its HEAD is detached."""
    locked: bool


async def entries(git: GitCommand) -> list[Entry]:
    """Every worktree of the repository, the main one first."""
    found: list[Entry] = []
    for block in (await git.run("worktree", "list", "--porcelain")).split("\n\n"):
        fields = dict(line.partition(" ")[::2] for line in block.splitlines())
        if "worktree" in fields:
            branch = fields.get("branch", "").removeprefix("refs/heads/") or None
            found.append(Entry(Path(fields["worktree"]), branch, "locked" in fields))
    return found


async def add(git: GitCommand, directory: Path, branch: str, base_commit: str) -> None:
    """Make `directory` a sound worktree of `branch`; what is sound already is kept.

    The branch starts at `base_commit` if it does not exist. Raises GitRefusedError if it is
    checked out elsewhere.
    """
    if await _is_sound(git, directory, branch):
        return
    await remove(git, directory)
    for entry in await entries(git):
        if entry.branch == branch:
            raise GitRefusedError(
                f"The branch {branch} is checked out in {entry.path}. Switch that folder to "
                "another branch and try again."
            )
    try:
        await asyncio.to_thread(directory.parent.mkdir, parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(directory.parent, error) from error
    exists = await git.succeeds("show-ref", "--verify", "--quiet", f"refs/heads/{branch}")
    new = ("--no-track", "-b", branch, str(directory), base_commit)
    place = (str(directory), branch) if exists else new
    await git.run(*NO_HOOKS, "worktree", "add", "--quiet", *place)


async def _is_sound(git: GitCommand, directory: Path, branch: str) -> bool:
    """Whether the worktree is registered, whole, on its branch and not in use by a dead Git."""
    known = [e for e in await entries(git) if e.path == directory and e.branch == branch]
    if not known or known[0].locked or not (directory / ".git").is_file():
        return False
    inside = GitCommand(directory)
    try:
        folder = Path((await inside.run("rev-parse", "--absolute-git-dir")).strip())
        await inside.run("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    except GitFailedError:
        return False
    return (folder / "index").exists() and not (folder / "index.lock").exists()


async def remove(git: GitCommand, directory: Path) -> None:
    """Remove a worktree, also a half-made one, one that is locked, or one whose folder is gone."""
    if any(entry.path == directory for entry in await entries(git)):
        with suppress(GitFailedError):
            await git.run("worktree", "remove", "--force", "--force", str(directory))
    if await asyncio.to_thread(directory.exists):
        try:
            await asyncio.to_thread(shutil.rmtree, directory)
        except OSError as error:
            raise _unwritable(directory, error) from error
        if any(entry.path == directory for entry in await entries(git)):
            await git.run("worktree", "remove", "--force", "--force", str(directory))


def _unwritable(folder: Path, error: OSError) -> NotReadyError:
    return NotReadyError(
        f"The folder {folder} cannot be changed ({error.strerror}). Tenon keeps its work there; "
        "make it writable, or set TENON_DATA_DIR to another folder.",
        "readOnly",
    )


async def delete_branch(git: GitCommand, branch: str) -> None:
    """Delete a branch if there is one and nobody has it checked out."""
    if not await git.succeeds("show-ref", "--verify", "--quiet", f"refs/heads/{branch}"):
        return
    if all(entry.branch != branch for entry in await entries(git)):
        await git.run("branch", "--quiet", "-D", branch)
