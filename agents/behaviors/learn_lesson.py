"""What a finished ticket teaches: how code failed at first, and what made it pass.

It is read off the evidence; no model words it.
"""

from __future__ import annotations

from memory.long_term.lessons import Lesson
from memory.records import Evidence, Ticket

_FAILURE_CHARACTERS = 300
_REMEDY_CHARACTERS = 500


def lesson_of(ticket: Ticket) -> Lesson | None:
    """What `ticket`, whose code was accepted, teaches; None if all was right at once."""
    evidence = ticket.evidence
    failure = _failure(ticket)
    remedy = _remedy(evidence)
    if not failure or not remedy:
        return None
    symbol = ticket.target_symbol or ticket.target_file
    text = f"{ticket.title} (`{symbol}`): it failed with: {failure} What made it pass: {remedy}"
    return Lesson(ticket.repository, ticket.id, symbol, failure, remedy, text)


def _failure(ticket: Ticket) -> str:
    """What a person said against it weighs more than what a test said."""
    said = [f"The person sent it back: {reason}" for reason in ticket.feedback[-1:]]
    miss = ticket.evidence.near_miss
    told = [miss.failure] if miss else []
    return (
        _sentence(" ".join((said or told)[0].split()), _FAILURE_CHARACTERS) if said or told else ""
    )


def _remedy(evidence: Evidence) -> str:
    """Changes in words where a tool made them, else the lines that differ."""
    if evidence.mutations:
        return _sentence("; ".join(evidence.mutations), _REMEDY_CHARACTERS)
    diff = evidence.near_miss.diff if evidence.near_miss else ""
    changed = [line for line in diff.splitlines() if line[:1] in "+-" and line[1:].strip()]
    lines: list[str] = []
    for line in changed:
        if sum(map(len, lines)) + len(line) > _REMEDY_CHARACTERS:
            break
        lines.append(line)
    return "\n" + "\n".join(lines) if lines else ""


def _sentence(text: str, characters: int) -> str:
    """`text` with a stop at its end, cut at a word if it is long."""
    if len(text) > characters:
        text = text[:characters].rsplit(" ", 1)[0] + " …"
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."
