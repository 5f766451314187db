"""Which paths of a worktree the team may read and write."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path, PurePosixPath

from agents.errors import NotReadyError

# Names without a leading dot that make a build server, or Git, run something.
_RUNS_ELSEWHERE = frozenset(
    {
        "appveyor.yml",
        "azure-pipelines.yml",
        "azure-pipelines.yaml",
        "bitbucket-pipelines.yml",
        "cloudbuild.yaml",
        "jenkinsfile",
        "wercker.yml",
    }
)
# Files by which a test runner is told what to collect, run and report, or which it imports first.
_STEERING = re.compile(
    r"conftest\.py|pytest\.(?:ini|toml|py)|pyproject\.toml|setup\.cfg|tox\.ini"
    r"|(?:site|user)customize\.py|package\.json|(?:jest|vite|vitest)\.config\.\w+"
    r"|vitest\.workspace\.\w+"
)


class ForbiddenPathError(NotReadyError):
    """The path leads out of the worktree or to something that the team must not change."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"Tenon does not touch {path}: {reason}.")


class LockedPathError(ForbiddenPathError):
    """The path is a test that is locked, or steers how the locked tests are run."""


def confined(root: Path, path: str) -> Path:
    """Where `path` (relative to `root`, with forward slashes) really lies.

    Links are resolved first. Raises ForbiddenPathError if that is outside `root`, in ``.git``,
    a dotfile or a folder that starts with a dot.
    """
    parts = PurePosixPath(path).parts
    if not parts or PurePosixPath(path).is_absolute() or ".." in parts or "\0" in path:
        raise ForbiddenPathError(repr(path), "it is not a path inside the worktree")
    real_root = root.resolve()
    real = (real_root / path).resolve()
    if not real.is_relative_to(real_root) or real == real_root:
        raise ForbiddenPathError(path, "it leads out of the worktree")
    for part in (*parts, *real.relative_to(real_root).parts):
        if part.startswith("."):
            raise ForbiddenPathError(path, "settings, hooks and other dotfiles are yours to change")
    return real


def writable(root: Path, path: str, hooks: str = "") -> Path:
    """As `confined`, and neither a build server's file nor in the folder of `hooks`.

    `hooks` is Git's ``core.hooksPath``, relative to `root`, or empty.
    """
    real = confined(root, path)
    if real.name.lower() in _RUNS_ELSEWHERE:
        raise ForbiddenPathError(path, "it tells a build server what to run")
    if hooks and real.is_relative_to((root / hooks).resolve()):
        raise ForbiddenPathError(path, "Git hooks are yours to change")
    return real


def steers_tests(path: str) -> bool:
    """Whether a test runner reads `path` to learn what to run, or imports it before any test."""
    return _STEERING.fullmatch(PurePosixPath(path).name.lower()) is not None


def require_unlocked(root: Path, path: str, locked: Collection[str]) -> None:
    """Raise LockedPathError if `path` is one of `locked` under any name, or steers the tests.

    Links of both kinds, and names that differ in case where the disk does not tell them apart,
    lead to the same file. With nothing locked, everything is free.
    """
    if not locked:
        return
    real = confined(root, path)
    if any(_same_file(real, root, other) for other in locked):
        raise LockedPathError(path, "it is a locked test")
    if steers_tests(path) or steers_tests(real.name):
        raise LockedPathError(path, "it decides which tests run, and tests are locked")


def _same_file(real: Path, root: Path, other: str) -> bool:
    locked = root.resolve() / other
    if real in (locked, locked.resolve()):
        return True
    return real.exists() and locked.exists() and real.samefile(locked)


def decode(data: bytes, path: str) -> str:
    """The text of a file. Raises NotReadyError, with the file's name, if it is not UTF-8."""
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise NotReadyError(
            f"{path} is not UTF-8 text (byte {error.start}). Save it as UTF-8 and try again."
        ) from error
