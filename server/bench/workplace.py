"""A fresh repository for one task, and a clean checkout of it for the judge."""

from __future__ import annotations

import subprocess
from pathlib import Path

from agents.tools.runners.node_modules import FOLDER
from server.bench.task import Task

_GIT = (
    *("git", "-c", "core.hooksPath=/dev/null", "-c", "commit.gpgSign=false"),
    *("-c", "user.name=Tenon bench", "-c", "user.email=bench@tenon.invalid"),
)


def new_repository(task: Task, folder: Path) -> Path:
    """`folder` as a repository on branch main with one commit of the task's files."""
    folder.mkdir(parents=True)
    write_files(folder, {"README.md": f"# {task.name}\n\n{task.instructions}\n", **task.files})
    _git(folder, "init", "--quiet", "--initial-branch=main")
    _git(folder, "add", "--all", "--force")
    _git(folder, "commit", "--quiet", "--message", f"The task {task.name}")
    _install(folder, task)
    return folder.resolve()


def commit(repository: Path, files: dict[str, str]) -> None:
    """Put `files` into the repository's branch."""
    write_files(repository, files)
    _git(repository, "commit", "--quiet", "--all", "--allow-empty", "--message", "The answer")


def clean_checkout(repository: Path, folder: Path, task: Task) -> Path:
    """A clone of the repository's branch with the acceptance tests as they were given."""
    _git(repository, "clone", "--quiet", "--no-hardlinks", str(repository), str(folder))
    write_files(folder, task.tests)
    _install(folder, task)
    return folder


def merged_files(repository: Path) -> dict[str, str]:
    """The files that differ on main from the first commit, tests included."""
    first = _git(repository, "rev-list", "--max-parents=0", "HEAD").split()[0]
    changed = _git(repository, "diff", "--name-only", "-z", first, "HEAD").split("\0")
    return {path: (repository / path).read_text("utf-8") for path in changed if path}


def _install(folder: Path, task: Task) -> None:
    """The packages that the tests need, where Git does not see them."""
    if task.packages is not None:
        (folder / FOLDER).symlink_to(task.packages)
        with (folder / ".git" / "info" / "exclude").open("a") as file:
            file.write(f"{FOLDER}\n")


def write_files(folder: Path, files: dict[str, str]) -> None:
    """Put `files`, texts by path, into `folder`."""
    for path, text in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())


def _git(folder: Path, *arguments: str) -> str:
    command = [*_GIT, "-C", str(folder), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
