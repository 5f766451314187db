"""A call around a value: where it is returned, compared, kept or handed on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agents.languages.javascript.mutation.operators.constants import results
from agents.languages.javascript.mutation.script import Script, arguments_of, part
from agents.tools.mutation.unit import Mutation, clipped
from agents.tools.syntax_tree import Node, text_of

Changes = Iterator[Mutation | None]

_FUNCTIONS = {
    "String": "string",
    "Number": "number",
    "Math.floor": "number",
    "Math.round": "number",
    "Math.abs": "number",
    "Math.ceil": "number",
    "Boolean": "boolean",
}
"""And what they give."""
_METHODS = {
    ".trim()": "string",
    ".toLowerCase()": "string",
    ".toUpperCase()": "string",
    ".reverse()": "array",
    ".sort()": "array",
    '.join("")': "string",
    ".length": "number",
    ".filter(Boolean)": "array",
    ".flat()": "array",
    ".slice()": "array",
    ".toFixed(2)": "string",
}
_AROUND = ("[...{}]", "[...new Set({})]", "Object.entries({})", "[{}]")
_UNLIKELY = 3
"""Added to the weight of a result of another kind than the tests expect."""
_KEEPING = ("push", "add", "set", "unshift", "concat", "includes", "has")
_CONSTANT = ("number", "string", "null", "undefined", "true", "false")
_COMPARING = re.compile(r"[<>]=?|[!=]==?")


def mutations(unit: Script) -> Changes:
    """Changes of this family."""
    kinds = unit.hints.kinds
    for node, weight in _values(unit):
        returned = node.parent is not None and node.parent.type == "return_statement"
        if node.type not in _CONSTANT:
            yield from _wrapped(unit, node, weight, kinds if returned else set())
    for member in unit.nodes("member_expression"):
        owner = part(member, "object")
        if owner.type == "identifier" and text_of(owner) in unit.scope(owner):
            for method in (".toLowerCase()", ".trim()", ".toUpperCase()"):
                yield unit.replace(owner, text_of(owner) + method, 5)


def _values(unit: Script) -> Iterator[tuple[Node, int]]:
    for value in results(unit):
        returned = value.parent is not None and value.parent.type in (
            "return_statement",
            "arrow_function",
        )
        yield value, 2 if returned else 3
    for compare in unit.nodes("binary_expression"):
        if _COMPARING.fullmatch(text_of(part(compare, "operator"))):
            yield part(compare, "left"), 3
            yield part(compare, "right"), 3
    for call in unit.nodes("call_expression"):
        name = text_of(part(part(call, "function"), "property"))
        if name in _KEEPING:
            yield from ((a, 3) for a in arguments_of(call) if a.type != "spread_element")
    for loop in unit.nodes("for_in_statement"):
        yield part(loop, "right"), 4
    for piece in unit.nodes("template_substitution"):
        yield from ((node, 4) for node in piece.named_children)


def _wrapped(unit: Script, node: Node, weight: int, kinds: set[str]) -> Changes:
    """`kinds` are what the value may be afterwards; empty if anything."""

    def cost(kind: str, more: int = 0) -> int:
        return weight + more + (_UNLIKELY if kinds and kind not in kinds else 0)

    text, owner = text_of(node), unit.operand(node)
    for function, kind in _FUNCTIONS.items():
        yield unit.replace(node, f"{function}({text})", cost(kind), f"`{function}()` put around")
    for method, kind in _METHODS.items():
        yield unit.replace(node, f"{owner}{method}", cost(kind), f"`{method}` added")
    for shape in _AROUND:
        yield unit.replace(node, shape.format(text), cost("array", 1))
    capital = f"{owner}.charAt(0).toUpperCase() + {owner}.slice(1)"
    yield unit.replace(node, capital, cost("string"), "first letter made a capital")
    what = "first letter alone a capital"
    yield unit.replace(node, f"{capital}.toLowerCase()", cost("string"), what)
    yield unit.replace(node, f"-{owner}", max(3, cost("number")), f"`{clipped(text)}` negated")
    yield unit.replace(node, f"!{owner}", max(3, cost("boolean")), f"`{clipped(text)}` negated")
    for factor in ("100", "10"):
        rounded = f"Math.round({owner} * {factor}) / {factor}"
        what = f"rounded to {len(factor) - 1} digits"
        yield unit.replace(node, rounded, cost("number", 1), what)
    for character in unit.hints.characters:
        yield from _with_character(unit, node, character, cost("string"))


def _with_character(unit: Script, node: Node, character: str, weight: int) -> Changes:
    owner, quoted = unit.operand(node), unit.quoted(character)
    escaped = character if character in " ,;:_#@%&'\"<>=~`!" else f"\\{character}"
    collapsed = f"{owner}.split({quoted}).filter(Boolean).join({quoted})"
    yield unit.replace(node, collapsed, weight, f"runs of `{character}` collapsed")
    stripped = f"{owner}.replace(/^{escaped}+|{escaped}+$/g, {unit.quoted('')})"
    yield unit.replace(node, stripped, weight, f"`{character}` taken off both ends")
    yield unit.replace(node, f"{owner}.replaceAll({quoted}, {unit.quoted('')})", weight)
    yield unit.replace(node, f"{owner}.join({quoted})", weight + 1)
    yield unit.replace(node, f"{owner} + {quoted}", weight + 1)
    for other in unit.hints.characters[:4]:
        if other != character:
            new = f"{owner}.replaceAll({quoted}, {unit.quoted(other)})"
            yield unit.replace(node, new, weight + 1)
