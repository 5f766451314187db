"""Submodules in Tenon's worktrees, taken from the person's clones of them; nothing is fetched."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from agents.tools.git_command import GitCommand, GitFailedError, in_worktree


async def gitlinks(git: GitCommand) -> dict[str, str]:
    """Commit of each submodule in the index, by path."""
    records = (await git.run("ls-files", "--stage", "-z")).split("\0")
    found = (record.partition("\t") for record in records if record.startswith("160000 "))
    return {path: entry.split()[1] for entry, _, path in found}


async def fill(source: Path, target: Path) -> list[str]:
    """Check the submodules of worktree `target` out from their clones in `source`.

    Each becomes a worktree of the clone, so that it shares the clone's objects. Returns the
    submodules that are not there at that commit and stay empty folders.
    """
    missing: list[str] = []
    for path, commit in (await gitlinks(in_worktree(target))).items():
        clone, place = in_worktree(source / path), target / path
        if not await _has(clone, commit) or not await _linked(clone, place, commit):
            missing.append(path)
        else:
            missing += [f"{path}/{inner}" for inner in await fill(source / path, place)]
    return missing


async def release(source: Path, target: Path) -> None:
    """Make the clones in `source` forget their worktrees in `target`."""
    for path in await gitlinks(in_worktree(source)):
        clone, place = in_worktree(source / path), target / path
        if not (source / path / ".git").exists():
            continue
        await release(source / path, place)
        if f"worktree {place}\n" in await clone.run("worktree", "list", "--porcelain"):
            with suppress(GitFailedError):
                await clone.run("worktree", "remove", "--force", "--force", str(place))


async def _has(clone: GitCommand, commit: str) -> bool:
    if not (clone.directory / ".git").exists():
        return False
    return await clone.succeeds("cat-file", "-e", f"{commit}^{{commit}}")


async def _linked(clone: GitCommand, place: Path, commit: str) -> bool:
    command = ("worktree", "add", "--quiet", "--force", "--force", "--detach", str(place), commit)
    return await clone.succeeds(*command)
