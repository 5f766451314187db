"""Checks of JavaScript and TypeScript, out of the ``node_modules`` around the code."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from agents.tools.checks import readers
from agents.tools.checks.configuration import Configuration
from agents.tools.checks.contract import Check, Kind, Read
from agents.tools.runners.node_modules import FOLDER
from agents.tools.runners.node_program import find_node

_TYPED = (".ts", ".tsx", ".mts", ".cts")
_ESLINT = ("eslint.config.js", "eslint.config.[cm]js", "eslint.config.*ts", "eslint.config.ts")
_ESLINT_BEFORE_9 = (".eslintrc", ".eslintrc.*")
_PRETTIER = (".prettierrc", ".prettierrc.*", "prettier.config.*")


@dataclass(frozen=True)
class _Tool:
    name: str
    kind: Kind
    is_used: Callable[[Configuration, str], bool]
    """By the configuration of a folder, for the path of the file."""
    arguments: tuple[str, ...]
    read: Callable[[str], Read]
    """For the path of the file, relative to the configuration's folder."""
    fix: str = ""
    whole_project: bool = False


def _uses_eslint(found: Configuration, _path: str) -> bool:
    return found.has_file(*_ESLINT, *_ESLINT_BEFORE_9) or found.has_package_key("eslintConfig")


def _uses_prettier(found: Configuration, _path: str) -> bool:
    return found.has_file(*_PRETTIER) or found.has_package_key("prettier")


def _uses_tsc(found: Configuration, path: str) -> bool:
    return path.endswith(_TYPED) and found.has_file("tsconfig.json")


_TOOLS = (
    _Tool(
        "eslint", "lint", _uses_eslint, ("--format=json",), lambda _path: readers.eslint, "--fix"
    ),
    _Tool(
        *("prettier", "format", _uses_prettier, ("--check",)),
        lambda path: readers.formatted("prettier", path),
        "--write",
    ),
    _Tool(
        *("tsc", "types", _uses_tsc, ("--noEmit", "--pretty", "false")),
        lambda _path: readers.tsc,
        whole_project=True,
    ),
)


def node_checks(root: Path, workspace: Path, path: str) -> Iterator[Check]:
    """The checks of `path` that `root` is configured for and `workspace` has.

    Configuration and programs are looked for from the file's folder outwards, as they do it
    themselves. `workspace` is the person's checkout, which has the packages that `root` lacks.
    """
    node = find_node()
    folders = ["" if str(p) == "." else str(p) for p in PurePosixPath(path).parents]
    lent = [(f, workspace / f / FOLDER) for f in folders if (workspace / f / FOLDER).is_dir()]
    for tool in _TOOLS if node else ():
        folder = next((f for f in folders if tool.is_used(Configuration(root / f), path)), None)
        program = next((p for _, m in lent if (p := m / ".bin" / tool.name).is_file()), None)
        if node is None or folder is None or program is None:
            continue
        start = (str(node.path), str(program.resolve()))
        yield Check(
            name=tool.name,
            kind=tool.kind,
            argv=(*start, *tool.arguments),
            read=tool.read(PurePosixPath(path).relative_to(folder).as_posix()),
            fix=(*start, tool.fix) if tool.fix else (),
            whole_project=tool.whole_project,
            folder=folder,
            readable=(
                *(part for _, modules in lent for part in {modules, modules.resolve()}),
                *node.readable,
            ),
            modules=tuple((str(PurePosixPath(f, FOLDER)), modules) for f, modules in lent),
        )
