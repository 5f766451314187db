"""What an object has no value for yet, and values that are gathered instead of replaced."""

from __future__ import annotations

from collections.abc import Iterator

from agents.languages.javascript.mutation.script import Script, part
from agents.tools.mutation.unit import Mutation
from agents.tools.syntax_tree import Node, text_of

Changes = Iterator[Mutation | None]


def mutations(unit: Script) -> Changes:
    """Changes of this family."""
    for node in unit.nodes("augmented_assignment_expression", "update_expression"):
        yield from _added(unit, node)
    for node in unit.nodes("assignment_expression"):
        yield from _gathered(unit, node)
    for call in unit.nodes("call_expression"):
        yield from _missing_list(unit, call)


def _added(unit: Script, node: Node) -> Changes:
    """``d[k] += v`` and ``d[k]++`` where there may be no ``d[k]``."""
    target = node.child_by_field_name("left") or part(node, "argument")
    operator = text_of(part(node, "operator"))
    if target.type == "subscript_expression" and operator in ("+=", "-=", "++", "--"):
        right = node.child_by_field_name("right")
        value = "1" if right is None else unit.operand(right)
        place = text_of(target)
        yield unit.replace(node, f"{place} = ({place} ?? 0) {operator[0]} {value}", 2)


def _gathered(unit: Script, node: Node) -> Changes:
    """``d[k] = v`` keeps the last value alone; all of them, their sum, the first."""
    target, value = part(node, "left"), part(node, "right")
    if target.type != "subscript_expression":
        return
    elements = value.named_children if value.type == "array" else []
    alone = text_of(elements[0] if len(elements) == 1 else value)
    place = text_of(target)
    yield unit.replace(node, f"({place} ??= []).push({alone})", 3)
    yield unit.replace(node, f"{place} = ({place} ?? 0) + {unit.operand(value)}", 3)
    yield unit.replace(node, f"{place} ??= {text_of(value)}", 4)


def _missing_list(unit: Script, call: Node) -> Changes:
    """``d[k].push(v)`` where there may be no ``d[k]``."""
    function = part(call, "function")
    owner, name = part(function, "object"), text_of(part(function, "property"))
    if owner.type == "subscript_expression" and name in ("push", "unshift"):
        yield unit.replace(owner, f"({text_of(owner)} ??= [])", 2)
