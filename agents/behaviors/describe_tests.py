"""The tests of a Python file that somebody brought, one by one."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator

from agents.behaviors.compose_tests import WrittenTest
from agents.errors import TicketBlockedError

_SETUP = ("setUp", "setup_method")
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def describe(text: str) -> tuple[list[WrittenTest], dict[str, str]]:
    """Each test of a file once by name, and what the tests may use, by name.

    Methods of test classes are given as functions that begin with the class's set-up. Raises
    TicketBlockedError if the file does not parse.
    """
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError) as error:
        raise TicketBlockedError(f"The acceptance tests do not parse: {error}.") from error
    tests: dict[str, WrittenTest] = {}
    helpers: dict[str, str] = {}
    for node in body:
        functions = list(tests_of(node))
        for function in functions:
            source = ast.unparse(function)
            tests.setdefault(function.name, WrittenTest("", function.name, source, binding=True))
        if not functions and (name := _name(node)):
            helpers[name] = ast.unparse(node)
    return list(tests.values()), helpers


def tests_of(node: ast.stmt) -> Iterator[_Function]:
    """The tests in a top-level statement; methods as functions that begin with the set-up."""
    if isinstance(node, _Function) and node.name.startswith("test") and not _skipped(node):
        yield node
    elif isinstance(node, ast.ClassDef) and not _skipped(node):
        methods = [m for m in node.body if isinstance(m, _Function)]
        prepare = [s for m in methods if m.name in _SETUP for s in m.body]
        for method in methods:
            if method.name.startswith("test") and not _skipped(method):
                yield _as_function(method, prepare)


def _as_function(method: _Function, prepare: list[ast.stmt]) -> _Function:
    function = copy.deepcopy(method)
    function.args.args = function.args.args[1:]
    function.body = [*prepare, *function.body]
    return function


def _skipped(node: _Function | ast.ClassDef) -> bool:
    decorators = (d.func if isinstance(d, ast.Call) else d for d in node.decorator_list)
    return any(ast.unparse(d).rsplit(".", 1)[-1] == "skip" for d in decorators)


def _name(node: ast.stmt) -> str:
    """What a top-level statement defines; nothing for imports and the like."""
    if isinstance(node, _Function | ast.ClassDef):
        return node.name
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id
    return ""
