"""The files of a checkout for the code index, by Git's own rules."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path, PurePosixPath

from agents.tools.git_command import GitCommand, GitFailedError

_ATTRIBUTES = ("linguist-generated", "linguist-vendored")
_MOST_ARGUMENTS = 500


class GitFiles:
    """Implements memory's `RepositoryFiles`. Nothing of the repository is changed.

    Methods raise GitRefusedError, or NotReadyError if Git or the folder is missing.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        # Looking changes nothing; without this, Git would refresh its index beside the person.
        self._git = GitCommand(root, environment={"GIT_OPTIONAL_LOCKS": "0"})

    @property
    def root(self) -> Path:
        """The top level of the checkout."""
        return self._root

    async def commit(self) -> str:
        """Id of the commit that is checked out; empty where there is none yet."""
        try:
            return (await self._git.run("rev-parse", "--verify", "--quiet", "HEAD")).strip()
        except GitFailedError:
            return ""

    async def paths(self, only: Collection[str] | None = None) -> list[str]:
        """Tracked files and untracked ones that are not ignored; of `only`, if it is given."""
        command = ("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--full-name")
        if only is None:
            return _split(await self._git.run_bytes(*command))
        found: set[str] = set()
        wanted = sorted(path for path in only if _is_inside(path))
        for start in range(0, len(wanted), _MOST_ARGUMENTS):
            some = wanted[start : start + _MOST_ARGUMENTS]
            found.update(_split(await self._git.run_bytes(*command, "--", *some)))
        return sorted(found)

    async def set_aside(self, paths: Collection[str]) -> set[str]:
        """Those that ``.gitattributes`` declare generated or vendored."""
        if not paths:
            return set()
        data = b"".join(path.encode("utf-8", "surrogateescape") + b"\0" for path in paths)
        command = ("check-attr", "-z", "--stdin", *_ATTRIBUTES)
        fields = (await self._git.run_bytes(*command, data=data)).split(b"\0")
        triples = zip(fields[::3], fields[1::3], fields[2::3], strict=False)
        return {
            path.decode("utf-8", "surrogateescape")
            for path, _attribute, value in triples
            if value in (b"set", b"true")
        }

    async def history_files(self) -> list[Path]:
        """Files of Git's whose change tells of a commit, a merge or another branch."""
        names = ("HEAD", "logs/HEAD", "info/exclude")
        command = ["rev-parse", "--path-format=absolute"]
        for name in names:
            command += ["--git-path", name]
        return [Path(line) for line in (await self._git.run(*command)).splitlines()]


def _split(output: bytes) -> list[str]:
    names = {name.decode("utf-8", "surrogateescape") for name in output.split(b"\0") if name}
    # What cannot be written as text has no place in a record of text.
    return sorted(name for name in names if "\ufffd" not in name and _is_text(name))


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_inside(path: str) -> bool:
    parts = PurePosixPath(path).parts
    return bool(parts) and parts[0] != "/" and ".." not in parts
