"""Repositories of every kind: the team works in them as expected, or says clearly why not."""

import json
import os
from pathlib import Path

import pytest

from agents.errors import GitRefusedError, TicketBlockedError
from agents.tools.git import Workspace
from tests.unit.agents.tools.conftest import BRANCH, Repository, copied, opened

# -------------------------------------------------------------------- clones


async def test_shallow_clone_can_be_worked_in(
    repository: Repository, folder: Path, tmp_path: Path
) -> None:
    repository.commit("second", code="A = 2\n")
    shallow = copied(repository, tmp_path / "shallow", "--depth=1")
    workspace = await Workspace.open(shallow.root)
    worktree = await workspace.create_worktree(folder, BRANCH, "HEAD")
    await worktree.write("new.py", "N = 1\n")
    await worktree.commit(["new.py"], "x", {})
    shallow.commit("moved", other="O = 1\n")
    merge = await workspace.prepare_merge("main", BRANCH, "Merge")
    await workspace.finish_merge("main", merge)
    assert (shallow.root / "new.py").exists()


async def test_shallow_clone_without_the_history_between_is_told(
    repository: Repository, folder: Path, tmp_path: Path
) -> None:
    repository.commit("second", code="A = 2\n")
    shallow = copied(repository, tmp_path / "shallow", "--depth=1")
    workspace = await Workspace.open(shallow.root)
    worktree = await workspace.create_worktree(folder, BRANCH, "HEAD")
    await worktree.write("new.py", "N = 1\n")
    await worktree.commit(["new.py"], "x", {})
    for number in range(3):
        repository.commit(f"more {number}", other=f"O = {number}\n")
    shallow.git("fetch", "--quiet", "--depth=1")
    shallow.git("reset", "--quiet", "--hard", "origin/main")
    with pytest.raises(GitRefusedError, match="git fetch --unshallow"):
        await workspace.prepare_merge("main", BRANCH, "Merge")


async def test_partial_clone_is_whole_or_told_and_nothing_is_fetched(
    repository: Repository, folder: Path, tmp_path: Path
) -> None:
    repository.git("config", "uploadpack.allowFilter", "true")
    partial = copied(repository, tmp_path / "partial", "--filter=blob:none", "--no-checkout")
    partial.git("sparse-checkout", "set", "--no-cone", "/code.py")
    partial.git("checkout", "--quiet", "main")
    with pytest.raises(GitRefusedError, match=r"partial clone.*git fetch"):
        await opened(partial, folder)
    partial.git("config", "remote.origin.partialCloneFilter", "")
    partial.git("fetch", "--quiet", "--refetch", "--no-filter")
    await opened(partial, folder)
    assert (folder / "src/größe.py").exists()


# -------------------------------------------------------------------- names


@pytest.mark.parametrize("path", ["Code.py", "SRC/new.py", "src/GRÖSSE.py"])
async def test_name_that_differs_only_in_case_is_refused(
    repository: Repository, folder: Path, path: str
) -> None:
    repository.write("src/grösse.py", "")
    repository.commit("umlauts")
    worktree = await opened(repository, folder)
    with pytest.raises(TicketBlockedError, match="differ only in case"):
        await worktree.require_changeable([path])
    await worktree.require_changeable(["code.py", "src/new.py", "other.py"])


async def test_two_files_of_one_name_are_refused_where_case_is_ignored(
    repository: Repository, folder: Path
) -> None:
    repository.commit("two", Readme="", readme="")
    worktree = await opened(repository, folder)
    await worktree.require_changeable(["code.py"])
    repository.git("config", "core.ignorecase", "true")
    with pytest.raises(TicketBlockedError, match=r"(?i)readme\.py and readme\.py differ only"):
        await worktree.require_changeable(["code.py"])


async def test_branch_that_leaves_no_room_is_named(repository: Repository, folder: Path) -> None:
    repository.git("branch", "tenon")
    before = repository.picture()
    with pytest.raises(GitRefusedError, match="git branch -m tenon"):
        await opened(repository, folder)
    assert repository.picture() == before
    assert not folder.exists()


# -------------------------------------------------------------------- sparse, nested


@pytest.mark.parametrize("style", ["sparse-checkout", "by hand"])
async def test_worktree_of_a_sparse_checkout_is_whole(
    repository: Repository, folder: Path, style: str
) -> None:
    if style == "sparse-checkout":
        repository.git("sparse-checkout", "set", "--no-cone", "/code.py")
    else:
        repository.git("config", "core.sparseCheckout", "true")
        (repository.root / ".git/info/sparse-checkout").write_text("/code.py\n")
        repository.git("read-tree", "-mu", "HEAD")
    assert not (repository.root / "src").exists()
    config = (repository.root / ".git/config").read_text()
    before = repository.picture()
    workspace = await Workspace.open(repository.root)
    worktree = await workspace.create_worktree(folder, BRANCH, "HEAD")
    assert await worktree.read("src/größe.py") == "B = 2\n"
    await worktree.write("src/größe.py", "B = 3\n")
    await worktree.commit(["src/größe.py"], "x", {})
    await worktree.reset()
    assert await worktree.read("src/größe.py") == "B = 3\n"
    assert repository.picture() == before
    merge = await workspace.prepare_merge("main", BRANCH, "Merge")
    await workspace.finish_merge("main", merge)
    assert not (repository.root / "src").exists(), "what the person left out stays out"
    assert repository.git("show", "HEAD:src/größe.py") == "B = 3"
    assert repository.git("status", "--porcelain") == ""
    assert (repository.root / ".git/config").read_text() == config


async def test_repository_inside_another_is_worked_on_alone(
    repository: Repository, folder: Path
) -> None:
    inner = Repository(repository.root / "inner")
    inner.commit("inner", code="I = 1\n")
    before = repository.picture()
    workspace = await Workspace.open(inner.root)
    assert workspace.root == inner.root
    worktree = await workspace.create_worktree(folder, BRANCH, "HEAD")
    assert await worktree.read("code.py") == "I = 1\n"
    assert repository.picture() == before


async def test_repository_around_a_broken_worktree_is_not_touched(
    repository: Repository, tmp_path: Path
) -> None:
    """As when the home folder is a repository, and a worktree has lost its link."""
    home = Repository(tmp_path / "home")
    home.commit("dotfiles", settings="S = 1\n")
    folder = home.root / "share" / "tkt-1"
    worktree = await opened(repository, folder)
    home.write("settings.py", "S = 2\n")
    home.write("precious.txt", "not committed")
    (folder / ".git").unlink()
    before = home.picture()
    with pytest.raises(GitRefusedError):
        await worktree.reset()
    with pytest.raises(GitRefusedError):
        await worktree.commit(["code.py"], "x", {})
    assert home.picture() == before


async def test_worktree_starts_no_background_work(
    repository: Repository, folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    repository.git("config", "gc.auto", "1")
    trace = tmp_path / "trace"
    monkeypatch.setenv("GIT_TRACE2_EVENT", str(trace))
    worktree = await opened(repository, folder)
    await worktree.write("new.py", "N = 1\n")
    await worktree.commit(["new.py"], "x", {})
    events = map(json.loads, trace.read_text().splitlines())
    started = [e.get("argv", []) for e in events if e["event"] == "child_start"]
    assert not any("gc" in argv or "maintenance" in argv for argv in started)
    assert os.environ["GIT_TRACE2_EVENT"] == str(trace)
