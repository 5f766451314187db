"""Test functions as methods of a unittest class, for repositories that have no pytest."""

from __future__ import annotations

import ast
from collections.abc import Sequence

_COMPARED: dict[type[ast.cmpop], str] = {
    ast.Eq: "assertEqual",
    ast.NotEq: "assertNotEqual",
    ast.Is: "assertIs",
    ast.IsNot: "assertIsNot",
    ast.In: "assertIn",
    ast.NotIn: "assertNotIn",
    ast.Gt: "assertGreater",
    ast.GtE: "assertGreaterEqual",
    ast.Lt: "assertLess",
    ast.LtE: "assertLessEqual",
}
_NONE: dict[type[ast.cmpop], str] = {ast.Is: "assertIsNone", ast.IsNot: "assertIsNotNone"}


def as_unittest(text: str, class_name: str) -> str:
    """The test module `text`, which begins with a docstring, with its functions in one class.

    Raises ValueError for what needs more of pytest than ``raises`` and ``approx``.
    """
    title, *body = ast.parse(text).body
    functions = [node for node in body if isinstance(node, ast.FunctionDef)]
    imports = [ast.unparse(n) for n in body if n not in functions and not _imports_pytest(n)]
    head = [ast.unparse(ast.Module([title], [])), "import unittest", "\n".join(imports)]
    methods = "\n\n".join(_indented(ast.unparse(_method(node))) for node in functions)
    start = "\n\n".join(part for part in head if part)
    return f"{start}\n\n\nclass {class_name}(unittest.TestCase):\n{methods}\n"


def needs_pytest(source: str) -> str:
    """Why a test function cannot be a method of unittest; empty if it can."""
    try:
        as_unittest(f'"""Tests."""\n\n\n{source}', "Tests")
    except ValueError as error:
        return str(error)
    return ""


def _method(function: ast.FunctionDef) -> ast.FunctionDef:
    if function.args.args or function.decorator_list:
        raise ValueError(f"{function.name} needs a fixture or a mark of pytest")
    function.args.args = [ast.arg("self")]
    method: ast.FunctionDef = _Asserts().visit(function)
    ast.fix_missing_locations(method)
    if any(isinstance(n, ast.Name) and n.id == "pytest" for n in ast.walk(method)):
        raise ValueError(f"{function.name} needs pytest")
    return method


class _Asserts(ast.NodeTransformer):
    """``assert`` and ``pytest.raises`` as methods of the test case."""

    def visit_Assert(self, node: ast.Assert) -> ast.stmt | list[ast.stmt]:
        message = [node.msg] if node.msg else []
        test = node.test
        if isinstance(test, ast.Compare) and len(test.ops) == 1:
            return _comparison(test, message)
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            return _call("assertFalse", [test.operand, *message])
        return _call("assertTrue", [test, *message])

    def visit_With(self, node: ast.With) -> ast.AST:
        for item in node.items:
            call = item.context_expr
            if isinstance(call, ast.Call) and _is_pytest(call.func, "raises"):
                match = [k.value for k in call.keywords if k.arg == "match"]
                name = "assertRaisesRegex" if match else "assertRaises"
                item.context_expr = _call(name, [*call.args, *match]).value
        return self.generic_visit(node)


def _comparison(test: ast.Compare, message: list[ast.expr]) -> ast.stmt | list[ast.stmt]:
    left, right, operator = test.left, test.comparators[0], type(test.ops[0])
    value = _approximate(right)
    if value is not None and operator is ast.Eq:
        return _almost_equal(left, value, _delta(right))
    if isinstance(right, ast.Constant) and right.value is None and operator in _NONE:
        return _call(_NONE[operator], [left, *message])
    return _call(_COMPARED[operator], [left, right, *message])


def _almost_equal(
    left: ast.expr, value: ast.expr, delta: list[ast.keyword]
) -> ast.stmt | list[ast.stmt]:
    """Each number of a flat list or dictionary by itself."""
    if isinstance(value, ast.List | ast.Tuple):
        keys: Sequence[ast.expr | None] = [ast.Constant(i) for i in range(len(value.elts))]
        values = value.elts
    elif isinstance(value, ast.Dict):
        keys, values = value.keys, value.values
    else:
        return _call("assertAlmostEqual", [left, value], delta)
    actual = ast.Name("actual")
    length = ast.Call(ast.Name("len"), [actual], [])
    each = [(key, v) for key, v in zip(keys, values, strict=True) if key is not None]
    return [
        ast.Assign([actual], left),
        _call("assertEqual", [length, ast.Constant(len(each))]),
        *(_call("assertAlmostEqual", [ast.Subscript(actual, key), v], delta) for key, v in each),
    ]


def _approximate(node: ast.expr) -> ast.expr | None:
    """The value in ``pytest.approx(value)`` with the usual precision, or one told by ``abs``."""
    if isinstance(node, ast.Call) and _is_pytest(node.func, "approx"):
        return node.args[0] if all(k.arg == "abs" for k in node.keywords) else None
    return None


def _delta(node: ast.expr) -> list[ast.keyword]:
    keywords = node.keywords if isinstance(node, ast.Call) else []
    return [ast.keyword("delta", k.value) for k in keywords]


def _is_pytest(node: ast.expr, name: str) -> bool:
    return ast.unparse(node) == f"pytest.{name}"


def _call(
    name: str, arguments: Sequence[ast.expr], keywords: Sequence[ast.keyword] = ()
) -> ast.Expr:
    function = ast.Attribute(ast.Name("self"), name)
    return ast.Expr(ast.Call(function, list(arguments), list(keywords)))


def _imports_pytest(node: ast.stmt) -> bool:
    return isinstance(node, ast.Import) and [a.name for a in node.names] == ["pytest"]


def _indented(source: str) -> str:
    return "\n".join(f"    {line}" if line else "" for line in source.splitlines())
