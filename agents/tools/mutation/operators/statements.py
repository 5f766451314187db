"""Statements dropped, exchanged, moved or copied; accumulating and overwriting; exits."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import pairwise

from agents.tools.mutation.unit import Edit, Mutation, Owner, Unit, became, clipped

Changes = Iterator[Mutation | None]

_LOOP = ast.For | ast.While
_BLOCK = ast.For | ast.While | ast.If | ast.With
_AUGMENTED = {
    ast.Add: ("+=", ("-=", "=")),
    ast.Sub: ("-=", ("+=", "=")),
    ast.Mult: ("*=", ("+=", "=")),
    ast.Div: ("/=", ("//=", "*=")),
    ast.FloorDiv: ("//=", ("/=", "-=")),
    ast.Mod: ("%=", ("//=", "=")),
}
_STEP = "    "


def mutations(unit: Unit) -> Changes:
    """Changes of this family."""
    for block in _blocks(unit):
        yield from _dropping(unit, block)
        for first, second in pairwise(block):
            yield _exchanged(unit, first, second)
            yield _moved_in(unit, first, second)
        yield from _out_of_block(unit, block)
    for statement in unit.nodes(ast.stmt):
        yield from _accumulating(unit, statement)
        yield from _keyword(unit, statement)


def dropped(unit: Unit, node: ast.AST) -> bool:
    """Whether `node` stands where a name cannot: a bare string, a default, a pattern."""
    parent = unit.parents.get(node)
    return isinstance(parent, ast.Expr | ast.arguments | ast.pattern | ast.keyword)


def _blocks(unit: Unit) -> Iterator[list[ast.stmt]]:
    """Every block of the unit's functions; an owner's without its docstring."""
    for node in [unit.node, *unit.nodes(ast.stmt), *unit.nodes(ast.ExceptHandler)]:
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list) and block and not isinstance(node, ast.ClassDef):
                has_docstring = isinstance(node, Owner) and ast.get_docstring(node) is not None
                yield block[1:] if has_docstring and name == "body" else block


def _lines_of(unit: Unit, statement: ast.stmt, indent: str | None = None) -> str:
    """The whole lines of a statement, at another indent if given, always with a line end."""
    span = unit.whole_lines(statement)
    if span is None:
        return ""
    text = unit.source[span[0] : span[1]]
    text = text if text.endswith(("\n", "\r")) else text + unit.newline
    old = unit.indent(statement)
    if indent is None or indent == old:
        return text
    return re.sub(rf"(?m)^{re.escape(old)}(?=\S|[ \t]+\S)", indent, text)


def _dropping(unit: Unit, block: list[ast.stmt]) -> Changes:
    for statement in block:
        span = unit.whole_lines(statement)
        if span is None or isinstance(statement, ast.Pass):
            continue
        what = f"`{clipped(unit.text(statement))}` dropped"
        rest = f"{unit.indent(statement)}pass{unit.newline}" if len(block) == 1 else ""
        yield Mutation((Edit(*span, rest),), what, statement.lineno, 2)
        if isinstance(statement, ast.If) and not statement.orelse:
            body = "".join(_lines_of(unit, s, unit.indent(statement)) for s in statement.body)
            yield Mutation((Edit(*span, body),), "condition dropped", statement.lineno, 3)


def _exchanged(unit: Unit, first: ast.stmt, second: ast.stmt) -> Mutation | None:
    one, two = unit.whole_lines(first), unit.whole_lines(second)
    if one is None or two is None:
        return None
    between = unit.source[one[1] : two[0]]
    text = _lines_of(unit, second) + between + _lines_of(unit, first)
    return Mutation((Edit(one[0], two[1], text),), "statements exchanged", first.lineno, 3)


def _moved_in(unit: Unit, first: ast.stmt, second: ast.stmt) -> Mutation | None:
    """`second` becomes the last statement of the block `first`."""
    one, two = unit.whole_lines(first), unit.whole_lines(second)
    if not isinstance(first, _BLOCK) or one is None or two is None:
        return None
    inner = (getattr(first, "orelse", None) or first.body)[0]
    text = _lines_of(unit, second, unit.indent(inner))
    what = f"`{clipped(unit.text(second))}` moved into the block before"
    return Mutation((Edit(one[1], one[1], text), Edit(*two, "")), what, second.lineno, 3)


def _out_of_block(unit: Unit, block: list[ast.stmt]) -> Changes:
    """Statements of nested blocks moved behind or before them, or repeated behind them."""
    for outer in block:
        span = unit.whole_lines(outer)
        if not isinstance(outer, _BLOCK) or span is None:
            continue
        for inner in outer.body:
            place = unit.whole_lines(inner)
            text = _lines_of(unit, inner, unit.indent(outer))
            if place is None or not text:
                continue
            rest = f"{unit.indent(inner)}pass{unit.newline}" if len(outer.body) == 1 else ""
            gone = Edit(*place, rest)
            words = f"`{clipped(unit.text(inner))}` moved"
            after = Mutation(
                (gone, Edit(span[1], span[1], text)), f"{words} behind the block", inner.lineno, 3
            )
            before = Mutation(
                (gone, Edit(span[0], span[0], text)), f"{words} before the block", inner.lineno, 4
            )
            yield from (after, before)
        if isinstance(outer, _LOOP):
            yield from _repeated(unit, outer, span[1])


def _repeated(unit: Unit, loop: ast.For | ast.While, place: int) -> Changes:
    """A statement of the loop once more behind it, for what is left over at the end."""
    indent = unit.indent(loop)
    for inner in (
        n for n in ast.walk(loop) if isinstance(n, ast.Expr | ast.Assign | ast.AugAssign)
    ):
        text = _lines_of(unit, inner, indent)
        if not text:
            continue
        what = f"`{clipped(unit.text(inner))}` repeated behind the loop"
        weight = 3 if isinstance(inner, ast.Expr) else 5
        yield Mutation((Edit(place, place, text),), what, loop.lineno, weight)
        used = [n.id for n in ast.walk(inner) if isinstance(n, ast.Name)]
        for name in list(dict.fromkeys(used))[:2]:
            body = _lines_of(unit, inner, indent + _STEP)
            guarded = f"{indent}if {name}:{unit.newline}{body}"
            edits = (Edit(place, place, guarded),)
            yield Mutation(edits, f"{what} if `{name}`", loop.lineno, weight)


def _accumulating(unit: Unit, statement: ast.stmt) -> Changes:
    """``=`` against ``+=``, and other augmented assignments."""
    if isinstance(statement, ast.AugAssign) and type(statement.op) in _AUGMENTED:
        token, others = _AUGMENTED[type(statement.op)]
        for other in others:
            yield unit.between(statement.target, statement.value, token, other)
    elif isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
        if isinstance(target, ast.Tuple):
            return
        for rank, other in enumerate(("+=", "-=", "*=")):
            kept = rank == 0 and _is_kept(unit, statement)
            yield unit.between(target, statement.value, "=", other, 1 if kept else 3)


def _is_kept(unit: Unit, assign: ast.Assign) -> bool:
    """Whether the target may hold a value that counts: of an object, or in a loop."""
    function = unit.function_of(assign)
    if function is not None and function.name == "__init__":
        return False
    around: ast.AST | None = unit.parents.get(assign)
    while around is not None and not isinstance(around, _LOOP):
        around = unit.parents.get(around)
    return around is not None or not isinstance(assign.targets[0], ast.Name)


def _keyword(unit: Unit, statement: ast.stmt) -> Changes:
    """``break`` against ``continue``, ``if`` against ``elif`` and ``while``."""
    start = unit.span(statement)[0]
    swaps: list[tuple[str, str]] = []
    if isinstance(statement, ast.Break):
        swaps = [("break", "continue"), ("break", "pass")]
    elif isinstance(statement, ast.Continue):
        swaps = [("continue", "break"), ("continue", "pass")]
    elif isinstance(statement, ast.If):
        swaps = [("elif", "if"), ("if", "elif"), ("if", "while")]
    elif isinstance(statement, ast.While):
        swaps = [("while", "if")]
    for old, new in swaps:
        if re.match(rf"{old}\b", unit.source[start:]):
            edit = Edit(start, start + len(old), new)
            yield Mutation((edit,), became(old, new), statement.lineno, 2)
