"""Keeping a module's literal `__all__` complete."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from agents.tools.syntax import Statement, assigned_name


def exported_names(statement: Statement) -> list[str]:
    """The names in a literal ``__all__ = [...]``; empty for anything else."""
    literal = _literal(statement)
    if literal is None:
        return []
    values = (e.value for e in literal.elements)
    return [str(v.evaluated_value) for v in values if isinstance(v, cst.SimpleString)]


def export(body: list[Statement], names: Sequence[str]) -> None:
    """Add the public ones of `names` to the module's `__all__`, if it has a literal one."""
    for index, statement in enumerate(body):
        literal = _literal(statement)
        if literal is not None:
            present = exported_names(statement)
            missing = [n for n in names if not n.startswith("_") and n not in present]
            for name in missing:
                literal = _with_element(literal, name)
            if missing and isinstance(statement, cst.SimpleStatementLine):
                assign = statement.body[0].with_changes(value=literal)
                body[index] = statement.with_changes(body=[assign])


def _literal(statement: Statement) -> cst.List | cst.Tuple | None:
    if assigned_name(statement) != "__all__":
        return None
    match statement:
        case cst.SimpleStatementLine(
            body=[cst.Assign(value=value) | cst.AnnAssign(value=value)]
        ) if isinstance(value, cst.List | cst.Tuple):
            return value
    return None


def _with_element(literal: cst.List | cst.Tuple, name: str) -> cst.List | cst.Tuple:
    """The new element comes last, quoted and spaced like those before it."""
    elements = literal.elements
    quote = '"'
    if elements and isinstance(elements[0].value, cst.SimpleString):
        quote = elements[0].value.quote
    added = cst.Element(cst.SimpleString(f"{quote}{name}{quote}"))
    if not elements:
        return literal.with_changes(elements=[added])
    last = elements[-1].with_changes(comma=cst.Comma(whitespace_after=_space(literal)))
    added = added.with_changes(comma=elements[-1].comma)
    if isinstance(literal, cst.Tuple) and len(elements) == 1:
        added = added.with_changes(comma=cst.MaybeSentinel.DEFAULT)
    return literal.with_changes(elements=[*elements[:-1], last, added])


def _space(literal: cst.List | cst.Tuple) -> cst.BaseParenthesizableWhitespace:
    first = literal.elements[0].comma
    if len(literal.elements) > 1 and isinstance(first, cst.Comma):
        return first.whitespace_after
    opening = literal.lbracket if isinstance(literal, cst.List) else literal.lpar[0]
    if isinstance(opening.whitespace_after, cst.ParenthesizedWhitespace):
        return opening.whitespace_after
    return cst.SimpleWhitespace(" ")
