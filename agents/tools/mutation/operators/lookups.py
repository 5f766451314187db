"""Early exits in front of a statement that fails where something is missing.

``items.index(x)`` raises where `x` is not among the items, ``table[x]`` where it is no key,
``max(items)`` and ``items[0]`` where there are none, ``a / b`` where `b` is 0. A function has
often several of one kind, and fails as long as one of them does, so that all exits are put in at
once before each by itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from agents.tools.mutation.unit import Function, Mutation, Unit

Changes = Iterator[Mutation | None]

_EMPTY = ("None", "0", "''", "[]", "{}", "False", "()", "-1")
_LOOP = ast.For | ast.While | ast.AsyncFor
_STATEMENTS = 6
"""Of a unit; what looks things up in more places is no near miss in all of them."""


@dataclass(frozen=True)
class _Lookup:
    statement: ast.stmt
    missing: str
    """Condition under which the statement fails."""


def mutations(unit: Unit) -> Changes:
    """Changes of this family."""
    found = list(dict.fromkeys(_lookups(unit)))[:_STATEMENTS]
    for line in _exits(unit):
        if len(found) > 1:
            yield _put_in(unit, found, line, 2)
        for lookup in found:
            yield _put_in(unit, [lookup], line, 2)
    for lookup in found:
        if _is_in_loop(unit, lookup.statement):
            yield _put_in(unit, [lookup], "continue", 3)


def _exits(unit: Unit) -> list[str]:
    """What tests say that odd arguments give."""
    empty = [e for e in unit.hints.expected if e in _EMPTY]
    results = dict.fromkeys([*empty, *unit.hints.edges])
    return [f"raise {r}" for r in unit.hints.raises] + [f"return {r}" for r in results]


def _put_in(unit: Unit, lookups: list[_Lookup], line: str, weight: int) -> Mutation | None:
    exits = [
        unit.put_before(each.statement, [f"if {each.missing}:", f"    {line}"], weight)
        for each in lookups
    ]
    found = [mutation for mutation in exits if mutation is not None]
    if len(found) < len(lookups):
        return None
    more = f" and {len(found) - 1} more" if len(found) > 1 else ""
    edits = tuple(edit for mutation in found for edit in mutation.edits)
    return Mutation(edits, found[0].what + more, found[0].line, weight)


def _lookups(unit: Unit) -> Iterator[_Lookup]:
    for node in unit.nodes(ast.expr):
        found, statement = _missing(unit, node), unit.statement_of(node)
        if found is None or statement is None:
            continue
        missing, parts = found
        if not _bound_inside(statement) & {n for part in parts for n in _names(part)}:
            yield _Lookup(statement, missing)
        elif (of_any := _of_any(unit, node, missing, statement)) is not None:
            yield of_any


def _of_any(unit: Unit, node: ast.AST, missing: str, statement: ast.stmt) -> _Lookup | None:
    """The lookup of a comprehension that has but one: whether any of its items is missing."""
    around = unit.parents.get(node)
    while around is not None and not hasattr(around, "generators"):
        around = unit.parents.get(around)
    generators: list[ast.comprehension] = getattr(around, "generators", [])
    if _bound_inside(statement) - {n for g in generators[:1] for n in _names(g.target)}:
        return None
    loop = generators[0]
    if len(generators) > 1 or loop.ifs or loop.is_async:
        return None
    items = f"for {unit.text(loop.target)} in {unit.text(loop.iter)}"
    return _Lookup(statement, f"any({missing} {items})")


def _missing(unit: Unit, node: ast.expr) -> tuple[str, list[ast.expr]] | None:
    """When `node` fails, and the parts of it that the condition is made of."""
    match node:
        case ast.Call(func=ast.Attribute(value=owner, attr="index" | "remove"), args=[key, *_]):
            return _not_in(unit, key, owner)
        case ast.Call(func=ast.Name(id="max" | "min"), args=[items]) if _is_plain(items):
            return f"not {unit.operand(items)}", [items]
        case ast.Subscript(value=owner, slice=key, ctx=ast.Load() | ast.Del()) if _is_plain(owner):
            if _is_number(key):
                return f"not {unit.operand(owner)}", [owner]
            return None if isinstance(key, ast.Slice | ast.Tuple) else _not_in(unit, key, owner)
        case ast.BinOp(op=ast.Div() | ast.FloorDiv() | ast.Mod(), right=by) if _is_plain(by):
            return f"{unit.operand(by)} == 0", [by]
    return None


def _not_in(unit: Unit, key: ast.expr, owner: ast.expr) -> tuple[str, list[ast.expr]]:
    return f"{unit.operand(key)} not in {unit.operand(owner)}", [key, owner]


def _is_number(node: ast.expr) -> bool:
    value = node.operand if isinstance(node, ast.UnaryOp) else node
    return isinstance(value, ast.Constant) and isinstance(value.value, int)


def _is_plain(node: ast.expr) -> bool:
    """Whether `node` may be evaluated once more: a name, an attribute, ``len()`` of one."""
    if isinstance(node, ast.Call):
        is_len = isinstance(node.func, ast.Name) and node.func.id == "len"
        return is_len and len(node.args) == 1 and _is_plain(node.args[0])
    if isinstance(node, ast.Attribute):
        return _is_plain(node.value)
    return isinstance(node, ast.Name)


def _bound_inside(statement: ast.stmt) -> set[str]:
    """Names that mean something in a part of the statement alone."""
    found: set[str] = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.comprehension):
            found |= _names(node.target)
        elif isinstance(node, ast.Lambda):
            found |= {argument.arg for argument in node.args.args}
        elif isinstance(node, ast.NamedExpr):
            found |= _names(node.target)
    return found


def _names(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


def _is_in_loop(unit: Unit, statement: ast.stmt) -> bool:
    around = unit.parents.get(statement)
    while around is not None and not isinstance(around, Function):
        if isinstance(around, _LOOP):
            return True
        around = unit.parents.get(around)
    return False
