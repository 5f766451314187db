"""Read entries from text."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation

from ledgerbook.entry import Entry


class ParseError(ValueError):
    """A line that is no entry; says which and why."""


def parse_line(line: str) -> Entry:
    """Read ``2026-01-09 groceries -61.35 market`` into an Entry.

    Raises ParseError if a field is missing or malformed.
    """
    parts = line.split(maxsplit=3)
    if len(parts) < 3:
        raise ParseError(f"expected date, category and amount: {line!r}")
    try:
        day = date.fromisoformat(parts[0])
    except ValueError as error:
        raise ParseError(f"not a date: {parts[0]!r}") from error
    try:
        amount = Decimal(parts[2])
    except InvalidOperation as error:
        raise ParseError(f"not an amount: {parts[2]!r}") from error
    return Entry(day, parts[1], amount, parts[3] if len(parts) > 3 else "")
