"""One line of the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class Entry:
    """An amount of money that came in (positive) or went out (negative)."""

    day: date
    category: str
    amount: Decimal
    note: str = ""

    @property
    def is_income(self) -> bool:
        """True for money that came in."""
        return self.amount > 0
