"""A plain-text household ledger."""

from ledgerbook.entry import Entry
from ledgerbook.ledger import Ledger
from ledgerbook.parsing import ParseError, parse_line

__all__ = ["Entry", "Ledger", "ParseError", "parse_line"]
