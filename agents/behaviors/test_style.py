"""The style of a repository's tests, picked up by tool, and tests put into it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

_SIGNATURE = re.compile(r"^def (\w+)\((.*)\)( -> None)?:", re.MULTILINE)
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class TestStyle:
    """How tests are laid out."""

    __test__ = False

    layout: Literal["functions", "class", "TestCase"] = "functions"
    """Plain functions, methods of a plain class (pytest's), or of a unittest.TestCase."""
    annotated: bool = True
    """Whether they say ``-> None``."""


def style_of(texts: Iterable[str]) -> TestStyle:
    """What most tests of the files do; the default where there are none."""
    found = [entry for text in texts for entry in _layouts(text)]
    if not found:
        return TestStyle()
    layouts = [layout for layout, _ in found]
    layout = max(("functions", "class", "TestCase"), key=layouts.count)
    annotated = sum(function.returns is not None for _, function in found)
    return TestStyle(layout, 2 * annotated > len(found))  # type: ignore[arg-type]


def _layouts(text: str) -> Iterator[tuple[str, _Function]]:
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError):
        return
    for node in body:
        inside = node.body if isinstance(node, ast.ClassDef) else [node]
        for function in inside:
            if isinstance(function, _Function) and function.name.startswith("test"):
                yield _layout(node), function


def _layout(node: ast.stmt) -> str:
    if not isinstance(node, ast.ClassDef):
        return "functions"
    bases = [ast.unparse(base) for base in node.bases]
    return "TestCase" if any(base.endswith("TestCase") for base in bases) else "class"


def in_style(sources: Iterable[str], title: str, style: TestStyle) -> str:
    """Test functions as the body of a file; `title` names the class, where there is one.

    For a TestCase they stay functions here; `unittest_style` makes its methods of them.
    """
    arrow = " -> None" if style.annotated else ""
    if style.layout != "class":
        functions = [_SIGNATURE.sub(rf"def \1(\2){arrow}:", source, count=1) for source in sources]
        return "\n\n\n".join(functions)
    methods = [_SIGNATURE.sub(_as_method(arrow), source, count=1) for source in sources]
    return f"class {title}:\n" + "\n\n".join(map(_indented, methods))


def _as_method(arrow: str) -> str:
    return rf"def \1(self, \2){arrow}:"


def _indented(source: str) -> str:
    source = source.replace("(self, )", "(self)", 1)
    return "\n".join(f"    {line}" if line.strip() else "" for line in source.splitlines())


def class_name(path: str) -> str:
    """``TestSlugify`` for the file ``tests/test_slugify.py``."""
    stem = path.rsplit("/", 1)[-1].removesuffix(".py").removeprefix("test_").removesuffix("_test")
    return "Test" + "".join(part.capitalize() for part in stem.split("_"))
