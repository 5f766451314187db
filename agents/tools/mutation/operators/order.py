"""The order of what is read: sorted, by a value or a field, from its end; of two bounds."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from agents.tools.mutation.operators.calls import call_with, called
from agents.tools.mutation.unit import Mutation, Unit

Changes = Iterator[Mutation | None]
_Comprehension = ast.ListComp | ast.GeneratorExp | ast.DictComp

_HAVE_ORDER = ("sorted", "reversed", "range", "zip")
_SORTING = ("sorted", "sort", "max", "min")
_FIELDS = 4


def mutations(unit: Unit) -> Changes:
    """Changes of this family."""
    fields = _fields(unit)
    for read, item in _readings(unit):
        yield from _ordered(unit, read, item, fields)
    for call in unit.nodes(ast.Call):
        if called(call) in _SORTING and not call.keywords:
            yield from (call_with(unit, call, [], [f"key={key}"], 3) for key in _by_field(fields))
    for node in unit.nodes(ast.expr):
        yield _bounds_in_order(unit, node)


def _bounds_in_order(unit: Unit, node: ast.expr) -> Mutation | None:
    """The variables of a slice or range, of which the second may be the lower one."""
    match node:
        case ast.Subscript(slice=ast.Slice(lower=ast.expr() as low, upper=ast.expr() as high)):
            bounds = [low, high]
        case ast.Call(func=ast.Name(id="range"), args=[low, high, *_]):
            bounds = [low, high]
        case _:
            return None
    names = [[n.id for n in ast.walk(b) if isinstance(n, ast.Name)] for b in bounds]
    statement = unit.statement_of(node)
    if statement is None or any(len(each) != 1 for each in names) or names[0] == names[1]:
        return None
    pair = f"{names[0][0]}, {names[1][0]}"
    return unit.put_before(statement, [f"{pair} = sorted(({pair}))"], 3)


def _readings(unit: Unit) -> Iterator[tuple[ast.expr, ast.expr]]:
    """What loops and comprehensions go through, and what an item is called there."""
    found = [(loop.iter, loop.target) for loop in unit.nodes(ast.For)]
    for node in unit.nodes(ast.expr):
        if isinstance(node, _Comprehension):
            found += [(each.iter, each.target) for each in node.generators]
    for read, item in found:
        if isinstance(read, ast.Call) and called(read) == "enumerate" and read.args:
            counted = isinstance(item, ast.Tuple) and len(item.elts) == 2
            yield read.args[0], item.elts[1] if counted and isinstance(item, ast.Tuple) else item
        elif not isinstance(read, ast.Call) or called(read) not in _HAVE_ORDER:
            yield read, item


def _ordered(unit: Unit, read: ast.expr, item: ast.expr, fields: list[str]) -> Changes:
    text = unit.text(read)
    if isinstance(item, ast.Tuple):
        for key in ("item[1]", "-item[1]", "(-item[1], item[0])"):
            yield unit.replace(read, f"sorted({text}, key=lambda item: {key})", 2)
    else:
        for key in _by_field(fields):
            yield unit.replace(read, f"sorted({text}, key={key})", 3)
        if isinstance(read, ast.Name | ast.Attribute):  # it may be a dictionary
            yield unit.replace(read, f"sorted({text}, key={text}.get)", 3)
    yield unit.replace(read, f"sorted({text})", 3)
    yield unit.replace(read, f"reversed(list({text}))", 3)


def _by_field(fields: list[str]) -> Iterator[str]:
    for field in fields:
        yield f"lambda item: {field}"
        yield f"lambda item: -{field}"


def _fields(unit: Unit) -> list[str]:
    """What is read of items in this unit, most often first: ``item.name``, ``item['name']``."""
    counts: Counter[str] = Counter()
    for node in unit.nodes(ast.expr):
        match node:
            case ast.Attribute(value=ast.Name(id=name)) if name != "self":
                if not unit.is_called(node):
                    counts[f"item.{node.attr}"] += 1
            case ast.Subscript(slice=ast.Constant(value=str(key))):
                counts[f"item[{key!r}]"] += 1
    return [field for field, _ in counts.most_common(_FIELDS)]
