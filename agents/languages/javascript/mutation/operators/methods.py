"""One method or function of a family in place of another, and methods with their arguments."""

from __future__ import annotations

from collections.abc import Iterator

from agents.languages.javascript.mutation.hints import string_value
from agents.languages.javascript.mutation.script import Script, arguments_of, part
from agents.tools.mutation.unit import Mutation
from agents.tools.syntax_tree import Node, text_of

Changes = Iterator[Mutation | None]

_FAMILIES = (
    ("trim", "trimStart", "trimEnd"),
    ("padStart", "padEnd"),
    ("push", "unshift", "concat"),
    ("pop", "shift"),
    ("toUpperCase", "toLowerCase"),
    ("indexOf", "lastIndexOf", "search"),
    ("findIndex", "findLastIndex", "find"),
    ("find", "filter", "findLast"),
    ("some", "every"),
    ("startsWith", "endsWith", "includes"),
    ("keys", "values", "entries"),
    ("map", "flatMap", "filter", "forEach"),
    ("floor", "round", "ceil", "trunc"),
    ("min", "max"),
    ("parseInt", "parseFloat", "Number"),
    ("replaceAll", "replace"),
    ("charAt", "at", "charCodeAt", "codePointAt"),
    ("slice", "substring", "splice"),
    ("reduce", "reduceRight"),
    ("match", "matchAll"),
    ("test", "exec"),
    ("includes", "has"),
    ("add", "delete"),
    ("isNaN", "isFinite", "isInteger"),
    ("isInteger", "isSafeInteger"),
    ("getDay", "getDate", "getUTCDate"),
    ("getFullYear", "getUTCFullYear", "getYear"),
    ("getMonth", "getUTCMonth"),
    ("getHours", "getUTCHours"),
    ("toFixed", "toPrecision"),
    ("sort", "reverse"),
    ("length", "size"),
)
ENTRY_ORDERS = (
    "(a, b) => b[1] - a[1]",
    "(a, b) => a[1] - b[1]",
    "(a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)",
)
"""Of pairs, by their second value."""
_ORDERS = (
    "(a, b) => a - b",
    "(a, b) => b - a",
    "(a, b) => a.localeCompare(b)",
    "(a, b) => b.localeCompare(a)",
    "(a, b) => a.length - b.length",
    *ENTRY_ORDERS,
)


def mutations(unit: Script) -> Changes:
    """Changes of this family."""
    for member in unit.nodes("member_expression"):
        yield from _relatives(unit, part(member, "property"))
    for call in unit.nodes("call_expression"):
        function = part(call, "function")
        if function.type == "identifier":
            yield from _relatives(unit, function)
        elif function.type == "member_expression":
            yield from _method_call(unit, call, function)


def _relatives(unit: Script, name: Node) -> Changes:
    old = text_of(name)
    family = (other for names in _FAMILIES if old in names for other in names if other != old)
    for rank, other in enumerate(dict.fromkeys(family)):
        yield unit.replace(name, other, 1 if rank == 0 else 2)


