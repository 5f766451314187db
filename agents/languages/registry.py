"""Which language a file is in, and which one a wish is about."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from agents.languages.contract import Language
from agents.languages.python import Python
from agents.tools.repo_map import RepoMap, is_test_file

_SCRIPTS = frozenset(f".{kind}{x}" for kind in ("js", "ts") for x in ("", "x")) | frozenset(
    {".mjs", ".cjs", ".mts", ".cts"}
)
_DECLARATIONS = (".d.ts", ".d.mts", ".d.cts")
_NOT_WRITTEN_BY_HAND = frozenset({"node_modules", "dist", "build", "out", "vendor", "coverage"})
_SHORTEST_NAME = 3


def is_source(path: str) -> bool:
    """Whether `path` is code of a known language that somebody wrote by hand."""
    file = PurePosixPath(path)
    if file.suffix not in _SCRIPTS:
        return file.suffix == ".py"
    made = path.endswith(_DECLARATIONS) or ".min." in file.name
    return not made and not _NOT_WRITTEN_BY_HAND.intersection(file.parts[:-1])


def is_known(path: str) -> bool:
    """Whether `path` is code in a language that the pair writes."""
    suffix = PurePosixPath(path).suffix
    return suffix == ".py" or (suffix in _SCRIPTS and not path.endswith(_DECLARATIONS))


def informs(path: str) -> bool:
    """Whether the text of `path` tells how a language is used in the repository."""
    return PurePosixPath(path).name == "package.json"


def language_of(
    path: str, files: Sequence[str] = (), sources: Mapping[str, str] | None = None
) -> Language:
    """The language of `path` in a repository with `files`, of which `sources` are known.

    What has no other language is Python.
    """
    if PurePosixPath(path).suffix in _SCRIPTS:
        from agents.languages.javascript.language import JavaScript

        return JavaScript.of(path, files, sources or {})
    return Python(files)


def language_for(
    words: str, repo_map: RepoMap, files: Sequence[str], sources: Mapping[str, str]
) -> Language:
    """The language of the code that `words` name, else the one that most files are in."""
    paths = [path for path in repo_map.modules if not is_test_file(path)]
    named = set(re.findall(r"[A-Za-z_$][\w$]*", words))
    about = [
        path
        for path in paths
        for symbol in repo_map.modules[path]
        if symbol.name in named and len(symbol.name) > _SHORTEST_NAME
    ]
    suffixes = Counter(PurePosixPath(path).suffix for path in about or paths)
    if not suffixes:
        return Python(files)
    most = max(suffixes, key=lambda suffix: (suffixes[suffix], suffix == ".py"))
    path = next(path for path in about or paths if path.endswith(most))
    return language_of(path, files, sources)
