"""Arguments and states that are refused with an exception which the tests expect."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import combinations, islice

from agents.tools.mutation.operators.guards import at_start, is_raised, parameters
from agents.tools.mutation.unit import Function, Mutation, Unit

Changes = Iterator[Mutation | None]

_PAIRS = ("len({0}) != len({1})", "{0} > {1}", "{0} == {1}")
_MEMBERSHIP = ("in", "not in")
_ATTRIBUTES = 4


def mutations(unit: Unit) -> Changes:
    """Changes of this family."""
    for exception in unit.hints.raises:
        weight = 4 if is_raised(unit, exception) else 2
        for function in unit.functions:
            for condition in _refusals(unit, function):
                lines = [f"if {condition}:", f"    raise {exception}"]
                yield at_start(unit, function, lines, weight)


def _refusals(unit: Unit, function: Function) -> Iterator[str]:
    """Conditions under which a call of the function may be refused."""
    names = parameters(function)
    for index, number in unit.hints.refused:
        if index < len(names) and not number.startswith("-") and number != "0":
            yield from (f"{names[index]} {sign} {number}" for sign in (">=", "<="))
    for pair in combinations(names, 2):
        yield from (condition.format(*pair) for condition in _PAIRS)
    for attribute, value in _attributes(unit, function).items():
        yield from _states(attribute, value, names)


def _states(attribute: str, value: ast.expr, names: list[str]) -> Iterator[str]:
    """Conditions about an attribute that suit what it begins with."""
    match value:
        case ast.Constant(value=bool()):
            yield from (attribute, f"not {attribute}")
        case ast.Constant(value=None):
            yield from (f"{attribute} is not None", f"{attribute} is None")
        case ast.List() | ast.Dict() | ast.Set() | ast.Call(args=[]):
            yield f"not {attribute}"
            yield from (f"{name} {sign} {attribute}" for name in names for sign in _MEMBERSHIP)
        case _:
            yield from (f"{name} {sign} {attribute}" for name in names for sign in (">", "<"))


def _attributes(unit: Unit, method: Function) -> dict[str, ast.expr]:
    """What the constructor of the method's class sets on the object, and to what."""
    if method.name == "__init__" or not method.args.args:
        return {}
    for node in ast.walk(unit.module):
        if isinstance(node, ast.ClassDef) and method in node.body:
            made = [s for s in node.body if isinstance(s, Function) and s.name == "__init__"]
            return dict(islice((found for f in made for found in _set(f)), _ATTRIBUTES))
    return {}


def _set(constructor: Function) -> Iterator[tuple[str, ast.expr]]:
    for node in ast.walk(constructor):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            own = [t for t in targets if isinstance(t, ast.Attribute) and _is_self(t.value)]
            yield from ((f"self.{target.attr}", node.value) for target in own)


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"
