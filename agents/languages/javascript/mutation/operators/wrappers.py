"""A call around a value: where it is returned, compared, kept or handed on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agents.languages.javascript.mutation.operators.constants import results
from agents.languages.javascript.mutation.script import Script, arguments_of, part
from agents.tools.mutation.unit import Mutation, clipped
from agents.tools.syntax_tree import Node, text_of

Changes = Iterator[Mutation | None]

_FUNCTIONS = ("String", "Number", "Math.floor", "Math.round", "Math.abs", "Math.ceil", "Boolean")
_METHODS = (
    ".trim()",
    ".toLowerCase()",
    ".toUpperCase()",
    ".reverse()",
    ".sort()",
    '.join("")',
    ".length",
    ".filter(Boolean)",
    ".flat()",
    ".slice()",
    ".toFixed(2)",
)
_AROUND = ("[...{}]", "[...new Set({})]", "Object.entries({})", "[{}]")
_KEEPING = ("push", "add", "set", "unshift", "concat", "includes", "has")
_CONSTANT = ("number", "string", "null", "undefined", "true", "false")
_COMPARING = re.compile(r"[<>]=?|[!=]==?")


def mutations(unit: Script) -> Changes:
    """Changes of this family."""
    for node, weight in _values(unit):
        if node.type not in _CONSTANT:
            yield from _wrapped(unit, node, weight)
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


def _wrapped(unit: Script, node: Node, weight: int) -> Changes:
    text, owner = text_of(node), unit.operand(node)
    for function in _FUNCTIONS:
        yield unit.replace(node, f"{function}({text})", weight, f"`{function}()` put around")
    for method in _METHODS:
        yield unit.replace(node, f"{owner}{method}", weight, f"`{method}` added")
    for shape in _AROUND:
        yield unit.replace(node, shape.format(text), weight + 1)
    capital = f"{owner}.charAt(0).toUpperCase() + {owner}.slice(1)"
    yield unit.replace(node, capital, weight, "first letter made a capital")
    yield unit.replace(node, f"{capital}.toLowerCase()", weight, "first letter alone a capital")
    yield unit.replace(node, f"-{owner}", 3, f"`{clipped(text)}` negated")
    yield unit.replace(node, f"!{owner}", 3, f"`{clipped(text)}` negated")
    for factor in ("100", "10"):
        rounded = f"Math.round({owner} * {factor}) / {factor}"
        yield unit.replace(node, rounded, weight + 1, f"rounded to {len(factor) - 1} digits")
    for character in unit.hints.characters:
        yield from _with_character(unit, node, character, weight)


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
