"""The person's repository is read as it is, and changes only where a click allows it."""

import asyncio
import os
from pathlib import Path

import pytest

from agents.errors import GitRefusedError, NotReadyError
from agents.tools.git import ChangedFile, Workspace
from tests.unit.agents.tools.conftest import Repository


@pytest.fixture
async def workspace(repository: Repository) -> Workspace:
    return await Workspace.open(repository.root)


async def refusal(path: Path) -> NotReadyError:
    with pytest.raises(NotReadyError) as error:
        await Workspace.open(path)
    return error.value


async def test_folder_without_repository_is_named(tmp_path: Path) -> None:
    error = await refusal(tmp_path)
    assert str(error) == f"{tmp_path} is not in a Git repository. Create one there with: git init"
    assert error.problem == "noRepository"


async def test_missing_folder_is_named(tmp_path: Path) -> None:
    error = await refusal(tmp_path / "nope")
    assert (str(error), error.problem) == (
        f"The folder {tmp_path / 'nope'} does not exist.",
        "noFolder",
    )


async def test_repository_without_commits(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "empty")
    error = await refusal(repository.root)
    assert "no commit yet" in str(error)
    assert error.problem == "noCommit"


async def test_bare_repository_and_git_folder(tmp_path: Path, repository: Repository) -> None:
    bare = tmp_path / "bare.git"
    repository.git("init", "--quiet", "--bare", str(bare))
    for folder in (bare, repository.root / ".git"):
        error = await refusal(folder)
        assert "no files to work on" in str(error)
        assert error.problem == "noRepository"


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a folder away")
async def test_repository_of_another_user(repository: Repository) -> None:
    for path in (repository.root, repository.root / ".git"):
        os.chown(path, 12345, 12345)
    assert "git config --global --add safe.directory" in str(await refusal(repository.root))


async def test_missing_git_program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "Git is not installed" in str(await refusal(tmp_path))


