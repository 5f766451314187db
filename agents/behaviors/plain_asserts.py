"""One test function as plain assertions, for reading alone: the result is never run."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import cast

_COMPARED: dict[str, type[ast.cmpop]] = {
    "assertEqual": ast.Eq,
    "assertEquals": ast.Eq,
    "assertListEqual": ast.Eq,
    "assertTupleEqual": ast.Eq,
    "assertDictEqual": ast.Eq,
    "assertSetEqual": ast.Eq,
    "assertSequenceEqual": ast.Eq,
    "assertMultiLineEqual": ast.Eq,
    "assertNotEqual": ast.NotEq,
    "assertIs": ast.Is,
    "assertIsNot": ast.IsNot,
    "assertIn": ast.In,
    "assertNotIn": ast.NotIn,
    "assertGreater": ast.Gt,
    "assertGreaterEqual": ast.GtE,
    "assertLess": ast.Lt,
    "assertLessEqual": ast.LtE,
}
_NONE = ast.Constant(None)
_SINGLE: dict[str, Callable[[ast.expr], ast.expr]] = {
    "assertTrue": lambda value: value,
    "assertFalse": lambda value: ast.UnaryOp(ast.Not(), value),
    "assertIsNone": lambda value: ast.Compare(value, [ast.Is()], [_NONE]),
    "assertIsNotNone": lambda value: ast.Compare(value, [ast.IsNot()], [_NONE]),
}
_RAISES = ("assertRaises", "assertRaisesRegex", "raises")


def plain(source: str) -> str:
    """The function's statements; one that needs several keeps its name."""
    node = ast.parse(source).body[0]
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return source
    node.returns = None
    if ast.get_docstring(node) is not None and len(node.body) > 1:
        node.body = node.body[1:]
    node.body = _inlined(_statements(node.body)) or [ast.Pass()]
    node = _Bare().visit(node)
    ast.fix_missing_locations(node)
    alone = len(node.body) == 1 and isinstance(node.body[0], ast.Assert | ast.With)
    if alone and not node.decorator_list and not node.args.args:
        return ast.unparse(node.body[0])
    return ast.unparse(node)


def _statements(body: Sequence[ast.stmt]) -> list[ast.stmt]:
    found: list[ast.stmt] = []
    for statement in body:
        if isinstance(statement, ast.With):
            found += _block(statement)
        elif isinstance(statement, ast.For | ast.If):
            statement.body = _statements(statement.body) or [ast.Pass()]
            found.append(statement)
        elif message := _message(statement, found):
            _name_message(cast(ast.With, found[-1]), message)
        elif not _about_exception(statement):
            found.append(as_assertion(statement))
    return found


def _block(block: ast.With) -> list[ast.stmt]:
    """A ``with``: subtests are opened up, unittest's way to expect an error becomes pytest's."""
    block.body = _statements(block.body)
    block.items = [i for i in block.items if _called(i.context_expr) != "subTest"]
    for item in block.items:
        if isinstance(item.context_expr, ast.Call) and _called(item.context_expr) in _RAISES:
            item.context_expr.func = ast.Name("raises")
            item.optional_vars = None
    return [block] if block.items else block.body


def _called(node: ast.expr) -> str:
    if not isinstance(node, ast.Call):
        return ""
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else ast.unparse(function)


def _about_exception(statement: ast.stmt) -> bool:
    """Whether it looks at an exception that a ``with`` has caught."""
    return any(
        isinstance(node, ast.Attribute) and node.attr == "exception" for node in ast.walk(statement)
    )


def _message(statement: ast.stmt, before: list[ast.stmt]) -> ast.expr | None:
    """The words that a caught exception must have."""
    if not (before and isinstance(before[-1], ast.With) and _about_exception(statement)):
        return None
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return None
    words = [a for a in statement.value.args if isinstance(a, ast.Constant | ast.JoinedStr)]
    return words[0] if words and _called(statement.value) in _COMPARED else None


def _name_message(block: ast.With, message: ast.expr) -> None:
    call = block.items[0].context_expr
    if isinstance(call, ast.Call) and _called(call) == "raises" and len(call.args) == 1:
        call.args.append(message)


def as_assertion(statement: ast.stmt) -> ast.stmt:
    """``assert a == b`` of ``self.assertEqual(a, b)`` and its like; others as they are."""
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return statement
    call = statement.value
    name = _called(call)
    if name in _COMPARED and len(call.args) >= 2:
        return ast.Assert(ast.Compare(call.args[0], [_COMPARED[name]()], [call.args[1]]))
    if name in _SINGLE and call.args:
        return ast.Assert(_SINGLE[name](call.args[0]))
    if name == "assertIsInstance" and len(call.args) >= 2:
        return ast.Assert(ast.Call(ast.Name("isinstance"), call.args[:2], []))
    if name == "assertAlmostEqual" and len(call.args) >= 2:
        near = ast.Call(ast.Name("approx"), [call.args[1]], [])
        return ast.Assert(ast.Compare(call.args[0], [ast.Eq()], [near]))
    return statement


def _inlined(body: list[ast.stmt]) -> list[ast.stmt]:
    """Without names that are set once and read at most once, by what follows at once."""
    while True:
        for index, statement in enumerate(body):
            rest = body[index + 1 :]
            name = _set_alone(statement, body)
            if not name or not _may_go(statement, name, rest):
                continue
            put = _Put(name, cast(ast.Assign, statement).value)
            body = [*body[:index], *(put.visit(other) for other in rest)]
            break
        else:
            return body


def _may_go(statement: ast.stmt, name: str, rest: list[ast.stmt]) -> bool:
    """Whether the value can stand where it is read, with nothing in between that acts."""
    readers = [other for other in rest for _ in _reads(other, name)]
    if not readers:
        return not any(isinstance(node, ast.Call) for node in ast.walk(statement))
    between = rest[: rest.index(readers[0])]
    quiet = all(isinstance(other, ast.Assign) for other in between)
    return len(readers) == 1 and quiet and all(map(_once, rest))


def _once(statement: ast.stmt) -> bool:
    return not isinstance(statement, ast.For | ast.While | ast.If | ast.FunctionDef)


def _set_alone(statement: ast.stmt, body: list[ast.stmt]) -> str:
    """The name of ``name = value`` that nothing else of `body` sets."""
    if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Name):
        return ""
    name = statement.targets[0].id
    stores = [
        node
        for other in body
        for node in ast.walk(other)
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store)
    ]
    return name if len(stores) == 1 else ""


def _reads(statement: ast.stmt, name: str) -> list[ast.Name]:
    nodes = (node for node in ast.walk(statement) if isinstance(node, ast.Name))
    return [node for node in nodes if node.id == name and isinstance(node.ctx, ast.Load)]


class _Bare(ast.NodeTransformer):
    """Reads ``name`` where ``self.name`` stood."""

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        if isinstance(node.value, ast.Name) and node.value.id == "self":
            return ast.Name(node.attr, node.ctx)
        return cast(ast.expr, self.generic_visit(node))


class _Put(ast.NodeTransformer):
    """Puts a value where a name is read."""

    def __init__(self, name: str, value: ast.expr) -> None:
        self._name, self._value = name, value

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._value if node.id == self._name and isinstance(node.ctx, ast.Load) else node
