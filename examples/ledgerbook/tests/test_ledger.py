from decimal import Decimal

from ledgerbook import Ledger

BOOK = """
# January
2026-01-03 rent      -850.00  January
2026-01-05 salary    2400.00
2026-01-09 groceries  -61.35  market
"""


def test_parse_passes_over_comments_and_blank_lines():
    assert len(Ledger.parse(BOOK)) == 3


def test_balance_is_exact():
    assert Ledger.parse(BOOK).balance() == Decimal("1488.65")


def test_in_category_keeps_order():
    assert [e.note for e in Ledger.parse(BOOK).in_category("rent")] == ["January"]


def test_empty_ledger_has_balance_zero():
    assert Ledger().balance() == 0
