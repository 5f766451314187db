"""Checks of Python code, as modules of the repository's own interpreter."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from agents.tools.checks import readers
from agents.tools.checks.configuration import Configuration
from agents.tools.checks.contract import Check, Kind, Read
from agents.tools.interpreter import installation

_ASK = """\
import importlib.util, json, sys
print(json.dumps([importlib.util.find_spec(name) is not None for name in sys.argv[1:]]))
"""
_ASK_SECONDS = 30

CACHE = "{cache}"
"""Stands in a command for a folder that outlives the run."""


@dataclass(frozen=True)
class _Tool:
    module: str
    kind: Kind
    is_used: Callable[[Configuration], bool]
    arguments: tuple[str, ...]
    read: Callable[[str], Read]
    """For the path of the file."""
    fix: tuple[str, ...] = ()
    name: str = ""


def _uses_ruff(found: Configuration) -> bool:
    files = found.has_file("ruff.toml", ".ruff.toml")
    return files or found.has_tool("ruff") or found.has_hook("ruff") or found.has_hook("ruff-check")


def _uses_ruff_format(found: Configuration) -> bool:
    return found.has_tool("ruff", "format") or found.has_hook("ruff-format")


def _uses_black(found: Configuration) -> bool:
    return found.has_tool("black") or found.has_hook("black")


def _uses_isort(found: Configuration) -> bool:
    tables = found.has_tool("isort") or found.has_section("isort")
    return tables or found.has_file(".isort.cfg") or found.has_hook("isort")


def _uses_flake8(found: Configuration) -> bool:
    return found.has_file(".flake8") or found.has_section("flake8") or found.has_hook("flake8")


def _uses_pylint(found: Configuration) -> bool:
    files = found.has_file(".pylintrc", "pylintrc", ".pylintrc.toml", "pylintrc.toml")
    return files or found.has_tool("pylint") or found.has_section("pylint")


def _uses_mypy(found: Configuration) -> bool:
    files = found.has_file("mypy.ini", ".mypy.ini")
    return files or found.has_tool("mypy") or found.has_section("mypy") or found.has_hook("mypy")


def _uses_pyright(found: Configuration) -> bool:
    return found.has_file("pyrightconfig.json") or found.has_tool("pyright")


_TOOLS = (
    _Tool(
        *("ruff", "lint", _uses_ruff),
        ("check", "--no-fix", "--no-cache", "--force-exclude", "--output-format=json"),
        lambda _path: readers.ruff,
        ("check", "--fix-only", "--no-unsafe-fixes", "--no-cache", "--force-exclude", "--quiet"),
    ),
    _Tool(
        *("isort", "format", _uses_isort),
        ("--check-only", "--quiet", "--filter-files"),
        partial(readers.formatted, "isort"),
        ("--quiet", "--filter-files"),
    ),
    _Tool(
        *("ruff", "format", _uses_ruff_format),
        ("format", "--check", "--no-cache", "--force-exclude", "--quiet"),
        partial(readers.formatted, "ruff format"),
        ("format", "--no-cache", "--force-exclude", "--quiet"),
        "ruff format",
    ),
    _Tool(
        *("black", "format", _uses_black),
        ("--check", "--quiet"),
        partial(readers.formatted, "black"),
        ("--quiet",),
    ),
    _Tool(
        *("flake8", "lint", _uses_flake8),
        (f"--format={readers.FLAKE8_FORMAT}",),
        lambda _path: readers.flake8,
    ),
    _Tool(
        *("pylint", "lint", _uses_pylint),
        ("--output-format=json", "--score=n", "--persistent=n"),
        lambda _path: readers.pylint,
    ),
    _Tool(
        *("mypy", "types", _uses_mypy),
        ("--output=json", "--no-error-summary", f"--cache-dir={CACHE}/mypy"),
        lambda _path: readers.mypy,
    ),
    _Tool(
        *("pyright", "types", _uses_pyright),
        ("--outputjson",),
        lambda _path: readers.pyright,
    ),
)


def python_checks(root: Path, python: Path, path: str) -> Iterator[Check]:
    """The checks of `path` that `root` is configured for and `python` has. Starts `python`."""
    found = Configuration(root)
    used = [tool for tool in _TOOLS if tool.is_used(found)]
    have = _installed(python, tuple(sorted({tool.module for tool in used})))
    for tool in used:
        if tool.module in have:
            # As the command in a terminal: the current folder is no place to import from.
            start = (str(python), "-I", "-m", tool.module)
            yield Check(
                name=tool.name or tool.module,
                kind=tool.kind,
                argv=(*start, *tool.arguments),
                read=tool.read(path),
                fix=(*start, *tool.fix) if tool.fix else (),
                readable=installation(python),
            )


@cache
def _installed(python: Path, modules: tuple[str, ...]) -> frozenset[str]:
    if not modules:
        return frozenset()
    try:
        answer = subprocess.run(
            [str(python), "-I", "-c", _ASK, *modules],
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_ASK_SECONDS,
            check=True,
        )
        have = json.loads(answer.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return frozenset()
    return frozenset(m for m, is_there in zip(modules, have, strict=True) if is_there)
