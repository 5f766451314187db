"""A collection of entries and what can be asked of it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ledgerbook.entry import Entry
from ledgerbook.parsing import parse_line


class Ledger:
    """Entries in the order in which they were written."""

    def __init__(self, entries: list[Entry] | None = None) -> None:
        self._entries = list(entries or [])

    @classmethod
    def parse(cls, text: str) -> Ledger:
        """Read a whole book; empty lines and lines that begin with # are passed over."""
        lines = (line.strip() for line in text.splitlines())
        return cls([parse_line(line) for line in lines if line and not line.startswith("#")])

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    def add(self, entry: Entry) -> None:
        """Write an entry at the end."""
        self._entries.append(entry)

    def balance(self) -> Decimal:
        """The sum of all amounts."""
        return sum((entry.amount for entry in self._entries), Decimal(0))

    def in_category(self, category: str) -> Ledger:
        """The entries of one category, as a ledger of their own."""
        return Ledger([entry for entry in self._entries if entry.category == category])
