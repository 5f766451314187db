"""The person's hooks and signatures in worktrees of tickets."""

import subprocess
from pathlib import Path

import pytest

from agents.errors import GitRefusedError
from agents.tools.git import Workspace
from tests.unit.agents.tools.conftest import BRANCH, Repository, opened

# -------------------------------------------------------------------- hooks


def hook(repository: Repository, name: str, *lines: str) -> None:
    path = repository.root / ".git/hooks" / name
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]))
    path.chmod(0o755)


async def test_hooks_are_skipped_and_named_by_default(repository: Repository, folder: Path) -> None:
    hook(repository, "pre-commit", "exit 1")
    hook(repository, "post-checkout", "touch post-checkout-ran")
    worktree = await opened(repository, folder)
    assert await worktree.skipped_hooks() == ["pre-commit"]
    await worktree.write("new.py", "N = 1\n")
    commit = await worktree.commit(["new.py"], "x", {})
    assert commit != repository.git("rev-parse", "main")
    assert not (folder / "post-checkout-ran").exists()


async def test_hooks_run_where_they_are_wanted(repository: Repository, folder: Path) -> None:
    hook(repository, "commit-msg", 'echo "Reviewed-by: hook" >> "$1"')
    hook(repository, "post-checkout", "touch post-checkout-ran")
    worktree = await opened(repository, folder, hooks=True)
    assert await worktree.skipped_hooks() == []
    await worktree.write("new.py", "N = 1\n")
    commit = await worktree.commit(["new.py"], "x", {})
    assert "Reviewed-by: hook" in repository.git("show", "--no-patch", "--format=%B", commit)
    await worktree.reset()
    assert not (folder / "post-checkout-ran").exists()


async def test_hook_that_refuses_is_quoted_and_nothing_is_committed(
    repository: Repository, folder: Path
) -> None:
    hook(repository, "pre-commit", "git status >/dev/null", "echo 'no print() here' >&2", "exit 3")
    worktree = await opened(repository, folder, hooks=True)
    head = await worktree.head()
    await worktree.write("code.py", "A = 2\n")
    with pytest.raises(GitRefusedError, match=r"hook pre-commit .*said: no print\(\) here") as e:
        await worktree.commit(["code.py"], "x", {})
    assert "TENON_GIT_HOOKS" in str(e.value)
    assert await worktree.head() == head


async def test_hook_that_changes_a_file_is_refused(repository: Repository, folder: Path) -> None:
    hook(repository, "pre-commit", "echo '# formatted' >> code.py", "git add code.py")
    worktree = await opened(repository, folder, hooks=True)
    head = await worktree.head()
    await worktree.write("code.py", "A = 2\n")
    with pytest.raises(GitRefusedError, match=r"changed code\.py"):
        await worktree.commit(["code.py"], "x", {})
    assert await worktree.head() == head


# -------------------------------------------------------------------- signed commits


@pytest.fixture
def signing(repository: Repository, tmp_path: Path) -> Repository:
    """The person signs with an SSH key that has no passphrase."""
    key = tmp_path / "key"
    _generate(key)
    (tmp_path / "allowed").write_text(f"ada@example.org {key.with_suffix('.pub').read_text()}")
    for name, value in (
        ("gpg.format", "ssh"),
        ("user.signingkey", str(key)),
        ("gpg.ssh.allowedSignersFile", str(tmp_path / "allowed")),
        ("commit.gpgsign", "true"),
    ):
        repository.git("config", name, value)
    return repository


def _generate(key: Path, passphrase: str = "") -> None:
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-f", str(key)]
    subprocess.run(command, check=True)


async def test_test_code_and_merge_commits_are_signed(signing: Repository, folder: Path) -> None:
    workspace = await Workspace.open(signing.root)
    worktree = await workspace.create_worktree(folder, BRANCH, "HEAD")
    await worktree.require_signing()
    await worktree.write("new.py", "N = 1\n")
    commit = await worktree.commit(["new.py"], "feat: n", {"Ticket": "tkt-1"})
    signing.git("-c", "commit.gpgsign=false", "commit", "-q", "--allow-empty", "-m", "moved")
    async with worktree.replayed("main", f"{commit}~1", lambda _conflict: None) as tip:
        pass
    merge = await workspace.prepare_merge("main", BRANCH, "Merge it")
    for each in (commit, tip, merge):
        assert signing.git("show", "--no-patch", "--format=%G?", each) == "G"


async def test_commits_are_not_signed_where_the_person_does_not_sign(
    signing: Repository, folder: Path
) -> None:
    signing.git("config", "commit.gpgsign", "false")
    worktree = await opened(signing, folder)
    await worktree.write("new.py", "N = 1\n")
    commit = await worktree.commit(["new.py"], "x", {})
    assert signing.git("show", "--no-patch", "--format=%G?", commit) == "N"


@pytest.mark.parametrize("damage", ["missing", "locked"])
async def test_key_that_cannot_sign_is_told_and_nothing_is_committed(
    signing: Repository, folder: Path, tmp_path: Path, damage: str
) -> None:
    workspace = await Workspace.open(signing.root)
    worktree = await workspace.create_worktree(folder, BRANCH, "HEAD")
    head = await worktree.head()
    (tmp_path / "key").unlink()
    if damage == "locked":
        (tmp_path / "key.pub").unlink()
        _generate(tmp_path / "key", "a passphrase that nobody is asked for")
    before = signing.picture()
    await worktree.write("new.py", "N = 1\n")
    with pytest.raises(GitRefusedError, match=r"(?s)signing failed.*commit\.gpgsign"):
        await worktree.require_signing()
    with pytest.raises(GitRefusedError, match="signing failed"):
        await worktree.commit(["new.py"], "x", {})
    assert await worktree.head() == head
    signing.git("-C", str(folder), "-c", "commit.gpgsign=false", "commit", "-qm", "by hand")
    with pytest.raises(GitRefusedError, match="signing failed"):
        await workspace.prepare_merge("main", BRANCH, "Merge it")
    signing.write("spec.md", "# Spec\n")
    with pytest.raises(GitRefusedError, match="signing failed"):
        await workspace.commit_file("spec.md", "docs: spec")
    (signing.root / "spec.md").unlink()
    assert signing.picture() == before
