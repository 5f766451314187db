"""The user's repository. Reading it changes nothing; two methods change it, and say so."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from agents.errors import GitRefusedError, NotReadyError
from agents.fault_points import fault_point
from agents.tools import large_files, merge, worktree_list
from agents.tools.commits import identity, in_words
from agents.tools.confine import decode
from agents.tools.git_command import GitCommand, GitFailedError
from agents.tools.worktree import Worktree
from agents.uninterrupted import uninterrupted

__all__ = ["ChangedFile", "Head", "Workspace", "Worktree"]

_STALE_SECONDS = 60
_STATUS: dict[str, Literal["added", "modified", "deleted"]] = {"A": "added", "D": "deleted"}


@dataclass(frozen=True)
class Head:
    """What is checked out."""

    branch: str | None
    """None when HEAD is detached."""
    commit: str


@dataclass(frozen=True)
class ChangedFile:
    """A file that differs between two commits; a renamed one is deleted and added."""

    path: str
    status: Literal["added", "modified", "deleted"]


class Workspace:
    """The repository in the folder that the person has open.

    Working tree, index and checked-out branch change in `commit_file` and `finish_merge` only.
    Paths are relative to `root`, with forward slashes. Methods raise GitRefusedError with
    Git's own words where nothing else is said.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._git = GitCommand(root)
        self._adding = asyncio.Lock()
        """Git fails where it reads what it has half written about another new worktree."""

    @classmethod
    async def open(cls, path: Path) -> Workspace:
        """The repository around `path`. Raises NotReadyError if it cannot be worked on."""
        git = GitCommand(path)
        try:
            answer = await git.run("rev-parse", "--is-inside-work-tree", "--is-bare-repository")
        except GitFailedError as error:
            raise _unusable(path, error) from error
        if answer.split() != ["true", "false"]:
            raise NotReadyError(
                f"{path} is a bare repository or a .git folder, which has no files to work on. "
                "Open a clone of it.",
                "noRepository",
            )
        root = (await git.run("rev-parse", "--show-toplevel")).removesuffix("\n")
        if not await git.succeeds("rev-parse", "--verify", "--quiet", "HEAD^{commit}"):
            raise NotReadyError(
                "The repository has no commit yet. Make a first one, for instance with: "
                'git add . && git commit -m "First commit"',
                "noCommit",
            )
        return cls(await asyncio.to_thread(Path(root).resolve))

    async def head(self) -> Head:
        """Branch and commit that are checked out."""
        commit = (await self._git.run("rev-parse", "HEAD")).strip()
        try:
            branch = (await self._git.run("symbolic-ref", "--quiet", "--short", "HEAD")).strip()
        except GitFailedError:
            return Head(None, commit)
        return Head(branch, commit)

    async def read_only_folder(self) -> Path | None:
        """The first folder that branches and commits need and this user may not write in."""
        inside = ("--git-common-dir", "--git-path", "objects", "--git-path", "refs/heads")
        known = await self._git.run("rev-parse", "--path-format=absolute", *inside)
        folders = [self.root, *map(Path, known.splitlines())]
        return next((folder for folder in folders if not os.access(folder, os.W_OK)), None)

    async def dirty_files(self) -> list[str]:
        """Files with changes that are not committed: staged, unstaged and untracked."""
        return await merge.dirty_files(self._git)

    async def tracked_files(self, commit: str = "HEAD") -> list[str]:
        """Ordinary files of `commit`, without links and submodules."""
        return list(await self._blobs(commit))

    async def _blobs(self, commit: str, *paths: str) -> dict[str, str]:
        """Object id of each ordinary file."""
        arguments = ("ls-tree", "-r", "-z", "--full-tree", commit)
        found: dict[str, str] = {}
        for record in (await self._git.run(*arguments, *paths)).split("\0"):
            kind, _, path = record.partition("\t")
            if kind.startswith("100"):
                found[path] = kind.split()[2]
        return found

    async def read_file(self, commit: str, path: str) -> str | None:
        """Text of a file as it is in `commit`, None if there is none.

        Raises NotReadyError, with the file's name, if it is not UTF-8.
        """
        blob = (await self._blobs(commit, path)).get(path)
        if blob is None:
            return None
        return decode(await self._git.run_bytes("cat-file", "blob", blob), path)

    async def read_files(self, commit: str, paths: Sequence[str]) -> dict[str, str]:
        """Texts of many files at once; those that are absent or not UTF-8 are left out."""
        blobs = await self._blobs(commit)
        known = [path for path in paths if path in blobs]
        names = "".join(f"{blobs[path]}\n" for path in known)
        data = await self._git.run_bytes("cat-file", "--batch", data=names.encode())
        texts: dict[str, str] = {}
        for path in known:
            header, _, data = data.partition(b"\n")
            size = int(header.split()[-1])
            with suppress(UnicodeDecodeError):
                texts[path] = data[:size].decode()
            data = data[size + 1 :]
        return texts

    async def commit_file(self, path: str, message: str) -> str:
        """Commit exactly this file on the checked-out branch, as the person would.

        Whatever else is staged or changed stays so. The person's hooks run. Returns the
        commit's id; without a change, that of the last commit. Raises GitRefusedError if HEAD
        is detached, a merge is under way or a hook refuses.
        """
        if (await self.head()).branch is None:
            raise GitRefusedError(
                "No branch is checked out (detached HEAD). Switch to one, then accept again: "
                "git switch <branch>"
            )
        if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
            raise GitRefusedError(f"{path} is not a file of this repository.")
        known = await self._git.succeeds("ls-files", "--error-unmatch", "--", path)
        if not known:
            await self._git.run("add", "--intent-to-add", "--", path)
        try:
            if not await self._git.succeeds("diff", "--quiet", "HEAD", "--", path):
                who = await identity(self._git)
                await self._git.run(
                    *who, "commit", "--quiet", "-m", message.strip(), "--only", "--", path
                )
        except BaseException as error:
            if not known:
                await uninterrupted(self._git.run("reset", "--quiet", "--", path))
            if isinstance(error, GitFailedError):
                raise await in_words(self._git, error) from error
            raise
        return (await self.head()).commit

    async def create_worktree(
        self, directory: Path, branch: str, base_commit: str, *, hooks: bool = False
    ) -> Worktree:
        """A checkout of `branch` in `directory`, outside the workspace.

        A branch of that name and a sound worktree are used as they are; a half-made worktree
        is made anew. With `hooks`, the person's run for commits. Raises GitRefusedError if the
        branch is checked out elsewhere or cannot be made.
        """
        directory = await self._outside(directory)
        options = await large_files.filter_options(self._git)
        async with self._adding:
            remarks = await worktree_list.add(self._git, directory, branch, base_commit, options)
        worktree = Worktree(directory, branch, options, hooks=hooks)
        worktree.remarks = remarks
        return worktree

    async def remove_worktree(self, directory: Path, branch: str | None) -> None:
        """Remove a worktree, whole or half-made, and its branch unless it is None.

        Nothing happens for what is gone already; a branch that is checked out elsewhere stays.
        """
        await worktree_list.remove(self._git, await self._outside(directory))
        fault_point("remove: worktree gone")
        if branch:
            await self.delete_branch(branch)
            fault_point("remove: branch gone")

    async def delete_branch(self, branch: str) -> None:
        """Delete a branch of Tenon's own, unless it is gone or checked out."""
        await worktree_list.delete_branch(self._git, branch)

    async def _outside(self, directory: Path) -> Path:
        """`directory`, resolved; whatever holds or lies in the workspace is refused."""
        directory = await asyncio.to_thread(directory.resolve)
        if directory.is_relative_to(self.root) or self.root.is_relative_to(directory):
            raise GitRefusedError(f"A worktree cannot be in {directory}: it overlaps your own.")
        return directory

    async def merge_base(self, a: str, b: str) -> str:
        """Id of the commit where `a` and `b` parted."""
        return (await self._git.run("merge-base", a, b)).strip()

    async def diff(self, base: str, tip: str) -> str:
        """Unified diff between two commits."""
        options = ("--no-ext-diff", "--no-color", "--no-textconv", "--no-renames")
        return await self._git.run("diff", *options, base, tip, "--")

    async def changed_files(self, base: str, tip: str) -> list[ChangedFile]:
        """Files that differ between two commits."""
        command = ("diff", "--name-status", "--no-renames", "-z", base, tip, "--")
        fields = (await self._git.run(*command)).split("\0")
        pairs = zip(fields[::2], fields[1::2], strict=False)
        return [ChangedFile(path, _STATUS.get(status, "modified")) for status, path in pairs]

    async def prepare_merge(self, base_branch: str, branch: str, message: str) -> str:
        """Build the merge commit of `branch` into `base_branch`; no branch or file changes.

        Returns its id, or that of the base if it holds the branch already. Raises
        MergeConflictError naming the files, and GitRefusedError.
        """
        return await merge.prepare(self._git, base_branch, branch, message)

    async def finish_merge(self, base_branch: str, merge_commit: str) -> None:
        """Move `base_branch` to a prepared merge; if it is checked out here, the files follow.

        Nothing happens if that is done already. Raises GitRefusedError, with nothing changed,
        naming the person's files that are in the way, or if the branch has moved meanwhile.
        """
        await merge.finish(self._git, base_branch, merge_commit)

    async def tip(self, branch: str) -> str | None:
        """Id of the last commit of `branch`, None if there is no such branch."""
        name = f"refs/heads/{branch}^{{commit}}"
        try:
            return (await self._git.run("rev-parse", "--verify", "--quiet", name)).strip()
        except GitFailedError:
            return None

    async def move_branch(self, branch: str, commit: str, expected: str) -> None:
        """Move a branch of Tenon's own. Raises GitRefusedError if it is not at `expected`."""
        reference = f"refs/heads/{branch}"
        await self._git.run("update-ref", "-m", "tenon: rebase", reference, commit, expected)

    async def branches(self, folder: str) -> set[str]:
        """Names of the branches below ``folder/``."""
        command = ("for-each-ref", "--format=%(refname:lstrip=2)", f"refs/heads/{folder}/")
        return set((await self._git.run(*command)).split())

    async def worktrees_in(self, folder: Path) -> set[Path]:
        """Worktrees below `folder`: those that Git knows, and those that are only folders."""
        folder = await asyncio.to_thread(folder.resolve)
        known = {entry.path for entry in await worktree_list.entries(self._git)}
        there = await asyncio.to_thread(_folders, folder)
        return {path for path in known if path.parent == folder} | there

    async def drop_stale_locks(self, *folders: str) -> None:
        """Remove what a killed Git has locked of the references below ``refs/<folder>/``.

        Git holds such a lock for milliseconds; one that is a minute old belongs to nobody.
        """
        common = Path((await self._git.run("rev-parse", "--git-common-dir")).strip())
        await asyncio.to_thread(_drop_locks, [self.root / common / "refs" / f for f in folders])

    async def contains(self, branch: str, commit: str) -> bool:
        """Whether `branch` holds `commit`; False if either does not exist."""
        return await merge.is_ancestor(self._git, commit, f"refs/heads/{branch}")

    async def branch_commits(self, base: str, branch: str) -> list[str]:
        """Ids of the commits of `branch` that `base` does not have, oldest first."""
        return (await self._git.run("rev-list", "--reverse", f"{base}..{branch}", "--")).split()

    async def archive_branch(self, branch: str, name: str) -> str | None:
        """Keep the tip of `branch` under ``refs/tenon/archive/<name>/``; None if it is gone."""
        commit = await self.tip(branch)
        if commit is None:
            return None
        reference = f"refs/tenon/archive/{name}/{commit[:12]}"
        await self._git.run("update-ref", reference, commit)
        return reference


def _folders(folder: Path) -> set[Path]:
    return {path for path in folder.iterdir() if path.is_dir()} if folder.is_dir() else set()


def _drop_locks(folders: Sequence[Path]) -> None:
    for lock in (lock for folder in folders for lock in folder.rglob("*.lock")):
        with suppress(OSError):
            if time.time() - lock.stat().st_mtime > _STALE_SECONDS:
                lock.unlink()


def _unusable(path: Path, error: GitFailedError) -> NotReadyError:
    if "dubious ownership" in error.stderr:
        return NotReadyError(
            f"Git does not trust {path} because it belongs to another user. If you do: "
            f"git config --global --add safe.directory {path}"
        )
    return NotReadyError(
        f"{path} is not in a Git repository. Create one there with: git init",
        "noRepository",
    )
