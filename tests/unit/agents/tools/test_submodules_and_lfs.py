"""Worktrees of tickets where a part of the repository is kept elsewhere."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from agents.errors import TicketBlockedError
from agents.tools.git import Workspace, Worktree
from tests.unit.agents.tools.conftest import BRANCH, Repository, opened

ALLOW_FILES = ("-c", "protocol.file.allow=always")


async def changes_of(worktree: Worktree) -> str:
    """What Git, with the filters that the team's Git has, finds changed."""
    return await worktree._git.run("diff", "HEAD")


# -------------------------------------------------------------------- submodules


@pytest.fixture
def with_submodule(repository: Repository, tmp_path: Path) -> Repository:
    """`vendor/lib` is a submodule, and has a submodule `inner` itself."""
    inner, lib = Repository(tmp_path / "inner"), Repository(tmp_path / "lib")
    inner.commit("inner", deep="D = 1\n")
    lib.commit("lib", lib="L = 1\n")
    lib.git(*ALLOW_FILES, "submodule", "--quiet", "add", str(inner.root), "inner")
    lib.commit("with inner")
    repository.git(*ALLOW_FILES, "submodule", "--quiet", "add", str(lib.root), "vendor/lib")
    repository.git(*ALLOW_FILES, "submodule", "--quiet", "update", "--init", "--recursive")
    repository.commit("with lib")
    for origin in (inner, lib):  # nothing can be fetched from here on
        shutil.rmtree(origin.root)
    return repository


async def test_submodules_are_filled_from_the_clones_that_are_here(
    with_submodule: Repository, folder: Path
) -> None:
    config = (with_submodule.root / ".git/config").read_text()
    before = with_submodule.picture()
    worktree = await opened(with_submodule, folder)
    assert worktree.remarks == ()
    assert (folder / "vendor/lib/lib.py").read_text() == "L = 1\n"
    assert (folder / "vendor/lib/inner/deep.py").read_text() == "D = 1\n"
    await worktree.write("new.py", "N = 1\n")
    await worktree.commit(["new.py"], "x", {})
    await worktree.reset()
    assert (folder / "vendor/lib/inner/deep.py").exists()
    assert await changes_of(worktree) == ""
    assert with_submodule.picture() == before
    assert (with_submodule.root / ".git/config").read_text() == config


async def test_removed_worktree_leaves_no_trace_in_the_submodules(
    with_submodule: Repository, folder: Path
) -> None:
    await opened(with_submodule, folder)
    workspace = await Workspace.open(with_submodule.root)
    await workspace.remove_worktree(folder, BRANCH)
    assert not folder.exists()
    for path in ("vendor/lib", "vendor/lib/inner"):
        listed = with_submodule.git("-C", path, "worktree", "list")
        assert len(listed.splitlines()) == 1


async def test_submodule_that_is_not_here_is_told_and_not_fetched(
    with_submodule: Repository, folder: Path
) -> None:
    with_submodule.git("submodule", "--quiet", "deinit", "--force", "vendor/lib")
    worktree = await opened(with_submodule, folder)
    (remark,) = worktree.remarks
    assert "vendor/lib" in remark and "git submodule update --init" in remark
    assert list((folder / "vendor/lib").iterdir()) == []
    assert await changes_of(worktree) == ""


async def test_file_in_a_submodule_is_refused(with_submodule: Repository, folder: Path) -> None:
    worktree = await opened(with_submodule, folder)
    with pytest.raises(TicketBlockedError, match=r"submodule vendor/lib"):
        await worktree.require_changeable(["code.py", "vendor/lib/lib.py"])


# -------------------------------------------------------------------- Git LFS


def git_lfs(*arguments: str) -> bool:
    done = subprocess.run(["git", "lfs", *arguments], capture_output=True, check=False)
    return done.returncode == 0


needs_lfs = pytest.mark.skipif(not git_lfs("version"), reason="git-lfs is not installed")
POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 2000\n"


@pytest.fixture
def with_large_file(repository: Repository) -> Repository:
    """`data.bin` is kept by Git LFS, and its content is on this machine."""
    repository.git("lfs", "install", "--local")
    repository.write(".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n")
    (repository.root / "data.bin").write_bytes(bytes(range(200)))
    repository.commit("data")
    return repository


@needs_lfs
async def test_large_file_that_is_here_has_its_content(
    with_large_file: Repository, folder: Path
) -> None:
    worktree = await opened(with_large_file, folder)
    assert worktree.remarks == ()
    assert (folder / "data.bin").read_bytes() == bytes(range(200))
    await worktree.write("new.py", "N = 1\n")
    await worktree.commit(["new.py"], "x", {})
    await worktree.reset()
    assert (folder / "data.bin").read_bytes() == bytes(range(200))
    assert await changes_of(worktree) == ""


@needs_lfs
async def test_large_file_that_is_not_here_stays_a_pointer_and_is_told(
    with_large_file: Repository, folder: Path
) -> None:
    shutil.rmtree(with_large_file.root / ".git/lfs/objects")
    with_large_file.git("config", "lfs.url", "https://localhost:9/nothing")
    worktree = await opened(with_large_file, folder)
    (remark,) = worktree.remarks
    assert "data.bin" in remark and "git lfs pull" in remark
    assert (folder / "data.bin").read_bytes().startswith(b"version https://git-lfs")
    await worktree.write("new.py", "N = 1\n")
    commit = await worktree.commit(["new.py"], "x", {})
    assert with_large_file.git("show", "--format=", "--name-only", commit) == "new.py"


async def test_pointers_stay_pointers_without_git_lfs(
    repository: Repository, folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "bin").mkdir()
    for program in ("git", "env", "sh"):  # and no git-lfs, even if it is installed
        (tmp_path / "bin" / program).symlink_to(shutil.which(program) or "")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)  # where a package may have put filters
    repository.write(".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n")
    repository.write("data.bin", POINTER)
    repository.commit("data")
    for name in ("clean", "smudge", "process"):
        repository.git("config", f"filter.lfs.{name}", "no-such-program")
    repository.git("config", "filter.lfs.required", "true")
    worktree = await opened(repository, folder)
    (remark,) = worktree.remarks
    assert "data.bin" in remark and "git lfs pull" in remark
    assert (folder / "data.bin").read_text() == POINTER
    await worktree.write("new.py", "N = 1\n")
    await worktree.commit(["new.py"], "x", {})
    async with worktree.visiting("HEAD~1"):
        assert (folder / "data.bin").read_text() == POINTER
    assert await changes_of(worktree) == ""


async def test_file_that_git_lfs_keeps_is_refused(repository: Repository, folder: Path) -> None:
    repository.write(".gitattributes", "big_*.py filter=lfs\n")
    repository.commit("attributes")
    worktree = await opened(repository, folder)
    with pytest.raises(TicketBlockedError, match=r"big_table\.py is kept by Git LFS"):
        await worktree.require_changeable(["code.py", "big_table.py"])
