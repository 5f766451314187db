import pytest

from shelf_labels import label


def test_empty_shelf():
    assert label([]) == "(empty)"


def test_one_author():
    assert label(["Lem"]) == "Lem"


def test_the_same_author_twice():
    assert label(["Tolstoy", "Tolstoy"]) == "Tolstoy"


def test_two_authors_in_any_order():
    assert label(["Woolf", "Austen"]) == "Aus – Woo"


def test_those_in_between_do_not_count():
    assert label(["Musil", "Austen", "Woolf", "Mann"]) == "Aus – Woo"


def test_case_does_not_matter():
    assert label(["mann", "Austen", "Lem"]) == "Aus – man"


@pytest.mark.parametrize(
    ("authors", "expected"),
    [
        (["Martin", "Martinez"], "Martin – Martine"),
        (["Mann", "Manning"], "Mann – Manni"),
        (["Stein", "Sterne"], "Stei – Ster"),
        (["Li", "Liu"], "Li – Liu"),
        (["Eco", "Kis"], "Eco – Kis"),
    ],
)
def test_names_that_begin_alike(authors, expected):
    assert label(authors) == expected
