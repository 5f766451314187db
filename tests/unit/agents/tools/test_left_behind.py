"""What code in the sandbox leaves in the worktree is not run by Tenon afterwards."""

import subprocess
from pathlib import Path
from textwrap import dedent

import pytest

from agents.tools.sandbox import Sandbox
from agents.tools.worktree import Worktree

PLANT = """
    git init --quiet .
    git config core.fsmonitor "touch {mark}; false"
    git config core.hooksPath "$PWD/hooks"
    git config filter.x.clean "touch {mark}; cat"
    echo '* filter=x' > .gitattributes
    mkdir hooks
    for hook in post-checkout post-index-change reference-transaction pre-commit; do
        printf '#!/bin/sh\\ntouch {mark}\\n' > hooks/$hook
        chmod +x hooks/$hook
    done
    """


def git(folder: Path, *arguments: str) -> str:
    command = ["git", *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


def new_repository(folder: Path) -> Path:
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "config", "user.name", "Ada")
    git(folder, "config", "user.email", "ada@example.org")
    (folder / "code.py").write_text("A = 1\n")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "-m", "first")
    return folder


@pytest.mark.parametrize("submodule", [False, True])
async def test_configuration_of_a_planted_repository_is_not_used(
    bubblewrap: Sandbox, tmp_path: Path, submodule: bool
) -> None:
    repository, mark = new_repository(tmp_path / "repository"), tmp_path / "mark"
    if submodule:
        inner = new_repository(tmp_path / "inner")
        allowed = ("-c", "protocol.file.allow=always")
        git(repository, *allowed, "submodule", "add", "--quiet", str(inner), "planted")
        git(repository, "commit", "--quiet", "-m", "second")
    git(repository, "worktree", "add", "--quiet", "-b", "ticket", str(tmp_path / "worktree"))
    worktree = Worktree(tmp_path / "worktree", "ticket")
    planted = worktree.root / "planted"
    planted.mkdir(exist_ok=True)
    result = await bubblewrap.run(
        ["/bin/sh", "-c", dedent(PLANT.format(mark=mark))],
        cwd=planted,
        writable=[worktree.root],
        timeout=10,
    )
    assert result.exit_code == 0, result.stderr
    assert (planted / ".git").is_dir()

    await worktree.write("code.py", "A = 2\n")
    await worktree.commit(["code.py"], "change", {})
    assert git(repository, "show", "ticket:code.py") == "A = 2\n"
    await worktree.reset()

    assert not mark.exists()
