"""A person who names a file is not asked, and no model is."""

import pytest

from agents.behaviors.plan_ticket import known_place, told_file
from agents.languages.registry import language_of
from agents.tools.repo_map import build_repo_map

FILES = ["shop/bill.py", "shop/tax.py", "shop/web/tax.py"]


@pytest.mark.parametrize(
    ("words", "file"),
    [
        ("Add total(prices) to shop/bill.py.", "shop/bill.py"),
        ("Add `total` in `bill.py`, please", "shop/bill.py"),
        ("Add total(prices) to shop/tax.py.", "shop/tax.py"),
        ("Add total(prices) to tax.py.", ""),  # there are two
        ("Add total to bill.py and share to shop/web/tax.py", ""),
        ("Add total, tested by tests/test_bill.py.", ""),
        ("Add total in a new file shop/total.py: the sum", "shop/total.py"),
        ("Add total in a file total.py", "shop/total.py"),
        ("Add total as total.py of old had it", ""),
        ("Add total in /etc/total.py or in ../total.py", ""),
        ("Add total, rounded to 0.05, e.g. 1.10", ""),
        ("", ""),
    ],
)
def test_the_file_that_a_person_names_is_taken(words: str, file: str) -> None:
    assert told_file(words, FILES, "shop/sum_of_prices.py", language_of("a.py")) == file


@pytest.mark.parametrize(
    ("told", "file"),
    [("", "a.py"), ("b.py", "b.py"), ("c.py", "a.py")],  # c.py has none: it may be a mention
)
def test_of_several_functions_of_a_name_that_of_the_named_file_is_changed(told: str, file: str):
    source = "def main(): ...\n"
    repo_map = build_repo_map({"a.py": source, "b.py": source, "c.py": ""})
    place = known_place("main", repo_map, language_of("a.py"), told)
    assert place is not None and place.file == file


def test_the_name_of_a_runtime_is_no_file() -> None:
    javascript = language_of("a.js")
    assert told_file("As Node.js does it.", ["src/a.js"], "src/b.js", javascript) == ""
    assert told_file("Put it into src/cart.js.", ["src/a.js"], "src/b.js", javascript) == (
        "src/cart.js"
    )
