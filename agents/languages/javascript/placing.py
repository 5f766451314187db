"""Where new definitions go in a file."""

from __future__ import annotations

from collections.abc import Sequence

from agents.languages.javascript.answer import own_comments
from agents.languages.javascript.exports import is_export_alone
from agents.languages.javascript.forms import as_declaration
from agents.languages.javascript.imports import is_import
from agents.languages.javascript.module import (
    Definition,
    Module,
    comments_above,
    eager_identifiers,
    is_directive,
)
from agents.languages.javascript.text import Edit
from agents.tools.syntax_tree import Node, text_of


def insertions(target: Module, answer: Module, fresh: Sequence[Definition]) -> list[Edit]:
    """Edits of `target` that add the definitions `fresh` of `answer`, in their order.

    Functions and classes go last (before exports that close the file), constants behind the
    imports; all before the code that needs them at once.
    """
    groups: dict[int, list[Definition]] = {}
    for definition in fresh:
        groups.setdefault(_place(target, definition), []).append(definition)
    return [_insertion(target, answer, place, group) for place, group in groups.items()]


def _place(target: Module, definition: Definition) -> int:
    """Index of the statement before which the definition goes."""
    end = _end(target.statements)
    index = _behind_needs(target, definition, end) if definition.kind == "constant" else end
    for place, other in enumerate(target.statements[:end]):
        if not is_import(other) and definition.name in eager_identifiers(other):
            return min(place, index)
    return index


def _behind_needs(target: Module, definition: Definition, end: int) -> int:
    needs = eager_identifiers(definition.code)
    index = 0
    for place, statement in enumerate(target.statements[:end]):
        defined = {d.name for d in target.definitions.values() if d.statement == statement}
        if is_import(statement) or is_directive(statement) or defined & needs:
            index = place + 1
    return index


def _end(statements: Sequence[Node]) -> int:
    """Index of the exports and main guard that close the file, else the end."""
    index = len(statements)
    while index and (
        is_export_alone(statements[index - 1]) or "require.main" in text_of(statements[index - 1])
    ):
        index -= 1
    return index


def _insertion(target: Module, answer: Module, place: int, group: Sequence[Definition]) -> Edit:
    newline = target.newline
    apart = newline if all(d.kind == "constant" for d in group) else newline * 2
    text = apart.join(_text(answer, definition, newline) for definition in group)
    if place < len(target.statements):
        start = _top_of(target, target.statements[place])
        return Edit(start, start, f"{text}{newline * 2}")
    end = len(target.data)
    if not target.text.strip():
        return Edit(0, end, text + newline)
    return Edit(end, end, f"{newline * (1 if target.text.endswith(newline) else 2)}{text}{newline}")


def _top_of(target: Module, statement: Node) -> int:
    starts = [d.start for d in target.definitions.values() if d.statement == statement]
    return min([*starts, (*comments_above(statement), statement)[0].start_byte])


def _text(answer: Module, definition: Definition, newline: str) -> str:
    comments = own_comments(definition, answer)
    above = ""
    if comments:
        above = answer.source(comments[0].start_byte, comments[-1].end_byte) + "\n"
    return (above + as_declaration(definition)).replace("\n", newline)
