"""The team works in worktrees of its own, and only on what it may touch."""

import asyncio
import shutil
from pathlib import Path

import pytest

from agents.errors import GitRefusedError, NotReadyError
from agents.tools.git import Workspace, Worktree
from tests.unit.agents.tools.conftest import Repository

BRANCH = "tenon/tkt-1-slug"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "Tenons Daten" / "tkt-1"


@pytest.fixture
async def workspace(repository: Repository) -> Workspace:
    return await Workspace.open(repository.root)


@pytest.fixture
async def worktree(workspace: Workspace, folder: Path) -> Worktree:
    return await workspace.create_worktree(folder, BRANCH, "HEAD")


async def test_worktree_leaves_the_workspace_as_it_is(
    workspace: Workspace, repository: Repository, folder: Path
) -> None:
    repository.write("code.py", "A = 2\n")
    before = repository.picture()
    worktree = await workspace.create_worktree(folder, BRANCH, "HEAD")
    await worktree.write("src/neu ä.py", "C = 3\n")
    await worktree.commit(["src/neu ä.py"], "test: c", {"Ticket": "tkt-1"})
    await workspace.remove_worktree(folder, BRANCH)
    assert repository.picture() == before
    assert repository.git("branch", "--list", BRANCH) == ""
    assert not folder.exists()


async def test_commit_has_trailers_and_runs_no_hooks(
    worktree: Worktree, repository: Repository
) -> None:
    for name in ("pre-commit", "commit-msg", "post-commit", "prepare-commit-msg"):
        hook = repository.root / ".git/hooks" / name
        hook.write_text("#!/bin/sh\nexit 1\n")
        hook.chmod(0o755)
    await worktree.write("code.py", "A = 2\n")
    await worktree.write("other.py", "")
    commit = await worktree.commit(
        ["code.py"],
        "feat: slug\n\n# not a comment",
        {"Ticket": "tkt-1", "Requirement": ["REQ-1", "REQ-2\nX: y"]},
    )
    assert repository.git("show", "--name-only", "--format=%an|%B", commit) == (
        "Ada|feat: slug\n\n# not a comment\n\n"
        "Ticket: tkt-1\nRequirement: REQ-1\nRequirement: REQ-2 X: y\n\n\ncode.py"
    )
    trailers = "--format=%(trailers:key=Requirement,valueonly)"
    assert repository.git("show", "--no-patch", trailers, commit).split("\n")[0] == "REQ-1"


async def test_commit_without_a_change_is_the_last_one(worktree: Worktree) -> None:
    assert await worktree.commit(["code.py"], "x", {}) == await worktree.head()