async def test_a_hooks_environment_does_not_lead_elsewhere(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other"))
    assert (await Workspace.open(repository.root)).root == repository.root


async def test_root_is_found_from_a_folder_inside(repository: Repository) -> None:
    assert (await Workspace.open(repository.root / "src")).root == repository.root


async def test_head(workspace: Workspace, repository: Repository) -> None:
    commit = repository.git("rev-parse", "HEAD")
    head = await workspace.head()
    assert (head.branch, head.commit) == ("main", commit)
    repository.git("switch", "--quiet", "--detach")
    assert (await workspace.head()).branch is None


async def test_dirty_files(workspace: Workspace, repository: Repository) -> None:
    assert await workspace.dirty_files() == []
    repository.write("code.py", "A = 2\n")
    repository.write("neu/ä b.py", "")
    repository.git("mv", "src/größe.py", "src/moved.py")
    assert sorted(await workspace.dirty_files()) == [
        "code.py",
        "neu/ä b.py",
        "src/größe.py",
        "src/moved.py",
    ]


async def test_files_are_read_as_committed(workspace: Workspace, repository: Repository) -> None:
    (repository.root / "crlf.txt").write_bytes(b"a\r\nb")
    (repository.root / "latin.txt").write_bytes("größe".encode("latin-1"))
    (repository.root / "link.py").symlink_to("code.py")
    repository.commit("more")
    repository.write("code.py", "A = 99\n")
    names = ["code.py", "crlf.txt", "latin.txt", "src/größe.py"]
    assert await workspace.tracked_files() == names
    assert await workspace.read_file("HEAD", "code.py") == "A = 1\n"
    assert await workspace.read_file("HEAD", "crlf.txt") == "a\r\nb"
    assert await workspace.read_file("HEAD~1", "crlf.txt") is None
    assert await workspace.read_file("HEAD", "src") is None
    with pytest.raises(NotReadyError, match=r"latin\.txt is not UTF-8"):
        await workspace.read_file("HEAD", "latin.txt")
    assert await workspace.read_files("HEAD", [*names, "nope.py"]) == {
        "code.py": "A = 1\n",
        "crlf.txt": "a\r\nb",
        "src/größe.py": "B = 2\n",
    }


async def test_commits_are_compared(workspace: Workspace, repository: Repository) -> None:
    base = repository.git("rev-parse", "HEAD")
    repository.git("switch", "--quiet", "-c", "side")
    (repository.root / "src/größe.py").unlink()
    first = repository.commit("side", code="A = 2\n", new="C = 3\n")
    second = repository.commit("more", new="C = 4\n")
    assert await workspace.merge_base("main", "side") == base
    assert sorted(await workspace.changed_files(base, "side"), key=lambda f: f.path) == [
        ChangedFile("code.py", "modified"),
        ChangedFile("new.py", "added"),
        ChangedFile("src/größe.py", "deleted"),
    ]
    assert "+C = 4" in await workspace.diff(base, "side")
    assert await workspace.branch_commits("main", "side") == [first, second]
    assert await workspace.contains("side", first)
    assert not await workspace.contains("main", first)
    assert not await workspace.contains("nope", first)
    assert not await workspace.contains("main", "0" * 40)


async def test_reading_changes_nothing(workspace: Workspace, repository: Repository) -> None:
    repository.write("code.py", "A = 2\n")
    repository.write("new.py", "")
    before = repository.picture()
    index = (repository.root / ".git/index").read_bytes()
    await workspace.dirty_files()
    await workspace.tracked_files()
    await workspace.diff("HEAD", "main")
    assert (repository.root / ".git/index").read_bytes() == index
    assert repository.picture() == before


async def test_commit_file_commits_that_file_alone(
    workspace: Workspace, repository: Repository
) -> None:
    repository.write("code.py", "A = 2\n")
    repository.write("staged.py", "S = 1\n")
    repository.git("add", "staged.py")
    repository.write("untracked.py", "")
    repository.write("docs/spec.md", "# Spec\n")
    commit = await workspace.commit_file("docs/spec.md", "docs: spec\n\nRequirement: REQ-1")
    assert repository.git("show", "--name-only", "--format=%an|%B", commit) == (
        "Ada|docs: spec\n\nRequirement: REQ-1\n\n\ndocs/spec.md"
    )
    assert repository.git("status", "--porcelain").splitlines() == [
        "M code.py",  # the helper strips the first space
        "A  staged.py",
        "?? untracked.py",
    ]
    assert await workspace.commit_file("docs/spec.md", "again") == commit


async def test_commit_file_without_an_identity(
    workspace: Workspace, repository: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    repository.git("config", "--unset", "user.name")
    repository.git("config", "--unset", "user.email")
    repository.write("a.md", "x")
    commit = await workspace.commit_file("a.md", "docs: a")
    assert repository.git("show", "--no-patch", "--format=%an", commit) == "Tenon"


async def test_commit_file_on_detached_head_is_refused(
    workspace: Workspace, repository: Repository
) -> None:
    repository.git("switch", "--quiet", "--detach")
    repository.write("a.md", "x")
    before = repository.picture()
    with pytest.raises(GitRefusedError, match="detached HEAD"):
        await workspace.commit_file("a.md", "docs: a")
    assert repository.picture() == before


async def test_hook_that_refuses_leaves_the_index_as_it_was(
    workspace: Workspace, repository: Repository
) -> None:
    hook = repository.root / ".git/hooks/pre-commit"
    hook.write_text("#!/bin/sh\necho 'too long' >&2\nexit 1\n")
    hook.chmod(0o755)
    repository.write("a.md", "x")
    before = repository.picture()
    with pytest.raises(GitRefusedError, match="too long"):
        await workspace.commit_file("a.md", "docs: a")
    assert repository.picture() == before


async def test_hooks_do_not_see_the_keys(
    workspace: Workspace, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TENON_ENDPOINT_API_KEY", "hush")
    monkeypatch.setenv("TENON_MONGODB_URI", "mongodb://me:hush@localhost")
    hook = repository.root / ".git/hooks/pre-commit"
    hook.write_text("#!/bin/sh\nif env | grep -q hush; then echo 'seen' >&2; exit 1; fi\n")
    hook.chmod(0o755)
    repository.write("a.md", "x")
    await workspace.commit_file("a.md", "docs: a")


async def test_file_outside_the_repository_is_refused(workspace: Workspace) -> None:
    for path in ("../x", "/etc/passwd", "nope.md"):
        with pytest.raises(GitRefusedError):
            await workspace.commit_file(path, "docs: x")


async def test_lock_of_another_git_is_waited_for(
    workspace: Workspace, repository: Repository
) -> None:
    lock = repository.root / ".git/index.lock"
    lock.touch()
    repository.write("a.md", "x")
    task = asyncio.create_task(workspace.commit_file("a.md", "docs: a"))
    await asyncio.sleep(0.3)
    lock.unlink()
    assert await task == repository.git("rev-parse", "HEAD")


async def test_lock_that_stays_is_named(
    workspace: Workspace, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agents.tools.git_command._LOCK_WAIT", 0.0)
    (repository.root / ".git/index.lock").touch()
    repository.write("code.py", "A = 2\n")
    before = repository.picture()
    with pytest.raises(GitRefusedError, match=r"Another Git program .*index\.lock"):
        await workspace.commit_file("code.py", "docs: a")
    assert repository.picture() == before


async def test_branch_is_archived(workspace: Workspace, repository: Repository) -> None:
    repository.git("branch", "tenon/x")
    reference = await workspace.archive_branch("tenon/x", "tkt-1")
    assert reference is not None
    assert repository.git("rev-parse", reference) == repository.git("rev-parse", "main")
    assert await workspace.archive_branch("tenon/none", "tkt-1") is None
