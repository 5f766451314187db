"""What the wish for `Ledger.totals_by_category` means beyond its examples."""

from ledgerbook.ledger import Ledger


def test_totals():
    ledger = Ledger.parse("2026-01-03 tea -4\n2026-01-04 books -30\n2026-01-05 tea -6")
    assert list(ledger.totals_by_category().items()) == [("tea", -10), ("books", -30)]


def test_a_total_of_nothing_is_there():
    ledger = Ledger.parse("2026-01-03 tea -4\n2026-01-05 tea 4")
    assert ledger.totals_by_category() == {"tea": 0}


def test_nothing_is_changed():
    ledger = Ledger.parse("2026-01-03 tea -4")
    assert ledger.totals_by_category() == ledger.totals_by_category() == {"tea": -4}