async def test_commit_without_an_identity_is_tenons(
    worktree: Worktree, repository: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    repository.git("config", "--unset", "user.name")
    repository.git("config", "--unset", "user.email")
    await worktree.write("code.py", "A = 2\n")
    commit = await worktree.commit(["code.py"], "x", {})
    assert repository.git("show", "--no-patch", "--format=%an", commit) == "Tenon"


async def test_deleted_and_ignored_files_can_be_committed(worktree: Worktree) -> None:
    (worktree.root / ".gitignore").write_text("build/\n")
    (worktree.root / "code.py").unlink()
    await worktree.write("build/made.py", "")
    await worktree.commit(["code.py", "build/made.py"], "x", {})
    assert await worktree.read("code.py") is None
    await worktree.reset()
    assert await worktree.read("build/made.py") == ""


async def test_reset_removes_what_is_not_committed(worktree: Worktree) -> None:
    first = await worktree.head()
    await worktree.write("code.py", "A = 2\n")
    second = await worktree.commit(["code.py"], "x", {})
    await worktree.write("code.py", "A = 3\n")
    await worktree.write("new/x.py", "")
    await worktree.reset()
    assert (await worktree.head(), await worktree.read("code.py")) == (second, "A = 2\n")
    assert not (worktree.root / "new").exists()
    await worktree.reset(first)
    assert await worktree.read("code.py") == "A = 1\n"


async def test_visit_of_a_commit_moves_no_branch_and_leaves_nothing_behind(
    worktree: Worktree, repository: Repository
) -> None:
    first = await worktree.head()
    await worktree.write("code.py", "A = 2\n")
    second = await worktree.commit(["code.py"], "x", {})

    async with worktree.visiting(first):
        assert await worktree.head() == first
        assert repository.git("rev-parse", worktree.branch).strip() == second
        (worktree.root / "code.py").write_text("A = 3\n")
        (worktree.root / "left.py").touch()

    assert await worktree.head() == second
    assert await worktree.read("code.py") == "A = 2\n"
    assert not (worktree.root / "left.py").exists()


async def test_text_keeps_its_bytes(worktree: Worktree) -> None:
    text = "a\r\nb\nß \u2028"
    await worktree.write("deep/er/text.txt", text)
    assert (worktree.root / "deep/er/text.txt").read_bytes() == text.encode()
    assert await worktree.read("deep/er/text.txt") == text
    (worktree.root / "latin.txt").write_bytes(b"\xe4")
    with pytest.raises(NotReadyError, match=r"latin\.txt is not UTF-8"):
        await worktree.read("latin.txt")


@pytest.mark.parametrize(
    "path",
    [
        "",
        ".",
        "../outside.py",
        "src/../../outside.py",
        "/etc/passwd",
        "a\0b",
        ".git",
        ".git/hooks/pre-commit",
        "sub/.git/config",
        ".vscode/settings.json",
        ".github/workflows/ci.yml",
        ".gitignore",
        ".env",
        "Jenkinsfile",
        "deploy/azure-pipelines.yml",
        "githooks/pre-commit",
    ],
)
async def test_forbidden_paths_are_not_written(
    worktree: Worktree, repository: Repository, path: str
) -> None:
    repository.git("config", "core.hooksPath", "githooks")
    before = sorted(worktree.root.rglob("*"))
    with pytest.raises(NotReadyError, match="Tenon does not touch"):
        await worktree.write(path, "x")
    assert sorted(worktree.root.rglob("*")) == before


async def test_links_are_resolved_before_anything_is_written(
    worktree: Worktree, tmp_path: Path
) -> None:
    (worktree.root / "out").symlink_to(tmp_path)
    (worktree.root / "config").symlink_to(".git")
    (worktree.root / "secret.py").symlink_to("/etc/passwd")
    for path in ("out/x.py", "config", "secret.py"):
        with pytest.raises(NotReadyError):
            await worktree.write(path, "x")
    with pytest.raises(NotReadyError):
        await worktree.read("secret.py")
    assert not (tmp_path / "x.py").exists()


async def test_sound_worktree_is_used_again(
    workspace: Workspace, worktree: Worktree, folder: Path
) -> None:
    await worktree.write("code.py", "A = 2\n")
    commit = await worktree.commit(["code.py"], "x", {})
    await worktree.write("code.py", "A = 3\n")
    again = await workspace.create_worktree(folder, BRANCH, "HEAD")
    assert (await again.head(), await again.read("code.py")) == (commit, "A = 3\n")


async def test_branch_with_commits_is_used_again(
    workspace: Workspace, worktree: Worktree, folder: Path
) -> None:
    await worktree.write("code.py", "A = 2\n")
    commit = await worktree.commit(["code.py"], "x", {})
    await workspace.remove_worktree(folder, None)
    assert await (await workspace.create_worktree(folder, BRANCH, "HEAD")).head() == commit


async def damage_folder_gone(folder: Path, repository: Repository) -> None:
    shutil.rmtree(folder)


async def damage_locked_and_gone(folder: Path, repository: Repository) -> None:
    repository.git("worktree", "lock", "--reason", "initializing", str(folder))
    shutil.rmtree(folder)


async def damage_locked(folder: Path, repository: Repository) -> None:
    repository.git("worktree", "lock", "--reason", "initializing", str(folder))


async def damage_unregistered(folder: Path, repository: Repository) -> None:
    shutil.rmtree(repository.root / ".git/worktrees" / folder.name)


async def damage_index_gone(folder: Path, repository: Repository) -> None:
    (repository.root / ".git/worktrees" / folder.name / "index").unlink()


async def damage_index_locked(folder: Path, repository: Repository) -> None:
    (repository.root / ".git/worktrees" / folder.name / "index.lock").touch()


async def damage_link_gone(folder: Path, repository: Repository) -> None:
    (folder / ".git").unlink()


async def damage_head_empty(folder: Path, repository: Repository) -> None:
    (repository.root / ".git/worktrees" / folder.name / "HEAD").write_text("")


async def damage_other_branch(folder: Path, repository: Repository) -> None:
    repository.git("-C", str(folder), "switch", "--quiet", "-c", "other")


DAMAGES = [
    damage_folder_gone,
    damage_locked_and_gone,
    damage_locked,
    damage_unregistered,
    damage_index_gone,
    damage_index_locked,
    damage_link_gone,
    damage_head_empty,
    damage_other_branch,
]


@pytest.mark.parametrize("damage", DAMAGES)
async def test_half_made_worktree_is_made_anew(
    workspace: Workspace,
    worktree: Worktree,
    repository: Repository,
    folder: Path,
    damage: object,
) -> None:
    await worktree.write("code.py", "A = 2\n")
    commit = await worktree.commit(["code.py"], "x", {})
    before = repository.picture()
    await damage(folder, repository)  # type: ignore[operator]
    again = await workspace.create_worktree(folder, BRANCH, "HEAD")
    assert await again.head() == commit
    assert await again.read("code.py") == "A = 2\n"
    await again.reset()
    assert repository.picture() == before


@pytest.mark.parametrize("damage", DAMAGES)
async def test_half_made_worktree_is_removed(
    workspace: Workspace,
    worktree: Worktree,
    repository: Repository,
    folder: Path,
    damage: object,
) -> None:
    await damage(folder, repository)  # type: ignore[operator]
    for _ in range(2):
        await workspace.remove_worktree(folder, BRANCH)
        assert not folder.exists()
        assert repository.git("branch", "--list", BRANCH) == ""
        assert str(folder) not in repository.git("worktree", "list")


async def test_stray_folder_is_replaced(workspace: Workspace, folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "junk").write_text("x")
    worktree = await workspace.create_worktree(folder, BRANCH, "HEAD")
    assert await worktree.read("code.py") == "A = 1\n"
    assert await worktree.read("junk") is None


async def test_branch_that_the_person_has_checked_out_is_left_alone(
    workspace: Workspace, repository: Repository, folder: Path
) -> None:
    repository.git("switch", "--quiet", "-c", BRANCH)
    with pytest.raises(GitRefusedError, match="is checked out in"):
        await workspace.create_worktree(folder, BRANCH, "HEAD")
    await workspace.remove_worktree(folder, BRANCH)
    assert repository.git("branch", "--show-current") == BRANCH


async def test_worktree_never_overlaps_the_workspace(
    workspace: Workspace, repository: Repository
) -> None:
    for folder in (repository.root, repository.root / "sub", repository.root.parent):
        with pytest.raises(GitRefusedError, match="overlaps"):
            await workspace.create_worktree(folder, BRANCH, "HEAD")
        with pytest.raises(GitRefusedError, match="overlaps"):
            await workspace.remove_worktree(folder, None)
    assert (repository.root / "code.py").exists()


async def test_folder_that_cannot_be_made_is_named(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(NotReadyError, match=r"data cannot be changed .*TENON_DATA_DIR"):
        await workspace.create_worktree(tmp_path / "data" / "tkt-1", BRANCH, "HEAD")


async def test_disk_that_refuses_is_named(worktree: Worktree) -> None:
    with pytest.raises(NotReadyError, match=r"code\.py/x\.py cannot be written"):
        await worktree.write("code.py/x.py", "x")


async def test_worktrees_side_by_side(workspace: Workspace, tmp_path: Path) -> None:
    async def work(number: int) -> str:
        folder = tmp_path / "data" / str(number)
        worktree = await workspace.create_worktree(folder, f"tenon/{number}", "HEAD")
        await worktree.write("code.py", f"A = {number}\n")
        return await worktree.commit(["code.py"], f"feat: {number}", {})

    commits = await asyncio.gather(*map(work, range(5)))
    assert len(set(commits)) == 5


async def test_a_worktree_that_another_git_is_just_adding_is_waited_for(
    workspace: Workspace, repository: Repository, folder: Path
) -> None:
    repository.git("worktree", "add", "--quiet", "-b", "theirs", str(folder.parent / "theirs"))
    commondir = repository.root / ".git/worktrees/theirs/commondir"
    text = commondir.read_text()
    commondir.write_text("")  # as Git leaves it for a moment
    task = asyncio.create_task(workspace.create_worktree(folder, BRANCH, "HEAD"))
    await asyncio.sleep(0.3)
    commondir.write_text(text)
    assert await (await task).head() == repository.git("rev-parse", "HEAD")
