"""Creating, repairing and removing Git worktrees."""

from __future__ import annotations

import asyncio
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from agents.errors import GitRefusedError, NotReadyError
from agents.tools import large_files, submodules
from agents.tools.git_command import (
    NO_HOOKS,
    OWN,
    GitCommand,
    GitFailedError,
    in_worktree,
)


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


async def add(
    git: GitCommand, directory: Path, branch: str, base_commit: str, options: tuple[str, ...]
) -> tuple[str, ...]:
    """Make `directory` a sound worktree of `branch`; what is sound already is kept.

    The branch starts at `base_commit` if it does not exist. Returns what a fresh worktree
    lacks, in sentences. Raises GitRefusedError if the branch is checked out elsewhere, or
    cannot be.
    """
    if await _is_sound(git, directory, branch):
        return ()
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
    exists = await branch_exists(git, branch)
    if not exists:
        await _require_free_name(git, branch)
    new = ("--no-track", "-b", branch, str(directory), base_commit)
    place = (str(directory), branch) if exists else new
    try:
        await git.run(*NO_HOOKS, *OWN, *options, "worktree", "add", "--quiet", *place)
    except GitFailedError as error:
        if "promisor" in error.stderr or "not allowed" in error.stderr:
            raise GitRefusedError(_PARTIAL) from error
        raise
    return await _filled(git, directory, options)


_PARTIAL = (
    "This is a partial clone, and files that a worktree needs are not on this machine. Tenon "
    "fetches nothing; fetch them with: git fetch --refetch --no-filter"
)


async def _require_free_name(git: GitCommand, branch: str) -> None:
    """Git cannot have a branch ``a`` beside one named ``a/b``."""
    name, *rest = branch.split("/")
    for part in rest:
        if await branch_exists(git, name):
            raise GitRefusedError(
                f"Your branch {name} leaves no room for Tenon's branches, which are named "
                f"{name}/…. Rename it: git branch -m {name} other-name"
            )
        name = f"{name}/{part}"


async def _filled(git: GitCommand, directory: Path, options: tuple[str, ...]) -> tuple[str, ...]:
    """Submodules and large files, as far as they are on this machine; what is not, in words."""
    remarks = []
    if missing := await submodules.fill(git.directory, directory):
        remarks.append(
            f"The submodules {', '.join(missing)} are not checked out in your folder, so they are "
            "empty here. Fetch them with: git submodule update --init --recursive"
        )
    if pointers := await large_files.fill(in_worktree(directory, *options)):
        remarks.append(
            f"Git LFS has not fetched {', '.join(pointers[:5])}"
            f"{' and more' if len(pointers) > 5 else ''}, so tests see pointers instead of the "
            "content. Fetch it with: git lfs pull"
        )
    return tuple(remarks)


async def _is_sound(git: GitCommand, directory: Path, branch: str) -> bool:
    """Whether the worktree is registered, whole, on its branch and not in use by a dead Git."""
    known = [e for e in await entries(git) if e.path == directory and e.branch == branch]
    if not known or known[0].locked or not (directory / ".git").is_file():
        return False
    inside = in_worktree(directory)
    try:
        folder = Path((await inside.run("rev-parse", "--absolute-git-dir")).strip())
        await inside.run("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    except GitFailedError:
        return False
    return (folder / "index").exists() and not (folder / "index.lock").exists()


async def remove(git: GitCommand, directory: Path) -> None:
    """Remove a worktree, also a half-made one, one that is locked, or one whose folder is gone."""
    await submodules.release(git.directory, directory)
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


async def branch_exists(git: GitCommand, branch: str) -> bool:
    """Whether there is a branch of that name."""
    return await git.succeeds("show-ref", "--verify", "--quiet", f"refs/heads/{branch}")


async def delete_branch(git: GitCommand, branch: str) -> None:
    """Delete a branch if there is one and nobody has it checked out."""
    if not await branch_exists(git, branch):
        return
    if all(entry.branch != branch for entry in await entries(git)):
        await git.run("branch", "--quiet", "-D", branch)
