"""Values like a given one are of its type, and numbers that the words name are among them."""

from __future__ import annotations

import pytest

from agents.languages.python import PYTHON
from agents.tools.fresh_inputs import fresh_calls
from agents.tools.fresh_values import named_numbers, others

WORDS = """\
`fare(age)`: children under 6 travel free, up to 17 pay 2.50, the rest pay 5. Not more than 6 a day.

fare(30) returns 5.
>>> fare(4)
v2 of the tariff of zone_3, 4.1 to be exact
"""


def test_numbers_of_the_prose_are_named_and_those_of_calls_are_not() -> None:
    assert named_numbers(WORDS, "fare") == [6, 17, 5]


def test_numbers_that_are_named_are_tried_with_their_neighbours() -> None:
    assert {16, 17, 18} <= set(others(30, [17]))
    assert {16.0, 17.0, 18.0} <= set(others(2.5, [17]))
    call = PYTHON.calls.literals("f(30)")
    assert call and "f(17)" in fresh_calls([call], 40, numbers=[17])


def test_a_number_in_a_text_is_replaced_by_one_as_wide() -> None:
    texts = set(others("04-07-2040", [31, 2, 100]))
    assert {"04-31-2040", "02-07-2040", "04-08-2040", "05-07-2040"} <= texts
    assert "100-07-2040" not in texts and "04-07-0002" not in texts


@pytest.mark.parametrize("value", [True, 3, 0.5, "a1", [1, 2], (1, 2), {"a": 1}, {1, 2}])
def test_others_are_of_the_same_type_and_differ(value: object) -> None:
    found = list(others(value, [7, 12]))
    assert found and all(type(each) is type(value) and each != value for each in found)


def test_a_sentence_has_other_marks_and_what_is_no_sentence_keeps_its_own() -> None:
    texts = set(others("A man, a plan: Panama. 1, 2"))
    assert {"A man? a plan! Panama? 1, 2", "A man; a plan. Panama; 1, 2"} <= texts
    for text in ("notes.txt", "04-07-2040", "3.5", "1, 2, 3", "f(a,b)"):
        assert not [other for other in others(text) if "?" in str(other) or ";" in str(other)]
