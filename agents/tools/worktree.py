"""Tenon's own checkout of one ticket's branch."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from agents.errors import NotReadyError
from agents.tools.confine import confined, decode, writable
from agents.tools.git_command import NO_HOOKS, GitCommand, GitFailedError


class Worktree:
    """A folder outside the workspace in which the team works on one branch."""

    def __init__(self, root: Path, branch: str) -> None:
        self.root = root
        self.branch = branch
        self._git = GitCommand(root)

    async def head(self) -> str:
        """Id of the checked-out commit."""
        return (await self._git.run("rev-parse", "HEAD")).strip()

    async def write(self, path: str, text: str) -> None:
        """Write a text file, its folders too; line ends are written as they are.

        Raises ForbiddenPathError for paths that lead out of the worktree, ``.git``, editor
        settings, hooks, build servers' files and dotfiles; NotReadyError if the disk refuses.
        """
        hooks = await self._hooks()
        await asyncio.to_thread(_write, self.root, path, text, hooks)

    async def _hooks(self) -> str:
        try:
            return (await self._git.run("config", "--type=path", "--get", "core.hooksPath")).strip()
        except GitFailedError:
            return ""

    async def read(self, path: str) -> str | None:
        """Text of a file, None if there is none.

        Raises ForbiddenPathError as `write`, and NotReadyError for a file that is not UTF-8.
        """
        return await asyncio.to_thread(_read, self.root, path)

    async def commit(
        self, paths: Sequence[str], message: str, trailers: Mapping[str, str | Sequence[str]]
    ) -> str:
        """Commit the named files, added, changed or deleted; returns the commit's id.

        The person's hooks and signing key are not used. Without a change, nothing is committed
        and the id is that of the last commit. Raises GitFailedError.
        """
        await self._git.run("add", "--all", "--force", "--", *paths)
        if not await self._git.succeeds("diff", "--cached", "--quiet", "--", *paths):
            text = f"{message.strip()}\n\n{_trailer_lines(trailers)}".strip()
            options = ("--no-verify", "--quiet", "--cleanup=whitespace", "-m", text)
            who = await identity(self._git)
            await self._git.run(*NO_HOOKS, *who, "commit", *options, "--only", "--", *paths)
        return await self.head()

    async def reset(self, commit: str | None = None) -> None:
        """Go back to `commit` (default: the last one) and remove files that are not in it."""
        await self._git.run(*NO_HOOKS, "reset", "--hard", "--quiet", commit or "HEAD")
        await self._git.run("clean", "-ffd", "--quiet")

    @asynccontextmanager
    async def visiting(self, commit: str) -> AsyncGenerator[None, None]:
        """The files of `commit` within the block, those of the branch's tip afterwards.

        The branch does not move, so that a kill in between leaves it as it was.
        """
        try:
            await self._check_out("--detach", commit)
            yield
        finally:
            await asyncio.shield(self._check_out(self.branch))

    async def _check_out(self, *target: str) -> None:
        await self._git.run(*NO_HOOKS, "checkout", "--force", "--quiet", *target, "--")
        await self._git.run("clean", "-ffd", "--quiet")

    async def diff(self) -> str:
        """What is not committed yet, new files too."""
        await self._git.run("add", "--intent-to-add", "--all", "--", ".")
        return await self.diff_from("HEAD")

    async def diff_from(self, commit: str) -> str:
        """What the folder has that `commit` has not; untracked files are left out."""
        return await self._git.run("diff", "--no-ext-diff", "--no-color", "--no-textconv", commit)


async def identity(git: GitCommand) -> tuple[str, ...]:
    """Options that make Tenon the author where the person has set no name and address."""
    if await git.succeeds("-c", "user.useConfigOnly=true", "var", "GIT_COMMITTER_IDENT"):
        return ()
    return ("-c", "user.name=Tenon", "-c", "user.email=tenon@localhost")


def _trailer_lines(trailers: Mapping[str, str | Sequence[str]]) -> str:
    lines: list[str] = []
    for key, value in trailers.items():
        values = [value] if isinstance(value, str) else value
        lines += [f"{key}: {' '.join(item.split())}" for item in values]
    return "\n".join(lines)


def _write(root: Path, path: str, text: str, hooks: str) -> None:
    target = writable(root, path, hooks)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode())
    except OSError as error:
        raise NotReadyError(f"{path} cannot be written: {error.strerror}.") from error


def _read(root: Path, path: str) -> str | None:
    target = confined(root, path)
    return decode(target.read_bytes(), path) if target.is_file() else None
