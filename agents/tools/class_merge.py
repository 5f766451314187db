"""Merging the members of a class, and carrying over what a model tends to drop."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import libcst as cst

from agents.tools.syntax import (
    Statement,
    attribute_names,
    code_of,
    comments_above,
    is_docstring,
    is_placeholder,
    is_stub,
    meaning,
    name_of,
    to_ast,
)


@dataclass
class Changes:
    """What a merge did, in words for the caller."""

    added: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def merge_class(
    old: cst.ClassDef,
    new: cst.ClassDef,
    may_change: Callable[[str], bool],
    changes: Changes,
    prefix: str = "",
) -> cst.ClassDef:
    """`old` with the members of `new` that `may_change` (asked by ``Class.member``) allows."""
    owner = f"{prefix}{old.name.value}"
    before = _members(old)
    members = list(before)
    named = {name: member for member in _members(new) if (name := name_of(member))}
    wanted = {name for name in named if may_change(f"{owner}.{name}")}
    unknown = {n: m for n, m in named.items() if last_index(before, n) is None}
    wanted |= needed_by([named[name] for name in wanted], unknown, attribute_names)
    for name, member in named.items():
        place = last_index(members, name)
        if place is None:
            members = _add_member(members, member, f"{owner}.{name}", name in wanted, changes)
        else:
            members[place] = replace_definition(
                members[place], member, f"{owner}.{name}", name in wanted, changes
            )
    result = _with_header(old, new, may_change(owner))
    return result if members == before else _with_members(result, members)


def replace_definition(
    old: Statement, new: Statement, full: str, wanted: bool, changes: Changes
) -> Statement:
    """`new` in the place of `old`, unless it changes nothing or must not."""
    new = carry_over(old, new)
    if meaning(old) == meaning(new):
        return old
    if not wanted:
        changes.problems.append(f"Left {full} as it is: it is not part of the task.")
        return old
    if is_placeholder(new):
        changes.problems.append(f"Kept {full}: the new version has only a placeholder for a body.")
        return old
    changes.replaced.append(full)
    return new


def needed_by(
    roots: Iterable[Statement],
    candidates: Mapping[str, Statement],
    names_in: Callable[[ast.AST], set[str]],
) -> set[str]:
    """Names of the candidates that `roots` mention, directly or through one another."""
    found: set[str] = set()
    frontier = list(roots)
    while frontier:
        mentioned = names_in(to_ast(frontier.pop()))
        fresh = {name for name in candidates if name in mentioned} - found
        frontier += [candidates[name] for name in fresh]
        found |= fresh
    return found


def carry_over(old: Statement, new: Statement) -> Statement:
    """`new` with the comments above `old`, and its docstring and decorators if it has none."""
    new = new.with_changes(leading_lines=old.leading_lines)
    if not isinstance(old, cst.FunctionDef) or not isinstance(new, cst.FunctionDef):
        return new
    if not new.decorators and _parameters(old) == _parameters(new):
        new = new.with_changes(decorators=old.decorators)
    docstring = _docstring(old)
    if docstring and not _docstring(new) and isinstance(new.body, cst.IndentedBlock):
        body = new.body.with_changes(body=[docstring, *new.body.body])
        new = new.with_changes(body=body)
    return new


def _parameters(function: cst.FunctionDef) -> list[str]:
    return [parameter.name.value for parameter in function.params.params]


def _docstring(function: cst.FunctionDef) -> cst.BaseStatement | None:
    if isinstance(function.body, cst.IndentedBlock) and is_docstring(function.body.body[0]):
        return function.body.body[0]
    return None


def _members(definition: cst.ClassDef) -> list[Statement]:
    """The statements of a class body, also of a body on the header's own line."""
    body = definition.body
    if isinstance(body, cst.SimpleStatementSuite):
        return [cst.SimpleStatementLine([small]) for small in body.body]
    return [s for s in body.body if isinstance(s, Statement)]


def last_index(statements: Sequence[Statement], name: str) -> int | None:
    """Index of the definition of `name` that counts when there are several."""
    places = [i for i, statement in enumerate(statements) if name_of(statement) == name]
    return places[-1] if places else None


def _add_member(
    members: list[Statement], member: Statement, full: str, wanted: bool, changes: Changes
) -> list[Statement]:
    """Methods go to the end, attributes before the first method."""
    if not wanted:
        changes.problems.append(f"Left out {full}: it is not part of the task.")
        return members
    changes.added.append(full)
    if is_placeholder(member):
        changes.problems.append(f"{full} has only a placeholder for a body.")
    members = [m for m in members if not is_stub(m)]
    if isinstance(member, cst.SimpleStatementLine):
        methods = [i for i, m in enumerate(members) if isinstance(m, cst.BaseCompoundStatement)]
        place = methods[0] if methods else len(members)
        return [*members[:place], member.with_changes(leading_lines=()), *members[place:]]
    blank = [cst.EmptyLine(indent=False)] if members else []
    return [*members, member.with_changes(leading_lines=[*blank, *comments_above(member)])]


def _with_members(definition: cst.ClassDef, members: Sequence[Statement]) -> cst.ClassDef:
    if isinstance(definition.body, cst.IndentedBlock):
        return definition.with_changes(body=definition.body.with_changes(body=members))
    return definition.with_changes(body=cst.IndentedBlock(members))


def _with_header(old: cst.ClassDef, new: cst.ClassDef, allowed: bool) -> cst.ClassDef:
    """`old` with the decorators and bases of `new` if they hold all of its own and more."""
    before, after = _header(old), _header(new)
    if not allowed or before == after or not before <= after:
        return old
    return new.with_changes(body=old.body, leading_lines=old.leading_lines)


def _header(definition: cst.ClassDef) -> set[str]:
    decorators = {"@" + code_of(d.decorator) for d in definition.decorators}
    arguments = [*definition.bases, *definition.keywords]
    return decorators | {
        code_of(a.with_changes(comma=cst.MaybeSentinel.DEFAULT)) for a in arguments
    }
