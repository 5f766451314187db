import pytest

from textkit import shorten


def test_shorten_keeps_short_text():
    assert shorten("to be", 10) == "to be"


def test_shorten_cuts_at_a_word():
    assert shorten("The quick brown fox", 12) == "The quick…"


def test_shorten_refuses_a_width_below_the_ellipsis():
    with pytest.raises(ValueError):
        shorten("text", 0)
