from textkit import word_count


def test_word_count_ignores_case():
    assert word_count("To be or not to be") == {"to": 2, "be": 2, "or": 1, "not": 1}
