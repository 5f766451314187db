"""One test as plain assertions, for reading alone: the result is never run."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from agents.languages.contract import ReadTest
from agents.languages.javascript.expressions import called_names
from agents.languages.javascript.module import Module
from agents.languages.javascript.suites import call_of
from agents.tools.syntax_tree import Node, parse_anyway, text_of, walk

_GRAMMAR = "tsx"
_SIMPLE = {
    "array", "call_expression", "false", "identifier", "member_expression", "new_expression",
    "null", "number", "object", "regex", "string", "subscript_expression", "template_string",
    "this", "true", "undefined",
}  # fmt: skip
_OWN = {"test", "assert", "expect", "deepEqual", "partialDeepEqual", "throws", "rejects", "Error"}


def _same(sign: str) -> Callable[[list[str]], str]:
    return lambda values: f"assert({values[0]} {sign} {values[1]});"


def _call(name: str) -> Callable[[list[str]], str]:
    return lambda values: f"assert.{name}({', '.join(values)});"


def _form(text: str) -> Callable[[list[str]], str]:
    return lambda values: f"assert({text.format(*values)});"


_EQUAL, _DIFFERENT = _same("==="), _same("!==")
_ASSERTS: dict[str, tuple[int, Callable[[list[str]], str]]] = {
    "equal": (2, _EQUAL),
    "strictEqual": (2, _EQUAL),
    "deepEqual": (2, _call("deepEqual")),
    "deepStrictEqual": (2, _call("deepEqual")),
    "notEqual": (2, _DIFFERENT),
    "notStrictEqual": (2, _DIFFERENT),
    "ok": (1, _form("{0}")),
    "throws": (1, _call("throws")),
}
"""Functions of node:assert -> how many arguments count, and the plain form."""
_EXPECTS: dict[str, Callable[[list[str]], str]] = {
    "toBe": _EQUAL,
    "toEqual": _call("deepEqual"),
    "toStrictEqual": _call("deepEqual"),
    "toMatchObject": _call("partialDeepEqual"),
    "toThrow": _call("throws"),
    "toThrowError": _call("throws"),
    "toBeTruthy": _form("{0}"),
    "toBeFalsy": _form("!({0})"),
    "toBeNull": _form("{0} === null"),
    "toBeUndefined": _form("{0} === undefined"),
    "toBeDefined": _form("{0} !== undefined"),
    "toBeNaN": _form("Number.isNaN({0})"),
    "toHaveLength": _form("{0}.length === {1}"),
    "toContain": _form("{0}.includes({1})"),
    "toMatch": _form("{0}.match({1})"),
    "toBeInstanceOf": _form("{0} instanceof {1}"),
    "toBeGreaterThan": _same(">"),
    "toBeGreaterThanOrEqual": _same(">="),
    "toBeLessThan": _same("<"),
    "toBeLessThanOrEqual": _same("<="),
}
"""Matchers of vitest and jest -> the plain form of their two values."""


def read_test(source: str) -> ReadTest:
    """The test in plain assertions; one that needs other statements too keeps its name.

    Of a test that was brought the source may not be known, and is empty.
    """
    module = Module(source, _GRAMMAR)
    call = call_of(module.statements[0]) if module.statements else None
    statements = [text_of(node) for node in call.statements] if call else [source]
    lines = _inlined([_plain(text) for text in statements])
    text = "\n".join(lines)
    if call is not None and (call.table or not all(line.startswith("assert") for line in lines)):
        text = call.written(lines, "  ")
    names = frozenset(called_names(parse_anyway(text, _GRAMMAR)) - _OWN)
    return ReadTest(text, names, "throws(" in text or "rejects(" in text)


def _plain(text: str) -> str:
    statement = _statement(text)
    if statement is None:
        return text
    node = statement.named_children[0] if statement.named_children else None
    if statement.type != "expression_statement" or node is None or node.type != "call_expression":
        return text
    return _of_expect(node) or _of_assert(node) or text


def _of_assert(call: Node) -> str | None:
    function = call.child_by_field_name("function")
    if function is None:
        return None
    name = text_of(function.child_by_field_name("property") or function)
    values = _arguments(call)
    count, form = _ASSERTS.get(name, (0, None))
    if form is None or len(values) < count:
        return None
    return form(values if name == "throws" else values[:count])


def _of_expect(call: Node) -> str | None:
    """``expect(value).toBe(other)``, plain."""
    matcher = call.child_by_field_name("function")
    owner = matcher.child_by_field_name("object") if matcher is not None else None
    if matcher is None or owner is None:
        return None
    name = text_of(matcher.child_by_field_name("property") or matcher)
    negated = owner.type == "member_expression" and text_of(owner).endswith(".not")
    inner = owner.child_by_field_name("object") if negated else owner
    function = inner.child_by_field_name("function") if inner is not None else None
    if inner is None or function is None or text_of(function) != "expect":
        return None
    values = [*_arguments(inner), *_arguments(call)]
    form = _DIFFERENT if negated and name == "toBe" else None if negated else _EXPECTS.get(name)
    try:
        return form(values) if form is not None else None
    except IndexError:
        return None


def _arguments(call: Node) -> list[str]:
    listed = call.child_by_field_name("arguments")
    return [text_of(n) for n in listed.named_children if n.type != "comment"] if listed else []


def _statement(text: str) -> Node | None:
    try:
        statements = Module(text, _GRAMMAR).statements
    except SyntaxError:
        return None
    return statements[0] if len(statements) == 1 else None


def _inlined(lines: Sequence[str]) -> list[str]:
    """Without names that are set once and read once, by the statement that follows."""
    found = list(lines)
    place = 0
    while place + 1 < len(found):
        put = _put(found[place], found[place + 1], found[place + 2 :])
        if put is None:
            place += 1
        else:
            found[place : place + 2] = [put]
            place = max(0, place - 1)
    return found


def _put(declared: str, reader: str, rest: Sequence[str]) -> str | None:
    """`reader` with the value of ``const NAME = value`` in the place of its name."""
    statement = _statement(declared)
    if statement is None or statement.type != "lexical_declaration":
        return None
    declarator = statement.named_children[0]
    name, value = (declarator.child_by_field_name(f) for f in ("name", "value"))
    if name is None or value is None or name.type != "identifier" or value.type not in _SIMPLE:
        return None
    wanted, reading = text_of(name), _statement(reader)
    if reading is None or any(wanted in line for line in rest):
        return None
    places = [n for n in walk(reading) if text_of(n) == wanted and not n.named_children]
    if len(places) != 1 or places[0].type != "identifier":
        return None
    data = reader.encode()
    start, end = places[0].start_byte, places[0].end_byte
    return (data[:start] + text_of(value).encode() + data[end:]).decode()
