"""Reads what the agents need of a commit: file names, Python sources, the symbol map."""

from __future__ import annotations

from dataclasses import dataclass

from agents.tools.git import Workspace
from agents.tools.repo_map import RepoMap, build_repo_map

_MOST_FILES = 2000
_LARGEST_CHARACTERS = 400_000


@dataclass(frozen=True)
class Snapshot:
    """A commit as the agents see it."""

    commit: str
    files: list[str]
    sources: dict[str, str]
    """Text of the Python files, by path."""
    repo_map: RepoMap


async def read_snapshot(workspace: Workspace, commit: str) -> Snapshot:
    """The Python side of `commit`; files that are not UTF-8 or huge are passed over."""
    files = await workspace.tracked_files(commit)
    python = [path for path in files if path.endswith(".py")][:_MOST_FILES]
    texts = await workspace.read_files(commit, python)
    sources = {p: text for p, text in texts.items() if len(text) <= _LARGEST_CHARACTERS}
    return Snapshot(commit, files, sources, build_repo_map(sources))
