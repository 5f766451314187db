"""Moving pieces of source text: indentation, line ends, edits by offset."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from agents.tools.syntax_tree import Node, parse_anyway, walk


@dataclass(frozen=True)
class Edit:
    """Replace the bytes from `start` to `end`."""

    start: int
    end: int
    text: str


def applied(data: bytes, edits: Iterable[Edit]) -> str:
    """The text of `data` with `edits` made, none of which overlaps another."""
    pieces: list[bytes] = []
    place = 0
    for edit in sorted(edits, key=lambda e: (e.start, e.end)):
        pieces += [data[place : edit.start], edit.text.encode()]
        place = edit.end
    return b"".join([*pieces, data[place:]]).decode()


def indented(text: str, before: str, after: str, grammar: str) -> str:
    """`text`, whose lines but the first begin with `before`, with `after` in its place.

    Lines inside of template strings stay as they are.
    """
    if before == after or "\n" not in text:
        return text
    fixed = _lines_of_strings(text, grammar)
    lines = text.split("\n")
    for number, line in enumerate(lines[1:], 1):
        if number not in fixed and line.strip():
            lines[number] = after + line.removeprefix(before)
    return "\n".join(lines)


def indent_unit(text: str) -> str | None:
    """The white space of one level of indentation: the least that is used; None if none is."""
    starts = [match[0] for match in re.finditer(r"^(?:\t+| {2,})(?=[^\s*])", text, re.MULTILINE)]
    if any(start.startswith("\t") for start in starts):
        return "\t"
    return min(starts, key=len, default=None)


def reindented(text: str, unit: str | None, grammar: str) -> str:
    """`text` with each level of its indentation written as `unit`, but for template strings."""
    own = indent_unit(text)
    if own is None or unit in (None, own):
        return text
    fixed = _lines_of_strings(text, grammar)
    lines = text.split("\n")
    for number, line in enumerate(lines):
        bare = line.lstrip(own[0])
        levels, rest = divmod(len(line) - len(bare), len(own))
        if number not in fixed:
            lines[number] = f"{(unit or '') * levels}{own[0] * rest}{bare}"
    return "\n".join(lines)


def _lines_of_strings(text: str, grammar: str) -> set[int]:
    """Lines, from 0, that begin inside of a template string."""
    found: set[int] = set()
    for wrapped, shift in ((text, 0), (f"class A {{\n{text}\n}}", 1)):
        root = parse_anyway(wrapped, grammar)
        if not root.has_error:
            templates: list[Node] = [n for n in walk(root) if n.type == "template_string"]
            for node in templates:
                found |= {*range(node.start_point[0] + 1 - shift, node.end_point[0] + 1 - shift)}
            break
    else:
        return set(range(text.count("\n") + 1))  # nobody can tell
    return found
