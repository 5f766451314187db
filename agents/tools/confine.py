"""Which paths of a worktree the team may read and write."""

from __future__ import annotations

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


class ForbiddenPathError(NotReadyError):
    """The path leads out of the worktree or to something that the team must not change."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"Tenon does not touch {path}: {reason}.")


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


def decode(data: bytes, path: str) -> str:
    """The text of a file. Raises NotReadyError, with the file's name, if it is not UTF-8."""
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise NotReadyError(
            f"{path} is not UTF-8 text (byte {error.start}). Save it as UTF-8 and try again."
        ) from error
