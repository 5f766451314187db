"""A merge happens wholly or not at all, and never over what the person has not committed."""

from pathlib import Path

import pytest

from agents.errors import GitRefusedError
from agents.tools.git import Workspace
from tests.unit.agents.tools.conftest import Repository


@pytest.fixture
async def workspace(repository: Repository) -> Workspace:
    """A repository on main, with a branch that changes code.py and adds new/file.py."""
    repository.git("switch", "--quiet", "-c", "tenon/x")
    repository.commit("feat: x", code="A = 2\n", new__file="N = 1\n")
    repository.git("switch", "--quiet", "main")
    return await Workspace.open(repository.root)


async def prepare(workspace: Workspace, message: str = "Merge x") -> str:
    return await workspace.prepare_merge("main", "tenon/x", message)


async def refused(workspace: Workspace, repository: Repository, merge: str, *files: str) -> None:
    before = repository.picture()
    with pytest.raises(GitRefusedError) as error:
        await workspace.finish_merge("main", merge)
    assert all(file in str(error.value) for file in files)
    assert repository.picture() == before


async def test_prepared_merge_moves_nothing(workspace: Workspace, repository: Repository) -> None:
    before = repository.picture()
    merge = await prepare(workspace, "Merge x\n\nTicket: tkt-1")
    assert repository.picture() == before
    parents = f"{repository.git('rev-parse', 'main')} {repository.git('rev-parse', 'tenon/x')}"
    assert repository.git("show", "--no-patch", "--format=%P|%B", merge) == (
        f"{parents}|Merge x\n\nTicket: tkt-1"
    )
    assert not await workspace.contains("main", merge)


async def test_finished_merge_moves_branch_and_files(
    workspace: Workspace, repository: Repository
) -> None:
    repository.write("mine.py", "untracked")
    repository.write("src/größe.py", "B = 99\n")
    repository.git("add", "src/größe.py")
    merge = await prepare(workspace)
    await workspace.finish_merge("main", merge)
    assert repository.git("rev-parse", "HEAD") == merge
    assert (repository.root / "code.py").read_text() == "A = 2\n"
    assert (repository.root / "new/file.py").read_text() == "N = 1\n"
    assert sorted(await workspace.dirty_files()) == ["mine.py", "src/größe.py"]
    assert (repository.root / "src/größe.py").read_text() == "B = 99\n"


async def test_finishing_twice_is_finishing_once(
    workspace: Workspace, repository: Repository
) -> None:
    merge = await prepare(workspace)
    await workspace.finish_merge("main", merge)
    repository.commit("later", later="L = 1\n")
    before = repository.picture()
    await workspace.finish_merge("main", merge)
    assert repository.picture() == before
    assert await prepare(workspace) == repository.git("rev-parse", "main")


async def test_conflict_names_the_file(workspace: Workspace, repository: Repository) -> None:
    repository.commit("mine", code="A = 3\n", other="O = 1\n")
    before = repository.picture()
    with pytest.raises(GitRefusedError, match=r"same lines of code\.py\."):
        await prepare(workspace)
    assert repository.picture() == before


async def test_changes_on_both_sides_are_merged(
    workspace: Workspace, repository: Repository
) -> None:
    repository.commit("mine", other="O = 1\n")
    merge = await prepare(workspace)
    await workspace.finish_merge("main", merge)
    assert (repository.root / "other.py").exists()
    assert (repository.root / "new/file.py").exists()


@pytest.mark.parametrize("staged", [True, False])
async def test_uncommitted_change_is_not_overwritten(
    workspace: Workspace, repository: Repository, staged: bool
) -> None:
    repository.write("code.py", "A = 77\n")
    if staged:
        repository.git("add", "code.py")
    await refused(workspace, repository, await prepare(workspace), "code.py")


async def test_untracked_file_is_not_overwritten(
    workspace: Workspace, repository: Repository
) -> None:
    repository.write("new/file.py", "mine")
    await refused(workspace, repository, await prepare(workspace), "new/file.py")


async def test_ignored_file_is_not_overwritten(
    workspace: Workspace, repository: Repository
) -> None:
    (repository.root / ".git/info/exclude").write_text("new/\n")
    repository.write("new/file.py", "mine")
    await refused(workspace, repository, await prepare(workspace), "new/file.py")


async def test_file_in_the_place_of_a_folder_is_not_overwritten(
    workspace: Workspace, repository: Repository
) -> None:
    (repository.root / ".git/info/exclude").write_text("new\n")
    repository.write("new", "mine")
    await refused(workspace, repository, await prepare(workspace), "new/file.py")


async def test_base_that_moved_is_refused(workspace: Workspace, repository: Repository) -> None:
    merge = await prepare(workspace)
    repository.commit("meanwhile", other="O = 1\n")
    await refused(workspace, repository, merge, "main has new commits")


async def test_branch_that_is_not_checked_out_moves_alone(
    workspace: Workspace, repository: Repository
) -> None:
    repository.git("switch", "--quiet", "-c", "mine")
    repository.write("code.py", "A = 77\n")
    merge = await prepare(workspace)
    index = (repository.root / ".git/index").read_bytes()
    await workspace.finish_merge("main", merge)
    assert repository.git("rev-parse", "main") == merge
    assert (repository.root / "code.py").read_text() == "A = 77\n"
    assert (repository.root / ".git/index").read_bytes() == index


async def test_branch_in_another_worktree_of_the_person_is_refused(
    workspace: Workspace, repository: Repository, tmp_path: Path
) -> None:
    repository.git("switch", "--quiet", "-c", "mine")
    repository.git("worktree", "add", "--quiet", str(tmp_path / "second"), "main")
    await refused(workspace, repository, await prepare(workspace), str(tmp_path / "second"))


async def test_merge_under_way_is_refused(workspace: Workspace, repository: Repository) -> None:
    merge = await prepare(workspace)
    repository.git("switch", "--quiet", "-c", "side", "main")
    repository.commit("side", side="S = 1\n")
    repository.git("switch", "--quiet", "main")
    repository.git("merge", "--quiet", "--no-ff", "--no-commit", "side")
    await refused(workspace, repository, merge)


async def test_missing_branch_is_named(workspace: Workspace) -> None:
    with pytest.raises(GitRefusedError, match="no branch tenon/none"):
        await workspace.prepare_merge("main", "tenon/none", "x")