def _method_call(  # noqa: PLR0912 - one case for each method
    unit: Script, call: Node, function: Node
) -> Changes:
    target, name = part(function, "object"), text_of(part(function, "property"))
    owner, given = unit.operand(target), arguments_of(call)
    if owner != "Math":
        yield unit.replace(call, owner, 2, f"call of `.{name}` dropped")
    match name, [text_of(node) for node in given]:
        case ("push" | "unshift", [value]) if not value.startswith("..."):
            yield unit.replace(call, f"{owner}.{name}(...{unit.operand(given[0])})", 1)
            yield unit.replace(call, f"{owner}.{name}([...{unit.operand(given[0])}])", 3)
        case ("push" | "unshift", [value]):
            yield unit.replace(call, f"{owner}.{name}({value.removeprefix('...')})", 1)
        case ("split", [separator]):
            yield from _split(unit, call, owner, given[0], separator)
        case ("replace", [old, new]):
            yield from _replace(unit, call, owner, old, new, given[0].type == "regex")
        case ("join", arguments):
            characters = ["", " ", *unit.hints.characters]
            for text in (unit.quoted(c) for c in dict.fromkeys(characters)):
                if [text] != arguments:
                    yield unit.replace(call, f"{owner}.join({text})", 2)
        case ("sort", []):
            for rank, order in enumerate(_ORDERS):
                yield unit.replace(call, f"{owner}.sort({order})", 1 if rank < 2 else 3)
        case ("sort", [order]):
            yield unit.replace(call, f"{owner}.sort()", 3)
            for other in _ORDERS:
                if other != order:
                    yield unit.replace(call, f"{owner}.sort({other})", 4)
            yield from _sort_order(unit, given[0])
        case ("reduce" | "reduceRight", [step]):
            for start in dict.fromkeys((*unit.hints.edges, "0", "1", unit.quoted(""), "[]")):
                yield unit.replace(call, f"{owner}.{name}({step}, {start})", 2)
        case ("get", [_]):
            for default in ("0", unit.quoted(""), "[]", "false"):
                yield unit.replace(call, f"({text_of(call)} ?? {default})", 2)
        case ("round" | "floor" | "ceil" | "trunc", [value]):
            for factor in ("100", "10"):
                text = f"Math.{name}({unit.operand(given[0])} * {factor}) / {factor}"
                yield unit.replace(call, text, 2, f"rounded to {len(factor) - 1} digits")
            yield unit.replace(call, value, 2, f"call of `Math.{name}` dropped")
        case ("toString", []):
            yield from (unit.replace(call, f"{owner}.toString({n})", 3) for n in (2, 16))
        case ("padStart" | "padEnd", [width]):
            for filler in ("0", *unit.hints.characters):
                yield unit.replace(call, f"{owner}.{name}({width}, {unit.quoted(filler)})", 2)


def _split(unit: Script, call: Node, owner: str, given: Node, separator: str) -> Changes:
    yield unit.replace(call, f"{text_of(call)}.filter(Boolean)", 2, "empty parts left out")
    yield unit.replace(call, rf"{owner}.trim().split(/\s+/)", 2)
    yield unit.replace(call, rf"{owner}.split(/\s+/)", 1)
    for character in dict.fromkeys(["", " ", *unit.hints.characters]):
        if unit.quoted(character) != separator:
            yield unit.replace(call, f"{owner}.split({unit.quoted(character)})", 3)
    if given.type == "string":
        value = string_value(given)
        if len(value) == 1 and not value.isalnum():
            escaped = value if value in " ,;:_" else f"\\{value}"
            yield unit.replace(call, f"{owner}.split(/{escaped}+/)", 2)


def _replace(unit: Script, call: Node, owner: str, old: str, new: str, is_regex: bool) -> Changes:
    yield unit.replace(call, f"{owner}.replace({new}, {old})", 4)
    if not is_regex:
        yield unit.replace(call, f"{owner}.replaceAll({old}, {new})", 1)


def _sort_order(unit: Script, order: Node) -> Changes:
    """The other way round; equals in the order of the values."""
    listed = order.child_by_field_name("parameters")
    body = order.child_by_field_name("body")
    names = [text_of(n) for n in listed.named_children] if listed is not None else []
    if len(names) != 2 or body is None or body.type == "statement_block":
        return
    one, two = names
    text = unit.operand(body)
    yield unit.replace(body, f"-{text}", 1, "sorted the other way round")
    for tie in (
        f"{one}.localeCompare({two})",
        f"({one} < {two} ? -1 : 1)",
        f"({one}[0] < {two}[0] ? -1 : 1)",
        f"({one} > {two} ? -1 : 1)",
        f"{one} - {two}",
        f"{one}.length - {two}.length",
    ):
        yield unit.replace(body, f"{text} || {tie}", 2, f"equals sorted by `{tie}`")
