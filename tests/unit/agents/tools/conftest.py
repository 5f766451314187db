"""Real sandboxes for the tests of the tools."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.tools.git import Workspace, Worktree
from agents.tools.landlock import OLDEST, version
from agents.tools.sandbox import Sandbox

BRANCH = "tenon/tkt-1-slug"


@pytest.fixture(scope="session")
def bubblewrap() -> Sandbox:
    """The bubblewrap sandbox; its tests are skipped where the kernel forbids it."""
    import asyncio

    sandbox = asyncio.run(Sandbox.probe())
    if sandbox.kind != "bubblewrap":
        pytest.skip(sandbox.warning)
    return sandbox


@pytest.fixture(scope="session")
def landlock() -> Sandbox:
    """The sandbox for machines without bubblewrap; skipped where the kernel is older."""
    if version() < OLDEST:
        pytest.skip("Landlock does not work here")
    return Sandbox("landlock", "a warning")


@pytest.fixture
def limits() -> Sandbox:
    """The sandbox for machines without bubblewrap and Landlock."""
    return Sandbox("limits", "a warning")


@pytest.fixture
def secret_in_home() -> Iterator[Path]:
    """A file in the real home folder that nothing in a sandbox may read."""
    folder = Path.home() / ".tenon-test-secret"
    folder.mkdir(exist_ok=True)
    (folder / "key").write_text("hunter2")
    yield folder / "key"
    shutil.rmtree(folder)


class Repository:
    """A real repository for a test to work on, through the git program."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True)
        self.git("init", "--quiet", "--initial-branch=main")
        self.git("config", "user.name", "Ada")
        self.git("config", "user.email", "ada@example.org")

    def git(self, *arguments: str) -> str:
        """Standard output of a git command that must succeed."""
        return subprocess.run(
            ["git", *arguments], cwd=self.root, check=True, capture_output=True, text=True
        ).stdout.strip()

    def write(self, path: str, text: str) -> None:
        """A file, its folders too."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def commit(self, message: str, **files: str) -> str:
        """Commit files by module name (``__`` stands for a folder)."""
        for name, text in files.items():
            self.write(name.replace("__", "/") + ".py", text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "-m", message)
        return self.git("rev-parse", "HEAD")

    def picture(self) -> tuple[str, str, str, dict[str, bytes]]:
        """Branch, index, references' heads and every file: what must not change by itself."""
        files = {
            str(path.relative_to(self.root)): path.read_bytes()
            for path in sorted(self.root.rglob("*"))
            if path.is_file() and ".git" not in path.relative_to(self.root).parts
        }
        index = self.git("ls-files", "--stage", "--debug")
        return (self.root / ".git/HEAD").read_text(), index, self.git("rev-parse", "main"), files


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A repository with one commit, in a folder whose name holds spaces and umlauts."""
    repository = Repository(tmp_path / "mein Prüjekt")
    repository.commit("first", code="A = 1\n", src__größe="B = 2\n")
    return repository


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a ticket's worktree goes."""
    return tmp_path / "data" / "tkt-1"


async def opened(repository: Repository, folder: Path, **options: bool) -> Worktree:
    """A ticket's worktree."""
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
