"""Merging a ticket's branch: built beside everything first, then moved in one step."""

from __future__ import annotations

import os
from pathlib import Path

from agents.errors import GitRefusedError, MergeConflictError
from agents.tools.commits import commit_tree
from agents.tools.git_command import GitCommand, GitFailedError
from agents.tools.worktree_list import entries


async def prepare(git: GitCommand, base_branch: str, branch: str, message: str) -> str:
    """Id of the merge commit of `branch` into `base_branch`; no branch or file changes.

    If the base holds the branch already, that is its own last commit. It is signed where the
    person's commits are. Raises MergeConflictError naming the files, and GitRefusedError.
    """
    base = await _commit_of(git, base_branch)
    tip = await _commit_of(git, branch)
    if await is_ancestor(git, tip, base):
        return base
    tree = await _merged_tree(git, base_branch, base, tip)
    return await commit_tree(git, tree, (base, tip), message)


async def _commit_of(git: GitCommand, branch: str) -> str:
    try:
        return (await git.run("rev-parse", "--verify", f"refs/heads/{branch}^{{commit}}")).strip()
    except GitFailedError as error:
        raise GitRefusedError(f"There is no branch {branch} any more.") from error


async def _merged_tree(git: GitCommand, base_branch: str, base: str, tip: str) -> str:
    command = ("merge-tree", "--write-tree", "--name-only", "--no-messages", "-z", base, tip)
    try:
        return (await git.run(*command)).rstrip("\0\n")
    except GitFailedError as error:
        if error.exit_code == 1:
            files = sorted(set(error.stdout.split("\0")[1:]) - {""})
            raise MergeConflictError(base_branch, files) from error
        if "unrelated histories" in error.stderr:
            raise GitRefusedError(
                f"The ticket's branch and {base_branch} have no commit in common here. In a "
                "shallow clone, fetch the history between them: git fetch --unshallow. If the "
                "history was written anew, run the ticket again."
            ) from error
        if error.exit_code == 129:  # Git's exit code for an option that it does not know
            raise GitRefusedError("Merging needs Git 2.38 or newer.") from error
        raise


async def finish(git: GitCommand, base_branch: str, merge_commit: str) -> None:
    """Move `base_branch` to `merge_commit`; nothing happens if it is there already.

    Where the branch is checked out, the files follow. Raises GitRefusedError, with nothing
    changed, if work that is not committed is in the way.
    """
    base = await _commit_of(git, base_branch)
    if await is_ancestor(git, merge_commit, base):
        return
    if not await is_ancestor(git, base, merge_commit):
        raise GitRefusedError(
            f"{base_branch} has new commits since the merge was prepared. Accept the ticket again."
        )
    holder = [entry.path for entry in await entries(git) if entry.branch == base_branch]
    if not holder:
        reference = f"refs/heads/{base_branch}"
        await git.run("update-ref", "-m", "tenon: merge", reference, merge_commit, base)
    elif holder == [git.directory]:
        await _move_files(git, base, merge_commit)
    else:
        raise GitRefusedError(
            f"{base_branch} is checked out in {holder[0]}. Switch that folder to another branch, "
            "or open it and accept the ticket there."
        )


async def is_ancestor(git: GitCommand, commit: str, of: str) -> bool:
    """Whether `of` contains `commit`; False if either does not exist."""
    return await git.succeeds("merge-base", "--is-ancestor", commit, of)


async def _move_files(git: GitCommand, base: str, merge_commit: str) -> None:
    changed = await _changed(git, base, merge_commit)
    # Git would notice only after it has changed the files of other folders.
    if unwritable := sorted({str(f) for p in changed if (f := _read_only(git.directory / p))}):
        raise GitRefusedError(
            f"The ticket changes files in {', '.join(unwritable)}, and you may not write there. "
            "Give yourself the right to, then accept again."
        )
    blocked = await _in_the_way(git, changed)
    if blocked:
        raise GitRefusedError(
            "These files have changes that are not committed, and the ticket changes them too: "
            f"{', '.join(blocked)}. Commit, stash or move them, then accept again."
        )
    options = ("--ff-only", "--no-autostash", "--no-stat", "--quiet")
    await git.run("merge", *options, merge_commit)


async def _changed(git: GitCommand, base: str, merge_commit: str) -> dict[str, str]:
    """Git's letter for the change of each file."""
    command = ("diff", "--name-status", "--no-renames", "-z", base, merge_commit)
    fields = (await git.run(*command)).split("\0")
    return dict(zip(fields[1::2], fields[::2], strict=False))


async def _in_the_way(git: GitCommand, changed: dict[str, str]) -> list[str]:
    """Files of the person's that the merge would overwrite, ignored ones too."""
    dirty = set(await dirty_files(git))
    added = {path for path, status in changed.items() if status == "A"}
    return sorted((dirty & set(changed)) | {p for p in added if _is_taken(git.directory, p)})


def _read_only(path: Path) -> Path | None:
    """The folder that a file lies or will lie in, if this user may not write there."""
    folder = next(folder for folder in path.parents if folder.is_dir())
    return None if os.access(folder, os.W_OK) else folder


def _is_taken(root: Path, path: str) -> bool:
    """Whether a file lies where a new one, or one of its folders, would go."""
    target = root / path
    folders = [folder for folder in target.parents if folder != root and root in folder.parents]
    is_file = any(f.is_symlink() or (f.exists() and not f.is_dir()) for f in folders)
    return is_file or target.is_symlink() or target.exists()


async def dirty_files(git: GitCommand) -> list[str]:
    """Files with changes that are not committed: staged, unstaged and untracked."""
    command = ("--no-optional-locks", "-c", "status.renames=false", "status")
    text = await git.run(*command, "--porcelain", "--untracked-files=all", "-z")
    return [record[3:] for record in text.split("\0") if record]
