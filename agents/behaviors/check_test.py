"""What a model wrote as a test: brought into form, and held to what a test must be.

Only what can be told by reading is checked here; whether it fails for the right reason is for
`judge_red`.
"""

from __future__ import annotations

import ast
import sys
from collections import Counter
from collections.abc import Iterator, Mapping

from agents.behaviors.compose_tests import WrittenTest, docstring_of, imports_for, test_name
from agents.behaviors.normal_form import normal_functions
from agents.behaviors.plain_asserts import plain
from agents.languages.contract import Scope
from agents.python_names import root_name
from agents.tools.assertion_flow import why_unproved
from agents.tools.code_blocks import extract_code_blocks
from agents.tools.repeatable import why_not_repeatable
from memory.records import Criterion

_CUT_LINES = 40
"""At the end of an answer that are left out at most until it parses: it may have been cut off."""


def check_answer(answer: str, criterion: Criterion, scope: Scope) -> list[WrittenTest] | str:
    """The tests in `answer` that hold, all under the criterion's name, or why none does."""
    tree = _parsed("\n\n".join(extract_code_blocks(answer)))
    if tree is None:
        return "it is no Python"
    functions = normal_functions(tree)
    if not functions:
        return "there is no test function in the answer"
    own = _standard_imports(tree)
    checked = [_checked(function, criterion, scope, own) for function in functions]
    tests = [test for test in checked if isinstance(test, WrittenTest)]
    reasons = Counter(reason for reason in checked if isinstance(reason, str))
    return tests or reasons.most_common(1)[0][0]


def same_test(test: WrittenTest) -> str:
    """A key that tests share which differ in names, layout and the place of values alone."""
    try:
        (node,) = ast.parse(test.source).body
    except (SyntaxError, ValueError):
        return test.source  # of another language
    if not isinstance(node, ast.FunctionDef):
        return test.source
    node.name, node.returns = "test", None
    tree = ast.parse(plain(ast.unparse(node)))
    bound = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and _is_set(n)}
    order: dict[str, str] = {}
    for name in (n for n in ast.walk(tree) if isinstance(n, ast.Name) and n.id in bound):
        name.id = order.setdefault(name.id, f"name{len(order)}")
    return ast.dump(tree)


def _parsed(code: str) -> ast.Module | None:
    """The code, or what is whole of it."""
    lines = code.splitlines()
    for end in range(len(lines), max(0, len(lines) - _CUT_LINES), -1):
        try:
            return ast.parse("\n".join(lines[:end]))
        except (SyntaxError, ValueError, RecursionError):
            continue
    return None


def _checked(
    function: ast.FunctionDef, criterion: Criterion, scope: Scope, own: Mapping[str, str]
) -> WrittenTest | str:
    origins = {name: _origin(line, name) for name, line in {**scope.imports, **own}.items()}
    reason = why_unproved(function, scope.symbol) or why_not_repeatable(function, origins)
    if reason:
        return reason
    if function.decorator_list:
        return f"it needs no `@{ast.unparse(function.decorator_list[0])}`"
    unknown = [a.arg for a in function.args.args if a.arg not in scope.fixtures]
    if unknown:
        return f"there is no fixture `{unknown[0]}`; use plain values"
    return _written(function, criterion, scope, own)


def _written(
    function: ast.FunctionDef, criterion: Criterion, scope: Scope, own: Mapping[str, str]
) -> WrittenTest | str:
    def import_of(name: str) -> str | None:
        return scope.import_of(name) or own.get(name) or scope.imports.get(name)

    for name in _free_names(function):
        if imports_for([name], scope.symbol, import_of) is None:
            return f"it uses `{name}`, which is defined nowhere"
    imports = imports_for(_free_names(function), scope.symbol, import_of) or ()
    function.name = test_name(scope.symbol, criterion.model_copy(update={"call": None}))
    function.returns = ast.Constant(None)
    function.body.insert(0, ast.Expr(ast.Constant(docstring_of(criterion))))
    source = ast.unparse(ast.fix_missing_locations(function))
    if "pytest." in source:
        imports = ("import pytest", *imports)
    return WrittenTest(criterion.id, function.name, source, binding=False, imports=imports)


def _free_names(function: ast.FunctionDef) -> list[str]:
    """Names that the function reads and does not bind itself."""
    bound = {"pytest"}
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and _is_set(node):
            bound.add(node.id)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.ExceptHandler | ast.FunctionDef | ast.ClassDef):
            bound.add(node.name or "")
        elif isinstance(node, ast.Import | ast.ImportFrom):
            bound |= {alias.asname or root_name(alias.name) for alias in node.names}
    names = (n.id for n in ast.walk(function) if isinstance(n, ast.Name))
    return [name for name in dict.fromkeys(names) if name not in bound]


def _is_set(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)


def _standard_imports(tree: ast.Module) -> dict[str, str]:
    return {n: line for n, line in imports_of(tree) if line.split()[1].split(".")[0] in _STANDARD}


_STANDARD = sys.stdlib_module_names - {"antigravity", "this", "test", "idlelib"}


def imports_of(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Names that the module's own import lines bind, each with a line for it alone."""
    for node in tree.body:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.asname or root_name(alias.name), ast.unparse(ast.Import([alias]))
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                line = ast.unparse(ast.ImportFrom(node.module, [alias], 0))
                yield alias.asname or alias.name, line


def _origin(line: str, name: str) -> str:
    """``random.randint`` of ``from random import randint``, ``numpy`` of ``import numpy as np``."""
    words = line.split()
    if words[0] == "from":
        return f"{words[1]}.{words[3]}"
    return words[1] if "as" in words else name
