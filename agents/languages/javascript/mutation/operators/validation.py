"""Arguments and states that are refused with an exception which the tests expect."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from agents.languages.javascript.mutation.operators.guards import at_start, parameters
from agents.languages.javascript.mutation.script import Script
from agents.tools.mutation.expected_errors import argument_refusals, words_of
from agents.tools.mutation.unit import Mutation
from agents.tools.syntax_tree import Node, text_of

Changes = Iterator[Mutation | None]

_PAIRS = ("{0}.length !== {1}.length", "{0} > {1}", "{0} === {1}")
_ATTRIBUTES = 4
_SET = re.compile(r"\bthis\.(#?\w+)\s*=\s*([^;\n]+)")
_EMPTY = re.compile(r"\[\]|\{\}|new (?:Map|Set)\(\)")
_COUNTED = re.compile(r"new (?:Map|Set)\b")


def mutations(unit: Script) -> Changes:
    """Changes of this family."""
    refusals = [(f, list(_refusals(unit, f))) for f in unit.functions if unit.hints.raises]
    for error in unit.hints.raises:
        weight = 4 if _is_thrown(unit, error) else 2
        for function, conditions in refusals:
            for condition in conditions:
                yield at_start(unit, function, f"if ({condition}) throw {error};", weight)


def _is_thrown(unit: Script, error: str) -> bool:
    """Whether the unit throws an expected exception somewhere, by its words if it has any."""
    return (words_of(error) or error) in text_of(unit.node)


def _refusals(unit: Script, function: Node) -> Iterator[str]:
    """Conditions under which a call of the function may be refused."""
    names = parameters(function)
    yield from argument_refusals(names, unit.hints.refused, _PAIRS)
    for attribute, value in _attributes(function).items():
        yield from _states(attribute, value, names)


def _states(attribute: str, value: str, names: list[str]) -> Iterator[str]:
    """Conditions about an attribute that suit what it begins with."""
    if value in ("true", "false"):
        yield from (attribute, f"!{attribute}")
    elif value in ("null", "undefined"):
        yield from (f"{attribute} != null", f"{attribute} == null")
    elif _EMPTY.match(value):
        size, has = ("size", "has") if _COUNTED.match(value) else ("length", "includes")
        yield f"{attribute}.{size} === 0"
        for name in names:
            yield from (f"{attribute}.{has}({name})", f"!{attribute}.{has}({name})")
    else:
        yield from (f"{name} {sign} {attribute}" for name in names for sign in (">", "<"))


def _attributes(function: Node) -> dict[str, str]:
    """What the class of a method sets on the object in its fields and constructor, and to what."""
    body = function.parent
    if function.type != "method_definition" or body is None or body.type != "class_body":
        return {}
    found: list[tuple[str, str]] = []
    for member in body.named_children:
        name = member.child_by_field_name("property") or member.child_by_field_name("name")
        value = member.child_by_field_name("value")
        if name is not None and value is not None:
            found.append((f"this.{text_of(name)}", text_of(value)))
        elif name is not None and text_of(name) == "constructor":
            if member == function:
                return {}
            found += [(f"this.{key}", set_to) for key, set_to in _SET.findall(text_of(member))]
    return dict(islice(found, _ATTRIBUTES))
