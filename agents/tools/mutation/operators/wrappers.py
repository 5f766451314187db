"""A call around a value: where it is returned, compared, kept or handed on."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from agents.tools.mutation.unit import Mutation, Unit, clipped

Changes = Iterator[Mutation | None]

_FUNCTIONS = (
    "str",
    "int",
    "list",
    "sorted",
    "tuple",
    "set",
    "abs",
    "len",
    "bool",
    "round",
    "float",
)
_METHODS = (".strip()", ".lower()", ".upper()", ".split()", "[::-1]", ".title()", ".capitalize()")
_TAKING = ("pop", "remove", "discard", "popitem", "clear")
_KEEPING = ("append", "add", "insert", "extend", "join")


def mutations(unit: Unit) -> Changes:
    """Changes of this family."""
    for node, weight in _values(unit):
        yield from _wrapped(unit, node, weight)
    for loop in unit.nodes(ast.For):
        if _shrinks_what_it_reads(loop):
            yield unit.replace(loop.iter, f"list({unit.text(loop.iter)})", 1, "a copy is read")
    for name in unit.nodes(ast.Name):
        if isinstance(name.ctx, ast.Load) and isinstance(unit.parents.get(name), ast.Attribute):
            for method in (".lower()", ".strip()", ".upper()"):
                yield unit.replace(name, name.id + method, 5)


def _shrinks_what_it_reads(loop: ast.For) -> bool:
    """Whether the loop takes things out of the collection that it goes through."""
    read = loop.iter
    if isinstance(read, ast.Call) and isinstance(read.func, ast.Attribute) and not read.args:
        read = read.func.value
    owner = ast.dump(read)
    for node in ast.walk(loop):
        taken: list[ast.expr] = []
        if isinstance(node, ast.Delete):
            taken = [t.value for t in node.targets if isinstance(t, ast.Subscript)]
        elif isinstance(node, ast.Attribute) and node.attr in _TAKING:
            taken = [node.value]
        if any(ast.dump(each) == owner for each in taken):
            return True
    return False


def _values(unit: Unit) -> Iterator[tuple[ast.expr, int]]:
    for node in unit.nodes(ast.Return):
        if node.value is not None:
            yield node.value, 2
    for compare in unit.nodes(ast.Compare):
        for side in (compare.left, *compare.comparators):
            if not isinstance(side, ast.Constant):
                yield side, 3
    for assign in unit.nodes(ast.stmt):
        if isinstance(assign, ast.Assign | ast.AugAssign):
            yield assign.value, 3
    for call in unit.nodes(ast.Call):
        if isinstance(call.func, ast.Attribute) and call.func.attr in _KEEPING:
            yield from ((a, 3) for a in call.args if not isinstance(a, ast.Starred))
    for loop in unit.nodes(ast.For):
        yield loop.iter, 4


def _wrapped(unit: Unit, node: ast.expr, weight: int) -> Changes:
    text, owner = unit.text(node), unit.operand(node)
    if isinstance(node, ast.GeneratorExp) and text.startswith("("):
        text = text[1:-1]
    for function in _FUNCTIONS:
        yield unit.replace(node, f"{function}({text})", weight, f"`{function}()` put around")
    for method in _METHODS:
        yield unit.replace(node, f"{owner}{method}", weight, f"`{method}` added")
    yield unit.replace(node, f"-{owner}", 3, f"`{clipped(text)}` negated")
    for digits in ("1", "2"):
        yield unit.replace(node, f"round({text}, {digits})", weight + 1)
    for separator in dict.fromkeys(["", " ", *unit.hints.characters]):
        yield from _with_character(unit, node, separator, weight)


def _with_character(unit: Unit, node: ast.expr, character: str, weight: int) -> Changes:
    text, owner = unit.text(node), unit.operand(node)
    yield unit.replace(node, f"{character!r}.join({text})", weight + 1)
    if character:
        pieces = f"{character!r}.join(part for part in {owner}.split({character!r}) if part)"
        yield unit.replace(node, pieces, weight, f"runs of `{character}` collapsed")
        yield unit.replace(node, f"{owner}.strip({character!r})", weight)
        yield unit.replace(node, f"{owner}.replace({character!r}, '')", weight)
        yield unit.replace(node, f"{owner} + {character!r}", weight + 1)
        for other in unit.hints.characters[:4]:
            if other != character:
                new = f"{owner}.replace({character!r}, {other!r})"
                yield unit.replace(node, new, weight + 1)
