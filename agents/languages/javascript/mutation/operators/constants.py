"""Constants, indexes, bounds of slices, starts of variables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from agents.languages.javascript.mutation.hints import string_value
from agents.languages.javascript.mutation.script import Script, arguments_of, is_binding, part
from agents.tools.mutation.unit import Mutation
from agents.tools.syntax_tree import Node, text_of

Changes = Iterator[Mutation | None]

_SHORT = 3
_SIMPLE = {"identifier", "call_expression", "binary_expression", "member_expression"}
_SLICING = ("slice", "substring", "splice", "substr")
_COMPARING = re.compile(r"[<>]=?|[!=]==?")


def mutations(unit: Script) -> Changes:
    """Changes of this family."""
    for node in unit.inner:
        match node.type:
            case "number":
                yield from _number(unit, node)
            case "string" if not _is_name(node):
                yield from _string(unit, node)
            case "true" | "false":
                yield unit.replace(node, "false" if node.type == "true" else "true", 1)
            case "null" | "undefined":
                yield from _nothing(unit, node)
            case "subscript_expression":
                yield from by_one(unit, part(node, "index"), 2)
            case "call_expression":
                yield from _slice(unit, node)
            case "binary_expression" if _COMPARING.fullmatch(text_of(part(node, "operator"))):
                yield from by_one(unit, part(node, "left"), 3)
                yield from by_one(unit, part(node, "right"), 3)
            case "variable_declarator":
                yield from _start(unit, node)
    for value in results(unit):
        yield from by_one(unit, value, 3)


def results(unit: Script) -> Iterator[Node]:
    """What is returned or assigned, and what a short arrow function gives."""
    for node in unit.inner:
        value = None
        if node.type == "return_statement":
            value = next(iter(node.named_children), None)
        elif node.type in ("assignment_expression", "augmented_assignment_expression"):
            value = node.child_by_field_name("right")
        elif node.type == "variable_declarator":
            value = node.child_by_field_name("value")
        elif node.type == "arrow_function":
            value = node.child_by_field_name("body")
        if value is not None and value.type not in ("statement_block", "arrow_function", "comment"):
            yield value


def by_one(unit: Script, node: Node, weight: int) -> Changes:
    """A simple value plus and minus one; constants are changed themselves."""
    if node.type in _SIMPLE:
        text = text_of(node)
        yield unit.replace(node, f"{text} + 1", weight, f"`{text}` plus one")
        yield unit.replace(node, f"{text} - 1", weight, f"`{text}` minus one")


def _is_name(node: Node) -> bool:
    """Whether a string is a key, a directive or the name of a module."""
    parent = node.parent
    if parent is None or parent.type in ("import_statement", "export_statement"):
        return True
    key = any(part(parent, field) == node for field in ("key", "name", "property"))
    return key or parent.type == "expression_statement"


def _number(unit: Script, node: Node) -> Changes:
    text = text_of(node)
    if not re.fullmatch(r"\d+(?:\.\d+)?", text):
        return
    value: float = float(text) if "." in text else int(text)
    near = (value + 1, value - 1, 0, 1) if value == int(value) else (value + 1, value - 1)
    far = (-value, 2, value + 2, value * 10, value / 2, value / 10)
    yield from _others(unit, node, [_shown(v) for v in near], 1)
    yield from _others(unit, node, [_shown(v) for v in far], 3)
    yield from _others(unit, node, unit.hints.numbers, 4)


def _shown(value: float) -> str:
    return f"{value:.12g}"


def _others(unit: Script, node: Node, texts: Iterable[str], weight: int) -> Changes:
    for rank, text in enumerate(dict.fromkeys(t for t in texts if t != text_of(node))):
        yield unit.replace(node, text, weight if rank < 2 else weight + 1)


def _start(unit: Script, declarator: Node) -> Changes:
    value = declarator.child_by_field_name("value")
    if value is None or not is_binding(part(declarator, "name")):
        return
    if value.type == "number":
        yield unit.replace(value, "-Infinity")
        yield unit.replace(value, "Infinity")
    elif value.type in ("identifier", "member_expression", "subscript_expression"):
        for copy in (f"[...{text_of(value)}]", f"{{ ...{text_of(value)} }}"):
            yield unit.replace(value, copy, 4)


def _nothing(unit: Script, node: Node) -> Changes:
    for text in unit.hints.edges:
        yield unit.replace(node, text)
    for text in ("0", unit.quoted(""), "[]", "false", "null", "undefined"):
        if text != node.type:
            yield unit.replace(node, text, 3)


def _string(unit: Script, node: Node) -> Changes:
    """Another short string, another letter case, a character more or less at an end."""
    value = string_value(node)
    hints = unit.hints
    if len(value) <= _SHORT:
        others = ["", " ", *hints.characters, *(s for s in hints.strings if len(s) <= 2)]
        yield from _strings(unit, node, value, others, 2)
        yield from _strings(unit, node, value, [value * 2] if value else [], 4)
    changed = [value.lower(), value.upper(), value.capitalize(), value.strip(), value + " "]
    changed += [value[1:], value[:-1]] if len(value) > 1 else []
    changed += [value + c for c in hints.characters[:4]]
    yield from _strings(unit, node, value, [o for o in changed if o not in ("", " ")], 3)
    if len(value) > _SHORT:
        yield from _strings(unit, node, value, hints.strings, 5)


def _strings(unit: Script, node: Node, value: str, others: Iterable[str], weight: int) -> Changes:
    for other in dict.fromkeys(others):
        if other != value:
            yield unit.replace(node, unit.quoted(other), weight)


def _slice(unit: Script, call: Node) -> Changes:
    """Bounds of ``slice`` and its like: by one, left out, put in."""
    function, given = part(call, "function"), arguments_of(call)
    name = text_of(part(function, "property"))
    if function.type != "member_expression" or name not in _SLICING:
        return
    bounds = [text_of(node) for node in given]
    for index, bound in enumerate(bounds):
        for changed in (f"{bound} + 1", f"{bound} - 1", f"-{unit.operand(given[index])}"):
            yield _sliced(unit, call, [*bounds[:index], changed, *bounds[index + 1 :]])
    if len(bounds) == 2:
        yield _sliced(unit, call, bounds[:1])
        yield _sliced(unit, call, ["0", bounds[1]])
        yield _sliced(unit, call, [bounds[0], f"{bounds[0]} + {bounds[1]}"])
    elif len(bounds) == 1:
        yield _sliced(unit, call, ["0", bounds[0]])
        yield _sliced(unit, call, [bounds[0], "-1"])


def _sliced(unit: Script, call: Node, bounds: list[str]) -> Mutation:
    return unit.replace(call, f"{text_of(part(call, 'function'))}({', '.join(bounds)})")
