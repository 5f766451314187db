"""A model's test in one form, whatever style it was written in: plain functions, plain asserts.

The form is run, so it means the same as what was written: unittest's assertions become
``assert``, parameters and loops over literals are written out, and assertions that have
nothing to do with each other become tests of their own, so that one wrong value does not take
the right ones with it.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Sequence
from itertools import islice

from agents.behaviors.describe_tests import tests_of
from agents.behaviors.plain_asserts import as_assertion

_MOST_ROWS = 6
_MOST_TESTS = 12
_PLACES = 7
"""Digits to which unittest's assertAlmostEqual compares unless it is told otherwise."""


def normal_functions(tree: ast.Module) -> list[ast.FunctionDef]:
    """Every test of a module, without docstring and annotations, one assertion each where it can.

    Functions keep decorators that are no parameters, and arguments that are fixtures.
    """
    written = [f for node in tree.body for f in tests_of(node) if isinstance(f, ast.FunctionDef)]
    rows = (row for function in written for row in _rows(_bare(function)))
    return [part for row in islice(rows, _MOST_TESTS) for part in _parts(_plain(row))]


def _bare(function: ast.FunctionDef) -> ast.FunctionDef:
    function = copy.deepcopy(function)
    if ast.get_docstring(function) is not None:
        function.body = function.body[1:] or [ast.Pass()]
    function.returns = None
    for argument in function.args.args:
        argument.annotation = None
    return function


def _plain(function: ast.FunctionDef) -> ast.FunctionDef:
    function = _Plain().visit(function)
    function.body = [s for statement in function.body for s in _written_out(statement)]
    text = ast.unparse(ast.fix_missing_locations(function))
    (again,) = ast.parse(text).body
    assert isinstance(again, ast.FunctionDef)  # noqa: S101 - it was one
    return again


def _rows(function: ast.FunctionDef) -> Iterator[ast.FunctionDef]:
    """The function once for each row of ``pytest.mark.parametrize``, with the values put in."""
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and _called(decorator) == "parametrize":
            names, rows = _table(decorator)
            function.decorator_list.remove(decorator)
            function.args.args = [a for a in function.args.args if a.arg not in names]
            for row in rows[:_MOST_ROWS]:
                yield from _rows(_Put(names, row).visit(copy.deepcopy(function)))
            return
    yield function


def _table(decorator: ast.Call) -> tuple[list[str], list[list[ast.expr]]]:
    """Names and rows of a parametrize; no rows if they are not written out."""
    try:
        given = ast.literal_eval(decorator.args[0])
        names = [n.strip() for n in (given.split(",") if isinstance(given, str) else given)]
        values = decorator.args[1]
    except (ValueError, IndexError, TypeError, AttributeError):
        return [], []
    items = values.elts if isinstance(values, ast.List | ast.Tuple) else []
    return names, [row for item in items if len(row := _row(item, len(names))) == len(names)]


def _row(item: ast.expr, width: int) -> list[ast.expr]:
    if isinstance(item, ast.Call) and _called(item) == "param":
        return item.args
    if width > 1:
        return item.elts if isinstance(item, ast.Tuple | ast.List) else []
    return [item]


def _written_out(statement: ast.stmt) -> Iterator[ast.stmt]:
    """The assertions of a loop over literal rows, one by one; anything else as it is."""
    names = _loop_names(statement)
    if not isinstance(statement, ast.For) or not names or statement.orelse:
        yield statement
        return
    items = statement.iter.elts if isinstance(statement.iter, ast.List | ast.Tuple) else []
    rows = [_row(item, len(names)) for item in items]
    literal = rows and all(len(row) == len(names) for row in rows)
    if not literal or not all(isinstance(s, ast.Assert) for s in statement.body):
        yield statement
        return
    for row in rows[:_MOST_ROWS]:
        for inner in statement.body:
            yield _Put(names, row).visit(copy.deepcopy(inner))


def _loop_names(statement: ast.stmt) -> list[str]:
    target = statement.target if isinstance(statement, ast.For) else None
    parts = target.elts if isinstance(target, ast.Tuple) else [target]
    names = [part.id for part in parts if isinstance(part, ast.Name)]
    return names if len(names) == len(parts) else []


def _parts(function: ast.FunctionDef) -> Iterator[ast.FunctionDef]:
    """Each assertion by itself, if the function has nothing but assertions and shares nothing."""
    alone = all(isinstance(s, ast.Assert | ast.With) for s in function.body)
    shares = function.args.args or any(
        isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store) for n in ast.walk(function)
    )
    if not alone or shares:
        yield function
        return
    for statement in function.body:
        part = copy.copy(function)
        part.body = [statement]
        yield part


class _Put(ast.NodeTransformer):
    """Puts values in the place of names."""

    def __init__(self, names: Sequence[str], values: Sequence[ast.expr]) -> None:
        self._values = dict(zip(names, values, strict=True))

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if isinstance(node.ctx, ast.Load) and node.id in self._values:
            return copy.deepcopy(self._values[node.id])
        return node


class _Plain(ast.NodeTransformer):
    """unittest's assertions as pytest has them."""

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        return self.generic_visit(_as_statement(node))

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        self.generic_visit(node)
        own = isinstance(node.value, ast.Name) and node.value.id == "self"
        return ast.Name(node.attr, node.ctx) if own else node

    def visit_With(self, node: ast.With) -> list[ast.stmt]:
        self.generic_visit(node)
        node.items = [item for item in node.items if _called(item.context_expr) != "subTest"]
        return [node] if node.items else node.body

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        match _called(node):
            case "assertRaisesRegex" if len(node.args) == 2:
                pattern = ast.keyword("match", node.args[1])
                return ast.Call(_pytest("raises"), node.args[:1], [pattern])
            case "assertRaises" | "raises":
                node.func = _pytest("raises")
            case "approx":
                node.func = _pytest("approx")
        return node


def _as_statement(node: ast.Expr) -> ast.stmt:
    """The assertion that a call of unittest's or pytest's makes."""
    call = node.value
    if not isinstance(call, ast.Call) or len(call.args) < 2:
        return as_assertion(node)
    match _called(call):
        case "assertAlmostEqual":
            near = ast.Call(_pytest("approx"), [call.args[1]], [_distance(call)])
            return ast.Assert(ast.Compare(call.args[0], [ast.Eq()], [near]))
        case "assertRaises" | "raises":
            expected = ast.Call(_pytest("raises"), call.args[:1], [])
            inner = ast.Expr(ast.Call(call.args[1], call.args[2:], call.keywords))
            return ast.With([ast.withitem(expected)], [inner])
        case _:
            return as_assertion(node)


def _distance(call: ast.Call) -> ast.keyword:
    """What assertAlmostEqual forgives, as pytest.approx is told it."""
    options = {k.arg: k.value for k in call.keywords}
    if "delta" in options:
        return ast.keyword("abs", options["delta"])
    places = options.get("places") or (call.args[2] if len(call.args) > 2 else None)
    digits = places.value if isinstance(places, ast.Constant) else _PLACES
    return ast.keyword("abs", ast.Constant(0.5 * 10.0 ** -(digits if type(digits) is int else 7)))


def _pytest(name: str) -> ast.expr:
    return ast.Attribute(ast.Name("pytest", ast.Load()), name, ast.Load())


def _called(node: ast.expr) -> str:
    """``raises`` of ``pytest.raises(…)``; empty if it is no call."""
    function = node.func if isinstance(node, ast.Call) else None
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""
