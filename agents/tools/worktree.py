"""Tenon's own checkout of one ticket's branch."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from agents.errors import GitRefusedError, NotReadyError
from agents.tools import commits, rebase
from agents.tools.confine import (
    LockedPathError,
    confined,
    decode,
    require_unlocked,
    steers_tests,
    writable,
)
from agents.tools.git_command import GitFailedError, in_worktree
from agents.tools.paths_to_change import require_changeable
from agents.uninterrupted import uninterrupted


class Worktree:
    """A folder outside the workspace in which the team works on one branch.

    Git never looks for a repository around the folder, fetches nothing, and runs the person's
    hooks for commits only, and there only with `hooks`. `options` are more of Git's options.
    """

    def __init__(
        self, root: Path, branch: str, options: Sequence[str] = (), *, hooks: bool = False
    ) -> None:
        self.root = root
        self.branch = branch
        self.remarks: tuple[str, ...] = ()
        """What the person should know about the folder, in sentences."""
        self._hooked = hooks
        self._git = in_worktree(root, *options)
        self._with_hooks = in_worktree(root, *options, hooks=True)
        self._locked: frozenset[str] = frozenset()
        self._strays: frozenset[str] = frozenset()

    async def lock(self, paths: Iterable[str]) -> None:
        """Refuse every write to `paths` from now on, and to what steers how tests are run."""
        self._locked = frozenset(paths)
        self._strays = frozenset(await self._differing())

    def unlock(self) -> None:
        """Nothing is locked any more."""
        self._locked = self._strays = frozenset()

    async def tampered(self) -> list[str]:
        """Locked files, and files that steer the tests, that are not as they were when locked.

        Code under test can write what it likes into the folder; new and ignored files count.
        """
        return sorted(set(await self._differing()) - self._strays) if self._locked else []

    async def _differing(self) -> list[str]:
        """Of those files, the ones that are not as they were committed."""
        kinds = ("--modified", "--deleted", "--others")
        found = (await self._git.run("ls-files", "-z", *kinds)).split("\0")
        return [path for path in found if path in self._locked or (path and steers_tests(path))]

    async def head(self) -> str:
        """Id of the checked-out commit."""
        return (await self._git.run("rev-parse", "HEAD")).strip()

    async def write(self, path: str, text: str) -> None:
        """Write a text file, its folders too; line ends are written as they are.

        Raises ForbiddenPathError for paths that lead out of the worktree, ``.git``, editor
        settings, hooks, build servers' files and dotfiles; LockedPathError for what is locked;
        NotReadyError if the disk refuses.
        """
        hooks = await self._hooks()
        await asyncio.to_thread(_write, self.root, path, text, hooks, self._locked)

    async def _hooks(self) -> str:
        try:
            command = ("config", "--type=path", "--get", "core.hooksPath")
            return (await self._with_hooks.run(*command)).strip()
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

        It is signed where the person's commits are. Without a change, nothing is committed and
        the id is that of the last commit. Raises GitRefusedError, with nothing committed, if
        signing fails or a hook refuses, and LockedPathError if a locked file would be changed,
        renamed or deleted.
        """
        await self._git.run("add", "--all", "--force", "--", *paths)
        await self._require_unlocked(paths)
        if not await self._git.succeeds("diff", "--cached", "--quiet", "--", *paths):
            text = f"{message.strip()}\n\n{_trailer_lines(trailers)}".strip()
            git = self._with_hooks if self._hooked else self._git
            await commits.commit(git, paths, text, hooks=self._hooked)
        return await self.head()

    async def require_changeable(self, paths: Sequence[str]) -> None:
        """Raise TicketBlockedError, with the reason, for paths that the team cannot change."""
        await require_changeable(self._git, paths)

    async def require_signing(self) -> None:
        """Raise SigningFailedError if the person's commits are signed and theirs cannot be."""
        await commits.require_signing(self._git)

    async def skipped_hooks(self) -> list[str]:
        """Hooks that the person's own commits run, and those made here do not."""
        return [] if self._hooked else await commits.hooks_of(self._with_hooks)

    async def _require_unlocked(self, paths: Sequence[str]) -> None:
        """Nothing that is staged under `paths` may be locked."""
        if not self._locked:
            return
        names = ("diff", "--cached", "--name-only", "--no-renames", "-z", "--", *paths)
        for name in sorted(self._locked & set((await self._git.run(*names)).split("\0"))):
            await self._git.run("reset", "--quiet", "--", name)
            raise LockedPathError(name, "it is a locked test")

    async def reset(self, commit: str | None = None) -> None:
        """Go back to `commit` (default: the last one) and remove files that are not in it."""
        await self._git.run("reset", "--hard", "--quiet", commit or "HEAD")
        await self._git.run("clean", "-ffd", "--quiet")

    @asynccontextmanager
    async def visiting(self, commit: str, back: str = "") -> AsyncGenerator[None, None]:
        """The files of `commit` within the block, those of `back` or the branch's tip afterwards.

        The branch does not move, so that a kill in between leaves it as it was.
        """
        try:
            await self._check_out("--detach", commit)
            yield
        finally:
            target = ("--detach", back) if back else (self.branch,)
            await uninterrupted(self._check_out(*target))

    @asynccontextmanager
    async def replayed(
        self, onto: str, since: str, resolve: rebase.Resolve
    ) -> AsyncGenerator[str, None]:
        """Within the block, the branch's commits after `since` lie on top of `onto`.

        Gives the new tip; the branch itself does not move, and its files are back afterwards.
        Raises MergeConflictError naming the files, if `resolve` has no text for one, and
        GitRefusedError if somebody has left changes in the folder.
        """
        if await self._git.run("status", "--porcelain", "--untracked-files=no"):
            raise GitRefusedError(
                f"{self.root} holds changes that are not committed. Commit them there, or drop "
                "them: git reset --hard"
            )
        tip = (await self._git.run("rev-parse", f"refs/heads/{self.branch}")).strip()
        async with self.visiting(tip):
            yield await rebase.replay(self._git, onto, since, resolve)

    async def _check_out(self, *target: str) -> None:
        await self._git.run("checkout", "--force", "--quiet", *target, "--")
        await self._git.run("clean", "-ffd", "--quiet")


def _trailer_lines(trailers: Mapping[str, str | Sequence[str]]) -> str:
    lines: list[str] = []
    for key, value in trailers.items():
        values = [value] if isinstance(value, str) else value
        lines += [f"{key}: {' '.join(item.split())}" for item in values]
    return "\n".join(lines)


def _write(root: Path, path: str, text: str, hooks: str, locked: Collection[str]) -> None:
    target = writable(root, path, hooks)
    require_unlocked(root, path, locked)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode())
    except OSError as error:
        raise NotReadyError(f"{path} cannot be written: {error.strerror}.") from error


def _read(root: Path, path: str) -> str | None:
    target = confined(root, path)
    return decode(target.read_bytes(), path) if target.is_file() else None
