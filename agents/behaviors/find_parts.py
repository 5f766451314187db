"""Which functions of an attempt to write anew, going by the tests that fail.

A part is a smaller slice of the ticket's unit: a small model that cannot write a file at one go
can often write one function of it, with the rest in view.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from agents.tools.test_runner import TestCase

Functions = Callable[[str, str], Iterable[tuple[str, tuple[int, int]]]]
"""Text and unit -> qualified names with the first and last line."""


def functions_in(text: str, unit: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """Functions of Python code inside `unit` (empty: all), with the first and last line.

    None where `text` does not parse.
    """
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    for node in _body(text):
        if isinstance(node, kinds) and not unit:
            yield node.name, _lines(node)
        elif isinstance(node, ast.ClassDef) and unit in ("", node.name):
            for member in node.body:
                if isinstance(member, kinds):
                    yield f"{node.name}.{member.name}", _lines(member)


def _body(text: str) -> list[ast.stmt]:
    try:
        return ast.parse(text).body
    except (SyntaxError, ValueError):
        return []


def _lines(node: ast.stmt) -> tuple[int, int]:
    return node.lineno, node.end_lineno or node.lineno


def parts_to_blame(
    text: str,
    path: str,
    unit: str,
    failing: Sequence[TestCase],
    functions: Functions = functions_in,
    tests: Mapping[str, str] | None = None,
) -> list[tuple[str, int]]:
    """Functions or ``Class.method`` of `text` inside `unit`, each with the tests that blame it.

    The worst comes first, among equals the first of the file.

    A failing test blames the innermost function of its traceback at `path`; where the
    traceback does not go there, every function that the failing line calls by name, or if that
    calls a helper of the tests, the test as a whole, whose source is in `tests` by its name. Empty
    if the unit has no parts.
    """
    ranges = dict(functions(text, unit))
    if len(ranges) < 2:
        return []
    blamed: Counter[str] = Counter()
    for case in failing:
        lines = " ".join(frame.code for frame in case.trace)
        blamed.update(
            _traced(case, path, ranges)
            or _called(lines, ranges)
            or _called((tests or {}).get(case.name, ""), ranges)
        )
    return blamed.most_common()


def _traced(case: TestCase, path: str, ranges: dict[str, tuple[int, int]]) -> list[str]:
    for frame in reversed(case.trace):
        for name, (first, last) in ranges.items():
            if frame.path == path and first <= frame.line <= last:
                return [name]
    return []


def _called(code: str, ranges: dict[str, tuple[int, int]]) -> list[str]:
    words = set(re.findall(r"\w+", code))
    return [name for name in ranges if name.rsplit(".", 1)[-1] in words]
