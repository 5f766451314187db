"""Repositories of every kind: the team works in them as expected, or says clearly why not."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from agents.errors import GitRefusedError, TicketBlockedError
from agents.tools.git import Workspace, Worktree
from tests.unit.agents.tools.conftest import Repository

BRANCH = "tenon/tkt-1-slug"
ALLOW_FILES = ("-c", "protocol.file.allow=always")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data" / "tkt-1"


async def opened(repository: Repository, folder: Path, **options: bool) -> Worktree:
    workspace = await Workspace.open(repository.root)
    return await workspace.create_worktree(folder, BRANCH, "HEAD", **options)


def copied(repository: Repository, place: Path, *options: str) -> Repository:
    """A clone of the repository, with a committer of its own."""
    repository.git("clone", "--quiet", *options, f"file://{repository.root}", str(place))
    clone = Repository.__new__(Repository)
    clone.root = place
    clone.git("config", "user.name", "Ada")
    clone.git("config", "user.email", "ada@example.org")
    return clone


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
    assert await worktree.diff_from("HEAD") == ""
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
    assert await worktree.diff_from("HEAD") == ""


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
    assert await worktree.diff_from("HEAD") == ""


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
    assert await worktree.diff_from("HEAD") == ""


async def test_file_that_git_lfs_keeps_is_refused(repository: Repository, folder: Path) -> None:
    repository.write(".gitattributes", "big_*.py filter=lfs\n")
    repository.commit("attributes")
    worktree = await opened(repository, folder)
    with pytest.raises(TicketBlockedError, match=r"big_table\.py is kept by Git LFS"):
        await worktree.require_changeable(["code.py", "big_table.py"])


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
