"""The truth of an expression, where it can be told without running anything."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Sequence
from typing import Any

_ALWAYS_WITH_ITSELF: dict[type[ast.cmpop], bool] = {
    ast.Eq: True,
    ast.Is: True,
    ast.LtE: True,
    ast.GtE: True,
    ast.NotEq: False,
    ast.IsNot: False,
    ast.Lt: False,
    ast.Gt: False,
}
_OPERATORS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.eq,
    ast.IsNot: operator.ne,
    ast.In: lambda a, b: a in b,
    ast.NotIn: lambda a, b: a not in b,
}


def truth(node: ast.expr) -> bool | None:
    """True or False if `node` always is; None where it depends on something.

    ``x == x``, ``(f(1), "words")``, ``f(1) is not None or True`` and ``len(x) >= 0`` are known.
    """
    match node:
        case ast.BoolOp(op=ast.Or(), values=values):
            return _joined(values, True)
        case ast.BoolOp(values=values):
            return _joined(values, False)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            inner = truth(operand)
            return None if inner is None else not inner
        case ast.Compare(left=left, ops=[only], comparators=[right]):
            return _compared(left, only, right)
        case _:
            return _of_value(node)


def _of_value(node: ast.expr) -> bool | None:
    known: bool | None = None
    match node:
        case ast.Constant(value=value):
            known = bool(value)
        case ast.Tuple(elts=items) | ast.List(elts=items) | ast.Set(elts=items):
            known = bool(items)
        case ast.Dict(keys=keys):
            known = bool(keys)
        case ast.Call(func=ast.Name(id="bool"), args=[argument]):
            known = truth(argument)
        case ast.Lambda() | ast.GeneratorExp():
            known = True
        case ast.Call(func=ast.Name(id="isinstance"), args=[_, ast.Name(id="object")]):
            known = True
    return known


def _joined(values: Sequence[ast.expr], decisive: bool) -> bool | None:
    """Of ``or`` (decided by a True) or ``and`` (by a False)."""
    known = [truth(value) for value in values]
    if decisive in known:
        return decisive
    return None if None in known else not decisive


def _compared(left: ast.expr, comparison: ast.cmpop, right: ast.expr) -> bool | None:
    if ast.dump(left) == ast.dump(right):
        return _ALWAYS_WITH_ITSELF.get(type(comparison))
    if _is_length(left) and isinstance(right, ast.Constant) and right.value == 0:
        return {ast.GtE: True, ast.Lt: False}.get(type(comparison))
    try:
        values = ast.literal_eval(left), ast.literal_eval(right)
        return bool(_OPERATORS[type(comparison)](*values))
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None


def _is_length(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "len"
