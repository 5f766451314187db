"""Compares the files as they are with what the index holds."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from memory.chunking.languages import MARKDOWN, OTHER_CODE, RESTRUCTURED, file_type, suffix_of
from memory.code_index import names
from memory.code_index.contract import IndexLimits
from memory.code_index.manifest import FileState
from memory.code_index.reader import file_stat, is_unchanged


@dataclass
class Plan:
    """What an update has to do."""

    to_read: list[str] = field(default_factory=list)
    """New files and those that may have changed, the most useful first."""
    gone: list[str] = field(default_factory=list)
    """Files that the index holds and that are no longer there."""
    unchanged: list[str] = field(default_factory=list)
    too_many: int = 0


def compare(
    root: Path,
    paths: Iterable[str],
    known: Mapping[str, FileState],
    aside: Collection[str],
    limits: IndexLimits,
) -> Plan:
    """The plan for `paths`, of which `known` are the states that the index has noted."""
    plan, folders = Plan(), _Folders(root)
    wanted = sorted(set(paths), key=_usefulness)
    plan.too_many = max(len(wanted) - limits.max_files, 0)
    there: set[str] = set()
    for path in wanted[: limits.max_files]:
        found = file_stat(root, path) if folders.is_inside(path) else None
        if found is None:
            continue
        there.add(path)
        same = is_unchanged(found, known.get(path)) and _is_judged_so(known[path], path in aside)
        (plan.unchanged if same else plan.to_read).append(path)
    plan.gone = sorted(known.keys() - there)
    return plan


def _is_judged_so(state: FileState, aside: bool) -> bool:
    """Whether `.gitattributes` would still decide as they did when the file was read."""
    if aside:
        return bool(state.reason)
    by_attribute = state.reason == names.GENERATED and not state.digest
    return not by_attribute or bool(names.reason_to_leave_out(state.path))


def _usefulness(path: str) -> tuple[int, str]:
    kind, suffix = file_type(path), suffix_of(path)
    if kind.grammar or suffix in OTHER_CODE:
        return 0, path
    return (1 if kind is MARKDOWN or suffix in RESTRUCTURED else 2), path


class _Folders:
    """Whether folders lie in the checkout, links followed; each is looked at once."""

    def __init__(self, root: Path) -> None:
        self._root = os.path.realpath(root)
        self._known: dict[str, bool] = {}

    def is_inside(self, path: str) -> bool:
        parts = PurePosixPath(path).parts
        if not parts or parts[0] == "/" or ".." in parts:
            return False
        folder = os.path.dirname(path)  # noqa: PTH120 - a path of Git's, thousands of times
        if folder not in self._known:
            inner = os.path.join(self._root, folder)  # noqa: PTH118
            self._known[folder] = os.path.realpath(inner) == os.path.normpath(inner)
        return self._known[folder]
