"""What a dictionary has no value for yet, and values that are gathered instead of replaced."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from agents.tools.mutation.unit import Mutation, Unit

Changes = Iterator[Mutation | None]
_GATHERING = {"append": "[]", "extend": "[]", "insert": "[]", "add": "set()", "update": "{}"}


def mutations(unit: Unit) -> Changes:
    """Changes of this family."""
    for statement in unit.nodes(ast.stmt):
        if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Subscript):
            yield from _added(unit, statement, statement.target)
        elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Subscript):
            yield from _gathered(unit, statement, statement.targets[0])
        elif isinstance(statement, ast.Delete) and isinstance(statement.targets[0], ast.Subscript):
            owner, key = _parts(unit, statement.targets[0])
            yield unit.replace(statement, f"{owner}.pop({key}, None)", 3)
    for method in unit.nodes(ast.Attribute):
        if method.attr in _GATHERING and isinstance(method.value, ast.Subscript):
            owner, key = _parts(unit, method.value)
            new = f"{owner}.setdefault({key}, {_GATHERING[method.attr]})"
            yield unit.replace(method.value, new, 2)


def _added(unit: Unit, statement: ast.AugAssign, target: ast.Subscript) -> Changes:
    """``d[k] += v`` where there may be no ``d[k]``."""
    operator = {ast.Add: "+", ast.Sub: "-"}.get(type(statement.op))
    if operator is None:
        return
    owner, key = _parts(unit, target)
    value = _operand(unit, statement.value)
    for start, weight in (("0", 2), ("[]", 3), ("''", 3)):
        new = f"{owner}[{key}] = {owner}.get({key}, {start}) {operator} {value}"
        yield unit.replace(statement, new, weight)


def _gathered(unit: Unit, statement: ast.Assign, target: ast.Subscript) -> Changes:
    """``d[k] = v`` keeps the last value alone; all of them, their sum, the first."""
    if len(statement.targets) > 1 or isinstance(target.slice, ast.Slice):
        return
    owner, key = _parts(unit, target)
    value = statement.value
    alone = value.elts[0] if isinstance(value, ast.List) and len(value.elts) == 1 else value
    text = unit.text(alone)
    yield unit.replace(statement, f"{owner}.setdefault({key}, []).append({text})", 3)
    yield unit.replace(statement, f"{owner}.setdefault({key}, {unit.text(value)})", 4)
    total = f"{owner}[{key}] = {owner}.get({key}, 0) + {_operand(unit, value)}"
    yield unit.replace(statement, total, 3)


def _parts(unit: Unit, subscript: ast.Subscript) -> tuple[str, str]:
    return unit.operand(subscript.value), unit.text(subscript.slice)


def _operand(unit: Unit, node: ast.expr) -> str:
    return unit.text(node) if isinstance(node, ast.Constant) else unit.operand(node)
