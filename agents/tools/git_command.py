"""Running Git without a person at the keyboard."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

from agents.errors import GitRefusedError, NotReadyError

QUIET = ("-c", "core.quotePath=false", "-c", "submodule.recurse=false")
NO_HOOKS = ("-c", "core.hooksPath=/dev/null")
WHOLE = ("-c", "core.sparseCheckout=false")
"""A file that a sparse checkout leaves out would look like one that does not exist."""
OWN = (
    *WHOLE,
    "-c",
    "core.fsmonitor=false",
    "-c",
    "maintenance.auto=false",
    "-c",
    "protocol.allow=never",  # a partial clone would fetch what it lacks
    "-c",
    "lfs.fetchexclude=*",
)
"""For Tenon's own worktrees: whole, without a network, and nothing left running."""

_ENVIRONMENT = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_EDITOR": "true",
    "GIT_SEQUENCE_EDITOR": "true",
    "GIT_PAGER": "cat",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "SSH_ASKPASS_REQUIRE": "force",  # a key's passphrase is never asked for on a terminal
    "LC_ALL": "C",
}
# Set while Git runs a hook or an alias; they would point every command at another repository.
_REPOSITORY = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX")
# Not for the repository's hooks and filters.
_SECRET = ("TENON_ENDPOINT_API_KEY", "TENON_MONGODB_URI")
_FOREIGN = (*_REPOSITORY, *_SECRET)
_NO_GIT = "Git is not installed. Install it (Debian: sudo apt-get install git)."
_LOCK_SIGNS = (
    ".lock': File exists",
    "could not lock config file",
    "/commondir: Success",  # of a worktree that another Git is just adding
)
_LOCK_RETRIES = 8
_LOCK_WAIT = 0.25


class GitFailedError(GitRefusedError):
    """A Git command ended with an error; the message is Git's own."""

    def __init__(self, exit_code: int, stdout: str, stderr: str) -> None:
        self.exit_code = exit_code
        self.stdout = stdout
        self.stderr = stderr
        super().__init__(f"Git refused: {clean(stderr) or f'exit code {exit_code}'}")


class LockedError(GitFailedError):
    """Another Git process holds a lock of the repository."""

    def __init__(self, exit_code: int, stdout: str, stderr: str) -> None:
        super().__init__(exit_code, stdout, stderr)
        self.args = (
            "Another Git program is working in this repository, or one has ended in the middle. "
            "Wait until it is done and try again; if none is running, remove the lock. "
            f"Git says: {clean(stderr).splitlines()[0]}",
        )


@dataclass(frozen=True)
class GitCommand:
    """Git in one directory. Each call is a process of its own; calls may run side by side."""

    directory: Path
    options: tuple[str, ...] = ()
    """Git's own options, before those of each call."""
    environment: Mapping[str, str] = field(default_factory=dict)

    async def run(self, *arguments: str, data: bytes = b"") -> str:
        """Standard output of ``git arguments``, fed with `data`.

        Waits a little for locks of other Git processes. Raises GitFailedError, of which
        LockedError is one, and NotReadyError if Git is missing.
        """
        return (await self.run_bytes(*arguments, data=data)).decode(errors="replace")

    async def run_bytes(self, *arguments: str, data: bytes = b"") -> bytes:
        """As `run`, undecoded."""
        return await asyncio.to_thread(self._patiently, arguments, data)

    async def succeeds(self, *arguments: str) -> bool:
        """Whether ``git arguments`` ends with exit code 0."""
        try:
            await self.run(*arguments)
        except GitFailedError:
            return False
        return True

    def _patiently(self, arguments: tuple[str, ...], data: bytes) -> bytes:
        for _ in range(_LOCK_RETRIES):
            try:
                return self._once(arguments, data)
            except LockedError:
                time.sleep(_LOCK_WAIT)
        return self._once(arguments, data)

    def _once(self, arguments: tuple[str, ...], data: bytes) -> bytes:
        git = _import_git()
        if not self.directory.is_dir():  # GitPython would go on in the current folder
            raise NotReadyError(f"The folder {self.directory} does not exist.", "noFolder")
        command = [*_without_foreign(), "git", *QUIET, *self.options, *arguments]
        with tempfile.TemporaryFile() as stdin:
            stdin.write(data)
            stdin.seek(0)
            try:
                status, stdout, stderr = git.Git(str(self.directory)).execute(
                    command,
                    istream=stdin,
                    with_extended_output=True,
                    with_exceptions=False,
                    stdout_as_string=False,
                    strip_newline_in_stdout=False,
                    env={**_environment(), **self.environment},
                )
            except git.GitCommandNotFound as error:
                raise NotReadyError(_NO_GIT) from error
        if status != 0:
            kind = LockedError if any(s in stderr for s in _LOCK_SIGNS) else GitFailedError
            raise kind(status, stdout.decode(errors="replace"), stderr)
        return bytes(stdout)


def in_worktree(directory: Path, *options: str, hooks: bool = False) -> GitCommand:
    """Git in a worktree of Tenon's own, and never in a repository around it.

    The person's hooks run with `hooks` only.
    """
    own = WHOLE if hooks else (*NO_HOOKS, *OWN)
    ceiling = {"GIT_CEILING_DIRECTORIES": str(directory.parent)}
    return GitCommand(directory, (*own, *options), ceiling)


def _environment() -> dict[str, str]:
    return {**_ENVIRONMENT, "SSH_ASKPASS": os.environ.get("SSH_ASKPASS", "false")}


def _import_git() -> ModuleType:
    """GitPython, which looks for the git program when it is imported."""
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
    import git

    return git


def _without_foreign() -> list[str]:
    found = [name for name in _FOREIGN if name in os.environ]
    return ["env", *(f"--unset={name}" for name in found)] if found else []


def clean(stderr: str) -> str:
    """Git's words, or a hook's, without Git's prefixes and hints."""
    lines = [line for line in stderr.strip().splitlines() if not line.startswith("hint:")]
    return "\n".join(line.removeprefix("fatal: ").removeprefix("error: ") for line in lines)
