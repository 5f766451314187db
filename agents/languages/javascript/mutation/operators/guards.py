"""Early exits put in for empty, missing or odd arguments; throw against return."""

from __future__ import annotations

from collections.abc import Iterator

from agents.languages.javascript.mutation.script import Script, line_of
from agents.tools.mutation.unit import Edit, Mutation
from agents.tools.syntax_tree import Node, text_of, walk

Changes = Iterator[Mutation | None]

_EMPTY = ("null", "undefined", "0", '""', "''", "[]", "{}", "false", "true", "-1", "NaN")
_TESTS = (
    "!{}",
    "{} <= 0",
    "{} < 0",
    "{} === 0",
    "{}.length === 0",
    "{}.length < 2",
    "!Number.isInteger({})",
    "{} == null",
)
_PREPARED = (
    "[...{}]",
    "{}.trim()",
    "{}.toLowerCase()",
    "String({})",
    "Math.abs({})",
    "[...{}].sort()",
    "[...{}].sort((a, b) => a - b)",
)
_PARAMETERS = 3
_ENDS = ("return_statement", "throw_statement")


def mutations(unit: Script) -> Changes:
    """Changes of this family."""
    for function in unit.functions:
        for name in parameters(function):
            yield from _guards(unit, function, name)
            yield from _prepared(unit, function, name)
        yield from _last_return(unit, function)
    for node in unit.nodes(*_ENDS):
        yield from _exits(unit, node)


def parameters(function: Node) -> list[str]:
    """Names of the first parameters that are plain names."""
    single = function.child_by_field_name("parameter")
    listed = function.child_by_field_name("parameters")
    nodes = [single] if single is not None else listed.named_children if listed else []
    plain = []
    for node in nodes:
        name = node.child_by_field_name("pattern") or node.child_by_field_name("left") or node
        plain += [text_of(name)] if name.type == "identifier" else []
    return plain[:_PARAMETERS]


def _likely(unit: Script, name: str) -> list[str]:
    """What an early exit may give: what tests expect for empty arguments comes first."""
    empty = [e for e in unit.hints.expected if e in _EMPTY]
    return list(dict.fromkeys([*unit.hints.edges, *empty, name]))


def _guards(unit: Script, function: Node, name: str) -> Changes:
    for rank, test in enumerate(_TESTS):
        condition, weight = test.format(name), 2 if rank == 0 else 3
        for error in unit.hints.raises:
            yield at_start(unit, function, f"if ({condition}) throw {error};", weight)
        for value in _likely(unit, name):
            yield at_start(unit, function, f"if ({condition}) return {value};", weight)
            yield _instead(unit, function, condition, value, weight)


def _instead(
    unit: Script, function: Node, condition: str, value: str, weight: int
) -> Mutation | None:
    """The early exit of an arrow function that is only an expression."""
    body = function.child_by_field_name("body")
    if body is None or body.type == "statement_block":
        return None
    what = f"`{condition} ? {value}` put in"
    return unit.replace(body, f"{condition} ? {value} : {unit.operand(body)}", weight, what)


def _prepared(unit: Script, function: Node, name: str) -> Changes:
    """The parameter made ready first: a copy, another type or letter case, no accents."""
    for value in _PREPARED:
        yield at_start(unit, function, f"{name} = {value.format(name)};", 3)
    if unit.hints.accents:
        plain = rf'{name}.normalize("NFD").replace(/[\u0300-\u036f]/g, "")'
        yield at_start(unit, function, f"{name} = {plain};", 2)


def _statements(function: Node) -> list[Node]:
    body = function.child_by_field_name("body")
    block = body is not None and body.type == "statement_block"
    return [n for n in body.named_children if n.type != "comment"] if body and block else []


def at_start(unit: Script, function: Node, line: str, weight: int) -> Mutation | None:
    """`line` put in before a function's first statement."""
    statements = _statements(function)
    if not statements:
        return None
    first = statements[0]
    place = unit.span(first)[0]
    text = line + (unit.newline + unit.indent(first) if unit.indent(first) else " ")
    return Mutation((Edit(place, place, text),), f"`{line}` put in", line_of(first), weight)


def _exits(unit: Script, node: Node) -> Changes:
    """An expected exception instead of a result, and the other way round."""
    texts = [f"throw {error};" for error in unit.hints.raises]
    value = next(iter(node.named_children), None)
    constant = value is None or value.type in ("number", "string", "null", "undefined", "false")
    if node.type == "throw_statement" or constant:
        results = dict.fromkeys([*unit.hints.edges, *_EMPTY[:3], "[]", "{}", "false", "true"])
        texts += [f"return {result};" for result in results]
    yield from (unit.replace(node, text) for text in texts if text != text_of(node))


def _last_return(unit: Script, function: Node) -> Changes:
    """A return at the end of a function that runs out, of each variable or nothing."""
    statements = _statements(function)
    if not statements or statements[-1].type in _ENDS:
        return
    last = statements[-1]
    place = unit.span(last)[1]
    gap = unit.newline + unit.indent(last) if unit.indent(last) else " "
    stored = [
        text_of(name)
        for node in walk(function)
        if node.type == "variable_declarator" and (name := node.child_by_field_name("name"))
    ]
    exits = [f"return {v};" for v in dict.fromkeys([*stored, *unit.hints.edges, "false", "true"])]
    for text in (*exits, *(f"throw {error};" for error in unit.hints.raises)):
        edit = Edit(place, place, gap + text)
        yield Mutation((edit,), f"`{text}` put at the end", line_of(last), 2)
