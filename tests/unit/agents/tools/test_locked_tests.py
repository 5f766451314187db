"""What is locked cannot be written, by whatever name, and neither can what steers the tests."""

import os
from pathlib import Path

import pytest

from agents.tools.confine import LockedPathError
from agents.tools.git import Workspace, Worktree
from tests.unit.agents.tools.conftest import Repository

LOCKED = "tests/test_slug.py"
TEXT = "def test_slug():\n    assert False\n"


@pytest.fixture
async def worktree(repository: Repository, tmp_path: Path) -> Worktree:
    workspace = await Workspace.open(repository.root)
    worktree = await workspace.create_worktree(tmp_path / "tkt-1", "tenon/tkt-1", "HEAD")
    await worktree.write(LOCKED, TEXT)
    await worktree.write("pyproject.toml", "[project]\nname = 'x'\n")
    await worktree.commit([LOCKED, "pyproject.toml"], "test: slug", {})
    await worktree.lock([LOCKED])
    return worktree


async def test_locked_test_is_not_written_and_other_files_are(worktree: Worktree) -> None:
    with pytest.raises(LockedPathError, match="locked test"):
        await worktree.write(LOCKED, "")
    await worktree.write("code.py", "A = 2\n")
    assert await worktree.read(LOCKED) == TEXT
    assert await worktree.read("code.py") == "A = 2\n"


@pytest.mark.parametrize(
    "path",
    ["tests/./test_slug.py", "tests//test_slug.py", "alias/test_slug.py", "link.py", "hard.py"],
)
async def test_no_other_name_leads_to_a_locked_test(worktree: Worktree, path: str) -> None:
    (worktree.root / "alias").symlink_to("tests")
    (worktree.root / "link.py").symlink_to(LOCKED)
    os.link(worktree.root / LOCKED, worktree.root / "hard.py")
    with pytest.raises(LockedPathError):
        await worktree.write(path, "")
    assert await worktree.read(LOCKED) == TEXT


async def test_what_stands_in_the_place_of_a_locked_test_is_not_written_either(
    worktree: Worktree,
) -> None:
    (worktree.root / LOCKED).unlink()
    (worktree.root / LOCKED).symlink_to("../code.py")
    for path in (LOCKED, "code.py"):
        with pytest.raises(LockedPathError):
            await worktree.write(path, "")


@pytest.mark.parametrize(
    "path",
    [
        "conftest.py",
        "tests/conftest.py",
        "pytest.ini",
        "pyproject.toml",
        "setup.cfg",
        "tox.ini",
        "pytest.py",
        "src/sitecustomize.py",
        "vitest.config.ts",
        "package.json",
    ],
)
async def test_what_could_disable_the_tests_is_not_written(worktree: Worktree, path: str) -> None:
    with pytest.raises(LockedPathError, match="which tests run"):
        await worktree.write(path, "")
    worktree.unlock()
    await worktree.write(path, "")


@pytest.mark.parametrize("move", [False, True])
async def test_locked_test_is_neither_deleted_nor_renamed_by_a_commit(
    worktree: Worktree, move: bool
) -> None:
    before = await worktree.head()
    if move:
        (worktree.root / LOCKED).rename(worktree.root / "tests/old.txt")
    else:
        (worktree.root / LOCKED).unlink()
    with pytest.raises(LockedPathError):
        await worktree.commit(["tests"], "feat: slug", {})
    assert await worktree.head() == before
    await worktree.reset()
    assert await worktree.read(LOCKED) == TEXT


async def test_what_code_has_done_to_the_tests_when_it_ran_is_found(worktree: Worktree) -> None:
    (worktree.root / "code.py").write_text("A = 3\n")
    assert await worktree.tampered() == []
    (worktree.root / ".gitignore").write_text("conftest.py\n")
    (worktree.root / "tests/conftest.py").write_text("collect_ignore_glob = ['*']\n")
    (worktree.root / "pyproject.toml").unlink()
    (worktree.root / LOCKED).chmod(0o755)
    (worktree.root / LOCKED).write_text("")
    assert await worktree.tampered() == ["pyproject.toml", "tests/conftest.py", LOCKED]


async def test_steering_files_that_were_there_before_are_no_ones_fault(worktree: Worktree) -> None:
    worktree.unlock()
    await worktree.write("node_modules/left/package.json", "{}")
    await worktree.lock([LOCKED])
    assert await worktree.tampered() == []
