"""Functions and methods of other candidates put into one."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from agents.tools.mutation.hints import Hints
from agents.tools.mutation.unit import Edit, Function, Mutation, Unit, find


def splices(unit: Unit, symbol: str, others: Sequence[str]) -> Iterator[Mutation]:
    """Each function of `unit` as another source has it, with the helpers that it calls there.

    A class is spliced method by method; a function is a part only where the search changes
    several symbols, and is then put in whole.
    """
    for other in others:
        try:
            donor = Unit(other, symbol, Hints())
        except (SyntaxError, LookupError, ValueError, RecursionError):
            continue
        for own, theirs in _pairs(unit, donor):
            mutation = _spliced(unit, own, donor, theirs)
            if mutation is not None:
                yield mutation


def _pairs(unit: Unit, donor: Unit) -> Iterator[tuple[Function, Function]]:
    if isinstance(unit.node, Function) and isinstance(donor.node, Function):
        yield unit.node, donor.node
    elif isinstance(unit.node, ast.ClassDef) and isinstance(donor.node, ast.ClassDef):
        for method in unit.node.body:
            try:
                other = find(ast.Module(donor.node.body, []), getattr(method, "name", ""))
            except LookupError:
                continue
            if isinstance(method, Function) and isinstance(other, Function):
                yield method, other


def _spliced(unit: Unit, own: Function, donor: Unit, theirs: Function) -> Mutation | None:
    here = unit.whole_lines(own)
    same_indent = unit.indent(own) == donor.indent(theirs)
    if here is None or not same_indent or ast.dump(own) == ast.dump(theirs):
        return None
    lines = [donor.whole_lines(each) for each in (*_helpers(unit, donor, theirs), theirs)]
    blocks = [donor.source[each[0] : each[1]] for each in lines if each is not None]
    if len(blocks) < len(lines):
        return None
    text = "".join(b if b.endswith(("\n", "\r")) else b + unit.newline for b in blocks)
    return Mutation((Edit(*here, text),), f"`{own.name}` of another candidate", own.lineno, 0)


def _helpers(unit: Unit, donor: Unit, function: Function) -> list[ast.stmt]:
    """What stands beside `function` in the donor, is used by it and missing in the unit."""
    known = {name for s in _siblings(unit) for name in _defined(s)}
    beside = {name: s for s in _siblings(donor) for name in _defined(s) if name not in known}
    found: list[ast.stmt] = []
    open_ends: list[ast.stmt] = [function]
    while open_ends:
        used = _used(open_ends.pop())
        new = [s for name, s in beside.items() if name in used and s not in found]
        found += dict.fromkeys(new)
        open_ends += new
    return sorted(found, key=lambda s: s.lineno)


def _siblings(unit: Unit) -> list[ast.stmt]:
    return unit.node.body if isinstance(unit.node, ast.ClassDef) else unit.module.body


def _defined(statement: ast.stmt) -> list[str]:
    """Names that a statement of a module or class gives a meaning to."""
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return [statement.name]
        case ast.Import() | ast.ImportFrom():
            return [(a.asname or a.name).split(".")[0] for a in statement.names]
        case ast.Assign() | ast.AnnAssign():
            names = (n for n in ast.walk(statement) if isinstance(n, ast.Name))
            return [n.id for n in names if isinstance(n.ctx, ast.Store)]
        case _:
            return []


def _used(statement: ast.stmt) -> set[str]:
    """Names that a statement reads, as such or as an attribute of ``self``, ``cls`` or a class."""
    names = {n.id for n in ast.walk(statement) if isinstance(n, ast.Name)}
    attributes = (n for n in ast.walk(statement) if isinstance(n, ast.Attribute))
    return names | {n.attr for n in attributes if isinstance(n.value, ast.Name)}
