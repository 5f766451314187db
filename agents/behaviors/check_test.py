"""Check by tools a Python test that a model wrote."""

from __future__ import annotations

import ast

from agents.behaviors.compose_tests import WrittenTest, imports_for
from agents.languages.contract import ImportOf
from agents.tools.code_blocks import extract_code_blocks
from memory.records import Criterion


def check_test(
    reply: str, name: str, criterion: Criterion, target: str, import_of: ImportOf
) -> WrittenTest | str:
    """The test of `target` in `reply` under the name that it must have, or why it is none."""
    function = _test_function("\n\n".join(extract_code_blocks(reply)))
    if function is None:
        return "no test function in the answer"
    symbol = target.rsplit(".", 1)[-1]
    if not _calls(function, symbol):
        return f"it never calls {symbol}"
    if not _asserts(function):
        return "it asserts nothing"
    function.name = name
    function.args.args.clear()
    source = ast.unparse(function)
    imports = imports_for([_as_expression(function)], target, import_of)
    if imports is None:
        return "it uses a name that nobody knows"
    if "pytest." in source:
        imports = ("import pytest", *(i for i in imports if i != "import pytest"))
    return WrittenTest(criterion.id, name, source, binding=False, imports=imports)


def _test_function(code: str) -> ast.FunctionDef | None:
    try:
        body = ast.parse(code).body
    except (SyntaxError, ValueError):
        return None
    functions = [n for n in body if isinstance(n, ast.FunctionDef) and n.name.startswith("test")]
    return functions[0] if functions else None


def _calls(function: ast.FunctionDef, symbol: str) -> bool:
    called = [n.func for n in ast.walk(function) if isinstance(n, ast.Call)]
    return any(
        (isinstance(f, ast.Name) and f.id == symbol)
        or (isinstance(f, ast.Attribute) and f.attr == symbol)
        for f in called
    )


def _asserts(function: ast.FunctionDef) -> bool:
    return any(
        isinstance(n, ast.Assert) or (isinstance(n, ast.Attribute) and n.attr == "raises")
        for n in ast.walk(function)
    )


def _as_expression(function: ast.FunctionDef) -> str:
    """A tuple of the names that the function reads and does not bind itself."""
    names = [n for n in ast.walk(function) if isinstance(n, ast.Name)]
    bound = {n.id for n in names if isinstance(n.ctx, ast.Store)}
    bound |= {a.asname or a.name for n in ast.walk(function) for a in _aliases(n)}
    read = dict.fromkeys(n.id for n in names if n.id not in bound and n.id != "pytest")
    return f"({', '.join(read)},)" if read else "()"


def _aliases(node: ast.AST) -> list[ast.alias]:
    return node.names if isinstance(node, ast.Import | ast.ImportFrom) else []
