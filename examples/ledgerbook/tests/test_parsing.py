from datetime import date
from decimal import Decimal

import pytest

from ledgerbook import Entry, ParseError, parse_line


def test_line_with_note():
    entry = parse_line("2026-01-09 groceries -61.35 weekly market")
    assert entry == Entry(date(2026, 1, 9), "groceries", Decimal("-61.35"), "weekly market")


@pytest.mark.parametrize("line", ["2026-01-09 rent", "yesterday rent 5", "2026-01-09 rent much"])
def test_malformed_line_is_refused(line):
    with pytest.raises(ParseError):
        parse_line(line)
