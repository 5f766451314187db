"""Tests that came with the ticket: found, read and described. No model is needed."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from pathlib import PurePosixPath

from agents.behaviors.compose_tests import TestModule, WrittenTest
from agents.errors import TicketBlockedError
from agents.tools.test_runner import TestRun
from agents.workbench import Workbench
from memory.records import AcceptanceTest

_SETUP = ("setUp", "setup_method")
_Function = ast.FunctionDef | ast.AsyncFunctionDef


async def brought_tests(bench: Workbench) -> TestModule:
    """The ticket's acceptance tests: the first file with its further ones.

    Raises TicketBlockedError if one is not there, is the file to change, or holds no test that
    pytest would find by itself.
    """
    modules = [await _module(bench, brought) for brought in bench.ticket.acceptance_tests]
    modules.sort(key=lambda module: not _collected(module.path))
    first = modules[0]
    if not _collected(first.path):
        raise TicketBlockedError(
            f"{first.path} is no test file by its name. Call it test_….py or …_test.py."
        )
    first.also = modules[1:]
    return first


async def _module(bench: Workbench, brought: AcceptanceTest) -> TestModule:
    path = str(PurePosixPath(brought.path))
    if path == bench.ticket.target_file:
        raise TicketBlockedError(f"{path} is to be changed, so it cannot be a locked test.")
    text = brought.text if brought.text is not None else await bench.worktree.read(path)
    if text is None:
        raise TicketBlockedError(
            f"The acceptance test {path} is not in the repository. Commit it, or give its text "
            "with the ticket."
        )
    module = TestModule(path, "Acceptance tests", text=text, origin=brought.origin)
    if _collected(path):
        module.tests, module.helpers = describe(text)
    return module


def _collected(path: str) -> bool:
    """Whether pytest finds `path` by itself, as the whole suite needs."""
    file = PurePosixPath(path)
    return file.suffix == ".py" and (file.name.startswith("test_") or file.stem.endswith("_test"))


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
        functions = list(_tests_of(node))
        for function in functions:
            source = ast.unparse(function)
            tests.setdefault(function.name, WrittenTest("", function.name, source, binding=True))
        if not functions and (name := _name(node)):
            helpers[name] = ast.unparse(node)
    return list(tests.values()), helpers


def as_run(module: TestModule, run: TestRun) -> list[WrittenTest]:
    """The module's tests as pytest found them: without skipped ones, with inherited ones."""
    here = [case for case in run.cases if case.name and case.file == module.path]
    if not here:  # it could not be imported, since the feature is missing
        return module.tests
    names = {case.name: None for case in here if case.outcome != "skipped"}
    known = {test.name: test for test in module.tests}
    return [known.get(n) or WrittenTest("", n, "", binding=True) for n in names]


def _tests_of(node: ast.stmt) -> Iterator[_Function]:
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
