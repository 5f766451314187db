"""A model's code as statements that can be merged."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

import libcst as cst

from agents.tools.syntax import Statement, name_of, parse_module


def reason(error: Exception) -> str:
    """Why and where something does not parse."""
    if isinstance(error, SyntaxError) and error.lineno:
        return f"{error.msg} (line {error.lineno})"
    return str(error)


def parse_answer(code: str, newline: str, problems: list[str]) -> cst.Module | None:
    """The tree of `code`; of code that was cut off, the whole definitions before the cut."""
    plain = code.replace("\r\n", "\n").replace("\r", "\n").rstrip() + "\n"
    text = textwrap.dedent(plain).replace("\n", newline)
    lines = text.splitlines(keepends=True)
    try:
        return parse_module(text)
    except (SyntaxError, ValueError) as error:
        problems.append(f"The code does not parse: {reason(error)}.")
    for end in range(len(lines) - 1, 0, -1):
        if lines[end].strip() and not lines[end][0].isspace() and lines[end][0] not in ")]}":
            try:
                answer = parse_module("".join(lines[:end]))
            except (SyntaxError, ValueError):
                continue
            return answer if any(name_of(s) for s in answer.body) else None
    return None


def split_lines(module: cst.Module) -> Iterator[Statement]:
    """The module's statements, those joined by semicolons one by one.

    Comments above the first statement are the module's header in libcst; here they are its own.
    """
    for index, statement in enumerate(module.body):
        if isinstance(statement, cst.SimpleStatementLine) and len(statement.body) > 1:
            for small in statement.body:
                bare = small.with_changes(semicolon=cst.MaybeSentinel.DEFAULT)
                yield cst.SimpleStatementLine([bare])
        elif index == 0:
            yield statement.with_changes(leading_lines=[*module.header, *statement.leading_lines])
        else:
            yield statement


def adopt_methods(
    statements: Sequence[Statement], body: Sequence[Statement], allowed: set[str] | None
) -> list[Statement]:
    """`statements`, with functions that are plainly methods of a class put into that class."""
    adopted: dict[str, list[Statement]] = {}
    rest: list[Statement] = []
    for statement in statements:
        owner = _owner(statement, body, allowed)
        if owner:
            adopted.setdefault(owner, []).append(statement)
        else:
            rest.append(statement)
    classes = [
        cst.ClassDef(name=cst.Name(owner), body=cst.IndentedBlock(methods))
        for owner, methods in adopted.items()
    ]
    return [*rest, *classes]


def _owner(statement: Statement, body: Sequence[Statement], allowed: set[str] | None) -> str | None:
    """The one class of the file that a top-level function of the answer must belong to."""
    name = name_of(statement)
    if not isinstance(statement, cst.FunctionDef) or name in map(name_of, body):
        return None
    classes = [s for s in body if isinstance(s, cst.ClassDef)]
    if allowed is None:
        first = statement.params.params[:1]
        is_method = bool(first) and first[0].name.value in ("self", "cls")
        owners = [c for c in classes if is_method and name in map(name_of, c.body.body)]
    else:
        owners = [c for c in classes if f"{c.name.value}.{name}" in allowed]
    return owners[0].name.value if len(owners) == 1 else None
