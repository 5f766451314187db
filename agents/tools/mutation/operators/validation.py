"""Arguments and states that are refused with an exception which the tests expect."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import islice

from agents.tools.mutation.expected_errors import argument_refusals, words_of
from agents.tools.mutation.operators.guards import at_start, parameters
from agents.tools.mutation.unit import Function, Mutation, Unit

Changes = Iterator[Mutation | None]

_PAIRS = ("len({0}) != len({1})", "{0} > {1}", "{0} == {1}")
_MEMBERSHIP = ("in", "not in")
_ATTRIBUTES = 4


def mutations(unit: Unit) -> Changes:
    """Changes of this family."""
    refusals = [(f, list(_refusals(unit, f))) for f in unit.functions if unit.hints.raises]
    for exception in unit.hints.raises:
        weight = 4 if _is_raised(unit, exception) else 2
        for function, conditions in refusals:
            for condition in conditions:
                lines = [f"if {condition}:", f"    raise {exception}"]
                yield at_start(unit, function, lines, weight)


def _is_raised(unit: Unit, exception: str) -> bool:
    """Whether the unit raises an expected exception somewhere, by its words if it has any."""
    return (words_of(exception) or f"raise {exception[:-2]}") in unit.text(unit.node)


def _refusals(unit: Unit, function: Function) -> Iterator[str]:
    """Conditions under which a call of the function may be refused."""
    names = parameters(function)
    yield from argument_refusals(names, unit.hints.refused, _PAIRS)
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
