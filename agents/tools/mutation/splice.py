"""Functions and methods of other candidates put into one."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from agents.tools.mutation.hints import Hints
from agents.tools.mutation.unit import Edit, Function, Mutation, Unit, find


def splices(unit: Unit, symbol: str, others: Sequence[str]) -> Iterator[Mutation]:
    """Each function of `unit` as another source has it.

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
    here, there = unit.whole_lines(own), donor.whole_lines(theirs)
    same_indent = unit.indent(own) == donor.indent(theirs)
    if here is None or there is None or not same_indent or ast.dump(own) == ast.dump(theirs):
        return None
    text = donor.source[there[0] : there[1]]
    text = text if text.endswith(("\n", "\r")) else text + unit.newline
    return Mutation((Edit(*here, text),), f"`{own.name}` of another candidate", own.lineno, 0)
