"""Adding the imports that merged code needs, each once, where a person would put them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from agents.languages.javascript.imports import (
    DEFAULT,
    NAMESPACE,
    Imported,
    imported_names,
    imports_in,
    is_import,
    widened,
)
from agents.languages.javascript.module import Module, System, is_directive
from agents.languages.javascript.text import Edit


def import_edits(
    target: Module,
    answer: Module,
    system: System,
    used: set[str],
    defined: set[str],
    problems: list[str],
) -> list[Edit]:
    """Edits of `target` that import what `answer` does, as far as it is used and missing.

    Imports of what the file itself defines are left out.
    """
    known = imported_names(target)
    edits: list[Edit] = []
    lines: list[str] = []
    for item in dict.fromkeys(_wanted(answer, system)):
        if item.local in defined or item.local not in used:
            continue
        before = known.setdefault(item.local, item)
        if before is item:
            edit = _widening(target, item, edits)
            if edit is not None:
                edits.append(edit)
            else:
                lines.append(item.line(system, _quote(target, answer), _semicolon(target, answer)))
        elif not before.same_as(item):
            line, have = (each.line(system, '"', "") for each in (item, before))
            problems.append(f"Left out `{line}`: the file has `{have}` already.")
    return [*edits, _new_lines(target, lines)] if lines else edits


def _wanted(answer: Module, system: System) -> Iterator[Imported]:
    for statement in answer.statements:
        required = statement.type != "import_statement"
        for item in imports_in(statement):
            whole = item.name == NAMESPACE and not item.source.startswith(".")
            if required and system == "esm" and whole:
                yield replace(item, name=DEFAULT)  # what the require of a package gives
            else:
                yield item


def _widening(target: Module, item: Imported, edits: list[Edit]) -> Edit | None:
    for statement in target.statements:
        place = widened(target, statement, item)
        if place is not None and all(edit.start != place[0] for edit in edits):
            return Edit(place[0], place[0], place[1])
    return None


def _new_lines(target: Module, lines: list[str]) -> Edit:
    newline = target.newline
    text = newline.join(lines)
    imports = [s for s in target.statements if is_import(s)]
    strict = [s for s in target.statements[:1] if is_directive(s)]
    if imports or strict:
        end = (imports or strict)[-1].end_byte
        return Edit(end, end, (newline if imports else newline * 2) + text)
    start = _head(target)
    return Edit(start, start, text + newline * 2)


def _head(target: Module) -> int:
    """Where imports begin in a file without any: below what is said about the file."""
    first = target.root.children[0] if target.root.children else None
    while first is not None and first.type in ("hash_bang_line", "comment"):
        after = first.next_sibling
        if after is None:
            break
        if first.type == "comment" and after.start_point[0] - first.end_point[0] < 2:
            break
        first = after
    return first.start_byte if first is not None else 0


def _quote(target: Module, answer: Module) -> str:
    text = target.text if target.text.strip() else answer.text
    return "'" if text.count("'") > text.count('"') else '"'


def _semicolon(target: Module, answer: Module) -> str:
    text = target.text if target.text.strip() else answer.text
    return ";" if ";" in text or "\n" not in text.strip() else ""
