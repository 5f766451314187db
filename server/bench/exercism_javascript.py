"""Exercises in the layout of exercism.org's JavaScript track.

A stub ``name.js`` and tests ``name.spec.js`` for Jest. They are run as native modules: the
track's own package.json and Babel preset are left out, Jest has to be installed in a
``node_modules`` of the exercise or of a folder around it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

from agents.languages.registry import language_of
from agents.tools.runners.node_modules import FOLDER
from agents.tools.syntax_tree import parse_anyway, text_of, walk

MANIFEST = json.dumps(
    {
        "private": True,
        "type": "module",
        "scripts": {"test": "node --experimental-vm-modules node_modules/jest/bin/jest.js"},
    },
    indent=2,
)
_SUFFIXES = (".js", ".mjs", ".json")
_SETTINGS = re.compile(r"package(?:-lock)?\.json|(?:babel|eslint|jest)\.config\.\w+")
_SKIPPED = re.compile(r"\bx(test|it|describe)\b|\b(test|it|describe)\.skip\b")
_GLOBALS = re.compile(r"import\s*\{([^}]*)\}\s*from\s*(['\"])@jest/globals\2;?")


def is_suite(path: str) -> bool:
    """Whether `path` is a test file of the layout."""
    return path.endswith((".spec.js", ".test.js"))


def is_kept(path: str) -> bool:
    """Whether a file of an exercise belongs to it, settings of its tools left out."""
    return path.endswith(_SUFFIXES) and not _SETTINGS.fullmatch(path.rsplit("/", 1)[-1])


def with_every_test(text: str) -> str:
    """A test file in which no test is skipped, as exercism skips all but the first."""

    def imported(match: re.Match[str]) -> str:
        names = [name.strip() for name in match[1].split(",") if name.strip()]
        kept = [name for name in names if not _SKIPPED.fullmatch(name)]
        kept += [n[1:] for n in names if _SKIPPED.fullmatch(n) and n[1:] not in kept]
        return f"import {{ {', '.join(kept)} }} from '@jest/globals';"

    found = _GLOBALS.search(text)
    head = imported(found) if found else ""
    start, end = found.span() if found else (0, 0)
    body = _SKIPPED.sub(lambda match: match[1] or match[2], text[end:])
    return text[:start] + head + body


def packages(folder: Path) -> Path:
    """The ``node_modules`` with Jest. Raises ValueError if there is none."""
    for place in (folder.resolve(), *folder.resolve().parents):
        if (place / FOLDER / "jest" / "package.json").is_file():
            return place / FOLDER
    raise ValueError("Jest is not installed there: run npm install in the exercise")


def target_of(name: str, files: Iterable[str]) -> str:
    """The stub. Raises ValueError if it cannot be told."""
    sources = [path for path in files if path.endswith(".js")]
    if f"{name}.js" in sources:
        return f"{name}.js"
    if len(sources) != 1:
        raise ValueError(f"there is no stub {name}.js")
    return sources[0]


def symbol_of(stub: str, target: str, tests: Iterable[str]) -> str:
    """The only function of the stub, if the tests import nothing else; else the whole file."""
    symbols = language_of(target, [target], {target: stub}).symbols(stub)
    if len(symbols) != 1 or symbols[0].kind != "function":
        return ""
    module = re.compile(rf"\./{re.escape(target.removesuffix('.js'))}(?:\.js)?")
    used = {name for text in tests for name in _imported(text, module)}
    return symbols[0].name if used <= {symbols[0].name} else ""


def _imported(text: str, module: re.Pattern[str]) -> Iterable[str]:
    for node in walk(parse_anyway(text, "javascript")):
        source = node.child_by_field_name("source")
        if node.type != "import_statement" or source is None:
            continue
        if module.fullmatch(text_of(source)[1:-1]):
            taken = (each for each in walk(node) if each.type == "import_specifier")
            names = (each.child_by_field_name("name") for each in taken)
            yield from (text_of(name) for name in names if name is not None)
