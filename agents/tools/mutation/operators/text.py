"""``str()`` around numbers where text is needed: padded, added to text, joined.

One such mistake is seldom alone, and as long as one is left every test fails as before; so all
of a function are mended at once.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from agents.tools.mutation.unit import Edit, Mutation, Unit, apart

Changes = Iterator[Mutation | None]

_PADDING = ("zfill", "ljust", "rjust", "center")
_TEXTS = (*_PADDING, "join", "format", "strip", "replace", "upper", "lower", "title", "strftime")


def mutations(unit: Unit) -> Changes:
    """Changes of this family."""
    edits = apart([*_padded(unit), *_added(unit), *_joined(unit)])
    if edits:
        yield _mutation(unit, edits, 1)
    if len(edits) > 1:
        for edit in edits:
            yield _mutation(unit, (edit,), 2)


def _mutation(unit: Unit, edits: tuple[Edit, ...], weight: int) -> Mutation:
    line = unit.source.count("\n", 0, edits[0].start) + 1
    return Mutation(edits, "`str()` put around", line, weight)


def _padded(unit: Unit) -> Iterator[Edit]:
    """The owner of ``.zfill()`` and the like, parentheses and all."""
    for node in unit.nodes(ast.Attribute):
        start, end = unit.span(node)
        dot = end - len(node.attr) - 1
        if node.attr in _PADDING and not _is_text(node.value) and unit.source[dot] == ".":
            yield Edit(start, dot, f"str({unit.text(node.value)})")


def _added(unit: Unit) -> Iterator[Edit]:
    """What is added to text and may be none."""
    for node in unit.nodes(ast.BinOp):
        around = unit.parents.get(node)
        if isinstance(node.op, ast.Add) and not (
            isinstance(around, ast.BinOp) and isinstance(around.op, ast.Add)
        ):
            operands = list(_operands(node))
            if any(map(_is_text, operands)):
                yield from (_around(unit, each) for each in operands if not _is_text(each))


def _operands(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        yield from _operands(node.left)
        yield from _operands(node.right)
    else:
        yield node


def _joined(unit: Unit) -> Iterator[Edit]:
    """The items of ``", ".join(…)``."""
    for call in unit.nodes(ast.Call):
        method = call.func
        if isinstance(method, ast.Attribute) and method.attr == "join" and len(call.args) == 1:
            items = call.args[0]
            if isinstance(items, ast.GeneratorExp | ast.ListComp):
                if not _is_text(items.elt):
                    yield _around(unit, items.elt)
            else:
                yield Edit(*unit.span(items), f"map(str, {unit.text(items)})")


def _around(unit: Unit, node: ast.expr) -> Edit:
    return Edit(*unit.span(node), f"str({unit.text(node)})")


def _is_text(node: ast.expr) -> bool:
    """Whether it shows that `node` is text."""
    if isinstance(node, ast.Call):
        called = node.func
        if isinstance(called, ast.Attribute):
            return called.attr in _TEXTS
        return isinstance(called, ast.Name) and called.id in ("str", "repr", "chr", "input")
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod | ast.Mult):
        return _is_text(node.left)
    is_constant = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return is_constant or isinstance(node, ast.JoinedStr)
