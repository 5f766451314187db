from textkit import collapse_whitespace, strip_accents


def test_collapse_whitespace_joins_lines():
    assert collapse_whitespace("  one\n two\t three ") == "one two three"


def test_collapse_whitespace_of_empty_text_is_empty():
    assert collapse_whitespace("   ") == ""


def test_strip_accents():
    assert strip_accents("Crème brûlée") == "Creme brulee"
