"""The spec file: Markdown that a person may edit by hand, read and changed by requirement.

A requirement is a heading ``## REQ-7f3kq0 Title``, a statement in EARS form (Mavin et al.,
"Easy Approach to Requirements Syntax", RE 2009), the person's words as a block quote, and a
list of acceptance criteria::

    - AC-1: words. `call` → `value`
    - AC-2: words. `call` raises `ValueError`

Whatever else the file holds is kept byte for byte.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from memory.records import Criterion, Requirement, RequirementChange

_HEADING = re.compile(r"^(#{2,4})[ \t]+(REQ-[0-9A-Za-z]+):?[ \t]*(.*?)[ \t]*$")
_ANY_HEADING = re.compile(r"^(#{1,4})[ \t]+(.*?)[ \t]*$")
_CRITERION = re.compile(r"^[-*][ \t]+(?:\[[ xX]\][ \t]+)?(AC-\w+):?[ \t]*(.*)$")
_RETURNS = re.compile(r"[ \t]*`([^`]+)`[ \t]*(?:→|->|==|returns)[ \t]*`([^`]+)`[ \t]*\.?$")
_RAISES = re.compile(r"[ \t]*`([^`]+)`[ \t]*raises[ \t]*`([^`]+)`[ \t]*\.?$")


@dataclass
class SpecDocument:
    """A parsed spec file."""

    title: str = ""
    requirements: list[Requirement] = field(default_factory=list)
    spans: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Lines of each requirement: first, and one past the last."""


def parse_spec(text: str) -> SpecDocument:
    """Read requirements out of Markdown; what is none is passed over."""
    document = SpecDocument()
    lines = text.splitlines()
    starts = [(i, m) for i, line in enumerate(lines) if (m := _HEADING.match(line))]
    for index, match in starts:
        end = _end_of_section(lines, index, len(match[1]))
        requirement = _parse_requirement(match[2], match[3], lines[index + 1 : end])
        document.requirements.append(requirement)
        document.spans[requirement.id] = (index, end)
    for line in lines:
        if (heading := _ANY_HEADING.match(line)) and len(heading[1]) == 1:
            document.title = heading[2].removeprefix("Spec:").strip()
            break
    return document


def render_requirement(requirement: Requirement) -> str:
    """Markdown of one requirement, without a final newline."""
    lines = [f"## {requirement.id} {requirement.title}", "", requirement.statement]
    if requirement.source:
        lines += ["", *(f"> {line}".rstrip() for line in requirement.source.splitlines())]
    if requirement.criteria:
        lines += ["", *(f"- {c.id}: {render_criterion(c)}" for c in requirement.criteria)]
    return "\n".join(lines)


def render_criterion(criterion: Criterion) -> str:
    """One line: the words, then the example if there is one."""
    words = " ".join(criterion.text.split())
    if criterion.call and criterion.raises:
        return f"{words} `{criterion.call}` raises `{criterion.raises}`"
    if criterion.call and criterion.expected:
        return f"{words} `{criterion.call}` → `{criterion.expected}`"
    return words


def apply_change(text: str, change: RequirementChange, project: str) -> str:
    """The spec text after `change`; the other requirements stay byte for byte."""
    newline = "\r\n" if "\r\n" in text else "\n"
    block = render_requirement(change.after).replace("\n", newline) if change.after else ""
    span = parse_spec(text).spans.get(change.requirement_id)
    if span is None:
        return text if change.kind == "remove" else _append(text, block, project, newline)
    lines = text.splitlines(keepends=True)
    tail = "".join(lines[span[1] :])
    if block:
        block += newline + (newline if tail else "")
    return "".join(lines[: span[0]]) + block + tail


def _append(text: str, block: str, project: str, newline: str) -> str:
    head = text if text.strip() else f"# Spec: {project}{newline}"
    return head.rstrip("\r\n") + newline * 2 + block + newline


def _end_of_section(lines: list[str], start: int, level: int) -> int:
    for index in range(start + 1, len(lines)):
        heading = _ANY_HEADING.match(lines[index])
        if heading and (len(heading[1]) <= level or _HEADING.match(lines[index])):
            return index
    return len(lines)


def _parse_requirement(identifier: str, title: str, body: list[str]) -> Requirement:
    statement: list[str] = []
    source: list[str] = []
    criteria: list[Criterion] = []
    for line in body:
        if match := _CRITERION.match(line):
            criteria.append(_parse_criterion(match[1], match[2]))
        elif criteria and line.startswith((" ", "\t")) and line.strip():
            previous = criteria.pop()
            joined = f"{render_criterion(previous)} {line.strip()}"
            criteria.append(_parse_criterion(previous.id, joined))
        elif line.startswith(">") and not criteria:
            source.append(line[1:].removeprefix(" ").rstrip())
        elif line.strip() and not criteria:
            statement.append(line.strip())
    return Requirement(
        id=identifier,
        title=title,
        statement=" ".join(statement),
        source="\n".join(source),
        criteria=criteria,
    )


def _parse_criterion(identifier: str, text: str) -> Criterion:
    for pattern, outcome in ((_RAISES, "raises"), (_RETURNS, "expected")):
        if match := pattern.search(text):
            example = {"call": match[1], outcome: match[2]}
            words = text[: match.start()].strip()
            return Criterion(id=identifier, text=words, origin="person", **example)
    return Criterion(id=identifier, text=text.strip(), origin="person")
