"""Arguments of calls; values that may be missing."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from agents.languages.javascript.mutation.script import Script, arguments_of, part
from agents.tools.mutation.unit import Edit, Mutation
from agents.tools.syntax_tree import Node, text_of

Changes = Iterator[Mutation | None]

_UNCALLED = ("pop", "shift", "reverse", "sort", "trim", "toUpperCase", "toLowerCase", "toString")
_ASSIGNED = ("assignment_expression", "augmented_assignment_expression", "update_expression")


def mutations(unit: Script) -> Changes:
    """Changes of this family."""
    for call in unit.nodes("call_expression", "new_expression"):
        yield from _arguments(unit, call)
    for place in unit.nodes("subscript_expression"):
        if not _is_target(place):
            for default in ("0", unit.quoted(""), "[]"):
                yield unit.replace(place, f"({text_of(place)} ?? {default})", 4)
    for member in unit.nodes("member_expression"):
        if text_of(part(member, "property")) in _UNCALLED and not _is_target(member):
            yield unit.replace(member, f"{text_of(member)}()", 1)
    for loop in unit.nodes("for_in_statement"):
        operator = part(loop, "operator")
        if operator != loop:
            yield unit.replace(operator, "of" if text_of(operator) == "in" else "in", 2)


def _is_target(node: Node) -> bool:
    """Whether something is assigned to `node`, or it is called."""
    parent = node.parent
    if parent is None:
        return False
    if parent.type == "call_expression":
        return part(parent, "function") == node
    first = parent.child_by_field_name("left") or parent.child_by_field_name("argument")
    return parent.type in _ASSIGNED and first == node


def _arguments(unit: Script, call: Node) -> Changes:
    """Neighbours exchanged, one dropped, the call left out around its only argument."""
    given = arguments_of(call)
    for first, second in pairwise(given):
        (start, end), (begin, stop) = unit.span(first), unit.span(second)
        edits = (Edit(start, end, text_of(second)), Edit(begin, stop, text_of(first)))
        yield Mutation(edits, "arguments exchanged", int(first.start_point[0]) + 1, 2)
    function = part(call, "function")
    for gone in given if len(given) > 1 and call.type == "call_expression" else ():
        kept = ", ".join(text_of(node) for node in given if node != gone)
        yield unit.replace(call, f"{text_of(function)}({kept})", 3)
    if len(given) == 1 and function.type == "identifier" and given[0].type != "spread_element":
        what = f"call of `{text_of(function)}` dropped"
        yield unit.replace(call, unit.operand(given[0]), 2, what)
