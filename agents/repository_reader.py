"""Reads what the agents need of a commit: file names, sources, the symbol map."""

from __future__ import annotations

from dataclasses import dataclass

from agents.languages.contract import Language
from agents.languages.registry import informs, is_source, language_for, language_of
from agents.tools.git import Workspace
from agents.tools.repo_map import RepoMap, Symbol, build_repo_map

_MOST_FILES = 2000
_LARGEST_CHARACTERS = 400_000


@dataclass(frozen=True)
class Snapshot:
    """A commit as the agents see it."""

    commit: str
    files: list[str]
    sources: dict[str, str]
    """Text of the source files, and of what tells how they are used, by path."""
    repo_map: RepoMap

    def language_of(self, path: str) -> Language:
        """The language of a file."""
        return language_of(path, self.files, self.sources)

    def language_for(self, words: str) -> Language:
        """The language of what a wish is about."""
        return language_for(words, self.repo_map, self.files, self.sources)


async def read_snapshot(workspace: Workspace, commit: str) -> Snapshot:
    """The code of `commit`; files that are not UTF-8 or huge are passed over."""
    files = await workspace.tracked_files(commit)
    wanted = [path for path in files if is_source(path) or informs(path)]
    wanted.sort(key=lambda path: (not informs(path), not path.endswith(".py")))
    texts = await workspace.read_files(commit, wanted[:_MOST_FILES])
    sources = {p: text for p, text in texts.items() if len(text) <= _LARGEST_CHARACTERS}
    code = {path: text for path, text in sources.items() if is_source(path)}
    return Snapshot(commit, files, sources, build_repo_map(code, _symbols))


def _symbols(path: str, text: str) -> list[Symbol]:
    return language_of(path).symbols(text)
