"""Imports that new code brings and does not use."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

import libcst as cst

from agents.tools.exports import exported_names
from agents.tools.import_merge import Imported, imports_in, is_import
from agents.tools.syntax import Statement, parse_module, used_names

_KEPT = re.compile(r"#.*\b(noqa|pylint|type:\s*ignore|pragma)\b", re.IGNORECASE)


def without_unused_imports(text: str, source: str) -> str:
    """`text` without the imports that `source` does not have and that nothing in `text` uses.

    Only plain imports at the top level go: what a comment speaks for, a star, and imports in
    ``try`` or ``if`` may be there for their effect. Unchanged if a text does not parse.
    """
    try:
        module, before = parse_module(text), parse_module(source)
    except (SyntaxError, ValueError, RecursionError):
        return text
    known = {item for statement in before.body for item in imports_in(statement)}
    used = used_names(ast.parse(text)) | _listed(module.body)
    body: list[Statement] = []
    for statement in module.body:
        kept = _thinned(statement, known, used)
        if kept is not None:
            body.append(kept)
    return (
        text if len(body) == len(module.body) and body == list(module.body) else _code(module, body)
    )


def _listed(body: Sequence[Statement]) -> set[str]:
    """Names that the module exports."""
    return {name for statement in body for name in exported_names(statement)}


def _thinned(statement: Statement, known: set[Imported], used: set[str]) -> Statement | None:
    """The statement without unused imports; None if nothing is left."""
    if not isinstance(statement, cst.SimpleStatementLine) or not is_import(statement):
        return statement
    comment = statement.trailing_whitespace.comment
    if comment and _KEPT.search(comment.value):
        return statement
    small = [kept for part in statement.body if (kept := _kept(part, known, used)) is not None]
    if len(small) == len(statement.body) and all(
        a is b for a, b in zip(small, statement.body, strict=True)
    ):
        return statement
    if not small:
        return None
    last = small[-1].with_changes(semicolon=cst.MaybeSentinel.DEFAULT)
    return statement.with_changes(body=[*small[:-1], last])


def _kept(
    part: cst.BaseSmallStatement, known: set[Imported], used: set[str]
) -> cst.BaseSmallStatement | None:
    if not isinstance(part, cst.Import | cst.ImportFrom) or isinstance(part.names, cst.ImportStar):
        return part
    items = imports_in(cst.SimpleStatementLine([part]))
    needed = [
        alias
        for alias, item in zip(part.names, items, strict=True)
        if item in known
        or item.bound in used
        or item.module == "__future__"
        or item.alias == item.name
    ]
    if len(needed) == len(part.names):
        return part
    if not needed:
        return None
    needed[-1] = needed[-1].with_changes(comma=part.names[-1].comma)
    return part.with_changes(names=needed)


def _code(module: cst.Module, body: Sequence[Statement]) -> str:
    """The module with this body; what stands first keeps no blank lines of what stood there."""
    if body and not module.header and module.body[0] is not body[0]:
        first = body[0]
        lines = list(first.leading_lines)
        while lines and lines[0].comment is None:
            lines.pop(0)
        body = [first.with_changes(leading_lines=lines), *body[1:]]
    return module.with_changes(body=body).code
