"""What a repository's own tests look like: a telling example, the style, imports and fixtures."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from agents.behaviors.check_test import imports_of
from agents.behaviors.describe_tests import tests_of
from agents.behaviors.normal_form import normal_functions
from agents.behaviors.test_style import TestStyle, style_of
from agents.tools.confine import ForbiddenPathError
from agents.tools.repo_map import is_test_file
from agents.workbench import Workbench

_FILES = 60
_LONGEST = 700
"""Characters of an example; a longer one says less for what it costs to read."""
_EXAMPLES = 4
_WORD = re.compile(r"[a-z]{3,}")
_BUILT_IN = ("tmp_path", "capsys", "monkeypatch", "caplog")


@dataclass(frozen=True)
class Habits:
    """How this repository tests."""

    style: TestStyle = field(default_factory=TestStyle)
    examples: tuple[str, ...] = ()
    """Short tests that pass, as plain functions, the nearest to the ticket first."""
    imports: Mapping[str, str] = field(default_factory=dict)
    """Import lines of the test files by the name that they bind, without the code under test."""
    fixtures: tuple[str, ...] = ()
    """That a new test may ask for."""

    @property
    def own_fixtures(self) -> list[str]:
        """Those that the repository defines itself."""
        return [name for name in self.fixtures if name not in _BUILT_IN]


async def read_habits(bench: Workbench) -> Habits:
    """The habits of the Python tests in the worktree; of other languages nothing is read yet."""
    if bench.language.name != "Python":
        return Habits()
    folder = PurePosixPath(bench.test_path).parent
    texts = await _texts(bench, [p for p in _nearest(bench) if not p.endswith("conftest.py")])
    style = style_of(texts.values())
    conftests = [p for p in bench.files if PurePosixPath(p).name == "conftest.py"]
    above = [p for p in conftests if folder.is_relative_to(PurePosixPath(p).parent)]
    shared = (await _texts(bench, above)).values()
    own = tuple(dict.fromkeys(name for text in shared for name in _fixtures(text)))
    fixtures = () if style.layout == "TestCase" else (*own, *_BUILT_IN)
    trees = {path: tree for path, text in texts.items() if (tree := _parsed(text)) is not None}
    imports = {n: line for t in trees.values() for n, line in imports_of(t) if n != "pytest"}
    return Habits(style, tuple(_examples(bench, trees, texts, fixtures)), imports, fixtures)


def _nearest(bench: Workbench) -> list[str]:
    """Test files, those that are called like the module under change first."""
    stem = PurePosixPath(bench.ticket.target_file).stem
    tests = [path for path in bench.files if is_test_file(path)]
    return sorted(tests, key=lambda p: stem not in PurePosixPath(p).stem)[:_FILES]


async def _texts(bench: Workbench, paths: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in paths:
        try:
            text = await bench.worktree.read(path)
        except (ForbiddenPathError, OSError, ValueError):
            continue
        if text is not None:
            found[path] = text
    return found


def _parsed(text: str) -> ast.Module | None:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None


def _examples(
    bench: Workbench,
    trees: Mapping[str, ast.Module],
    texts: Mapping[str, str],
    fixtures: tuple[str, ...],
) -> list[str]:
    cases = bench.baseline.cases if bench.baseline else []
    passed = [case for case in cases if case.outcome == "passed"]
    ranked: list[tuple[tuple[int, ...], str]] = []
    for path, tree in trees.items():
        passing = {case.name for case in passed if case.file == path}
        far = _distance(tree, bench.module)
        for node in tree.body:
            for function in tests_of(node):
                if function.name in passing and _can_stand_alone(function, fixtures):
                    text = _shown(node, function, texts[path])
                    ranked.append(((far, *_worth(text, bench)), text))
    short = [(rank, text) for rank, text in ranked if len(text) <= _LONGEST]
    return [text for _, text in sorted(short)][:_EXAMPLES]


def _distance(tree: ast.Module, module: str) -> int:
    """0 for tests of the module itself, 1 for those of its package, else 2."""
    names = {node.module or "" for node in tree.body if isinstance(node, ast.ImportFrom)}
    names |= {a.name for node in tree.body if isinstance(node, ast.Import) for a in node.names}
    if module in names:
        return 0
    return 1 if module.split(".", maxsplit=1)[0] in {name.split(".")[0] for name in names} else 2


def _worth(text: str, bench: Workbench) -> tuple[int, int, int]:
    """By how telling it is (a value, an error, anything else), by subject, then by length."""
    vague = 0 if " == " in text else 1 if "raises(" in text else 2
    subject = " ".join([bench.ticket.target_symbol, bench.statement, bench.words]).lower()
    shared = set(_WORD.findall(subject)) & set(_WORD.findall(text.lower()))
    return (vague, -len(shared), len(text))


def _can_stand_alone(
    function: ast.FunctionDef | ast.AsyncFunctionDef, fixtures: tuple[str, ...]
) -> bool:
    marks = [d for d in function.decorator_list if "parametrize" not in ast.unparse(d)]
    wanted = {a.arg for a in function.args.args} - set(fixtures)
    plain = isinstance(function, ast.FunctionDef) and not marks
    return plain and (not wanted or bool(function.decorator_list))


def _shown(node: ast.stmt, function: ast.FunctionDef | ast.AsyncFunctionDef, text: str) -> str:
    """A function as it stands there; a method in the form in which the model is to answer."""
    if node is function:
        lines = text.splitlines()
        first = min([node.lineno, *(d.lineno for d in function.decorator_list)])
        return "\n".join(lines[first - 1 : node.end_lineno])
    alone = ast.Module([function], [])
    return "\n\n".join(ast.unparse(part) for part in normal_functions(alone)[:1])


def _fixtures(text: str) -> Iterator[str]:
    tree = _parsed(text)
    for node in tree.body if tree else []:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names = (ast.unparse(d).split("(")[0] for d in node.decorator_list)
            if any(name.rsplit(".", 1)[-1] == "fixture" for name in names):
                yield node.name
