"""A branch's commits on a new base: wholly or not at all, and the branch stays until it is said."""

from pathlib import Path

import pytest

from agents.errors import MergeConflictError
from agents.tools.git import Workspace, Worktree
from agents.tools.rebase import Conflict, never
from tests.unit.agents.tools.conftest import Repository

BRANCH = "tenon/tkt-1"


@pytest.fixture
async def worktree(repository: Repository, tmp_path: Path) -> Worktree:
    """A branch with two commits; `main` has moved in another file."""
    workspace = await Workspace.open(repository.root)
    worktree = await workspace.create_worktree(tmp_path / "data" / "tkt-1", BRANCH, "HEAD")
    await worktree.write("test_code.py", "T = 1\n")
    await worktree.commit(["test_code.py"], "test: a\n\n# kept", {"Ticket": "tkt-1"})
    await worktree.write("code.py", "A = 2\n")
    await worktree.commit(["code.py"], "feat: a", {"Ticket": "tkt-1"})
    repository.commit("moved", other="O = 1\n")
    return worktree


async def test_commits_lie_on_the_new_base_and_the_branch_stays(
    worktree: Worktree, repository: Repository
) -> None:
    repository.git("config", "rebase.updateRefs", "true")
    tip = await worktree.head()
    before = repository.picture()
    async with worktree.replayed("main", f"{tip}~2", never) as replayed:
        assert await worktree.read("code.py") == "A = 2\n"
        assert await worktree.read("other.py") == "O = 1\n"
        assert repository.git("rev-parse", BRANCH) == tip
    assert repository.git("rev-parse", f"{replayed}~2") == repository.git("rev-parse", "main")
    message = repository.git("show", "--no-patch", "--format=%B", f"{replayed}~1")
    assert message == "test: a\n\n# kept\n\nTicket: tkt-1"
    assert (await worktree.head(), await worktree.read("other.py")) == (tip, None)
    assert repository.picture() == before


async def test_conflict_names_the_files_and_leaves_everything_as_it_was(
    worktree: Worktree, repository: Repository
) -> None:
    repository.commit("mine", code="A = 3\n")
    tip = await worktree.head()
    with pytest.raises(MergeConflictError) as error:
        async with worktree.replayed("main", f"{tip}~2", never):
            pass
    assert error.value.files == ["code.py"]
    assert (await worktree.head(), await worktree.read("code.py")) == (tip, "A = 2\n")
    assert repository.git("-C", str(worktree.root), "status", "--porcelain") == ""
    assert repository.git("branch", "--show-current") == "main"


async def test_conflict_that_is_resolved_goes_on(
    worktree: Worktree, repository: Repository
) -> None:
    repository.commit("mine", code="A = 3\n")
    tip = await worktree.head()
    seen: list[Conflict] = []

    def resolve(conflict: Conflict) -> str:
        seen.append(conflict)
        return "A = 5\n"

    async with worktree.replayed("main", f"{tip}~2", resolve) as replayed:
        assert await worktree.read("code.py") == "A = 5\n"
    assert seen == [Conflict("code.py", "A = 1\n", "A = 3\n", "A = 2\n")]
    subjects = repository.git("log", "--format=%s", f"main..{replayed}").splitlines()
    assert subjects == ["feat: a", "test: a"]


async def test_change_that_the_base_has_already_is_kept_as_an_empty_commit(
    worktree: Worktree, repository: Repository
) -> None:
    repository.commit("the same", code="A = 2\n")
    tip = await worktree.head()
    async with worktree.replayed("main", f"{tip}~2", never) as replayed:
        pass
    assert repository.git("rev-list", "--count", f"main..{replayed}") == "2"


async def test_killed_rebase_is_swept_away(worktree: Worktree, repository: Repository) -> None:
    """The worktree of a process that was killed in the middle of a rebase is made anew."""
    repository.commit("mine", code="A = 3\n")
    tip = await worktree.head()
    at = ("-C", str(worktree.root))
    repository.git(*at, "checkout", "--quiet", "--detach")
    with pytest.raises(Exception, match="returned non-zero"):
        repository.git(*at, "rebase", "--onto", "main", f"{tip}~2")
    workspace = await Workspace.open(repository.root)
    again = await workspace.create_worktree(worktree.root, BRANCH, "HEAD")
    assert await again.head() == tip
    async with again.replayed(f"{tip}~2", f"{tip}~2", never) as replayed:
        assert replayed == tip
