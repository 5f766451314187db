"""Which calls are read off the words, and when code does what is read."""

from __future__ import annotations

from collections import Counter

import pytest

from agents.behaviors.predict_outputs import (
    Prediction,
    Reading,
    contradicted,
    readable,
    telling,
)


@pytest.mark.parametrize(
    ("value", "answer", "agrees"),
    [
        ("[1, 2]", "[1, 2]", True),
        ("'a'", '"a"', True),
        ("{'a': 1, 'b': 2}", "{'b': 2, 'a': 1}", True),
        ("0.3", "0.30000000000000004", True),
        ("2.0", "2", True),
        ("0.3", "0.31", False),
        ("0.3", "'0.3'", False),
        ("None", "0", False),
        ("[]", "IndexError: list index out of range", False),
        ("True", "no answer", False),
        ("'a'", "<object>", False),
    ],
)
def test_code_does_what_is_read_if_the_value_is_the_same(
    value: str, answer: str, agrees: bool
) -> None:
    assert Prediction("f()", value, unanimous=True).agrees(answer) is agrees


@pytest.mark.parametrize(
    ("values", "prediction"),
    [
        ({"1": 6}, Prediction("f()", "1", unanimous=True)),
        ({"2": 1, "1": 5}, Prediction("f()", "1", unanimous=False)),
        ({"1": 4, "2": 2}, None),
        ({}, None),
    ],
)
def test_most_answers_have_to_read_the_same(
    values: dict[str, int], prediction: Prediction | None
) -> None:
    assert Reading("f()", Counter(values)).prediction == prediction


def test_answers_that_say_what_code_gives_are_counted() -> None:
    reading = Reading("f()", Counter({"2": 3, "2.0": 1, "None": 2}))
    assert [reading.agreeing(answer) for answer in ("2", "None", "KeyError: 1")] == [4, 2, 0]


def test_the_shortest_calls_are_read_and_of_each_answer_one_at_first() -> None:
    answers = {"f([1, 2, 3])": "6", "f([1])": "1", "f([1, 2])": "1", "f([])": "0"}
    assert telling(answers, 3) == ["f([])", "f([1])", "f([1, 2, 3])"]
    assert telling(answers, 9)[-1] == "f([1, 2])"
    assert telling({}, 3) == []


def test_calls_that_code_disagrees_about_are_read_before_others() -> None:
    answers = {"f([1, 2, 3])": "6", "f([1])": "1", "f([1, 2])": "1", "f([])": "0"}
    disputed = {"f([1, 2])", "f([1, 2, 3])"}
    *first, last = telling(answers, 3, disputed)
    assert (set(first), last) == (disputed, "f([])")


def test_calls_with_nothing_in_them_are_every_other_one() -> None:
    calls = ["f('', 7)", "f('a', 0)", "f('a', 1)", "f('b', 2)", "f('abc', 0)"]
    assert telling({call: call for call in calls}, 4) == [
        "f('', 7)",
        "f('a', 1)",
        "f('a', 0)",
        "f('b', 2)",
    ]


def test_what_code_refuses_is_not_read_but_its_mistakes_are() -> None:
    answers = {
        "f('1/5')": "0.2",
        "f('1 /5')": "ValueError: invalid literal for int(): '1 '",
        "f('')": "IndexError: string index out of range",
        "f('5')": "no answer",
    }
    assert list(readable(answers, ["f('1/2')"])) == ["f('1/5')", "f('')"]


def test_what_is_answered_at_length_is_not_read() -> None:
    assert list(readable({"f(9)": repr("x" * 119), "f(1)": "'x'"}, ["f(2)"])) == ["f(1)"]


def test_negative_numbers_are_read_only_where_an_example_has_some() -> None:
    answers = {"f(-1)": "1", "f(1)": "1", "f([2, -2])": "0"}
    assert list(readable(answers, ["f(3)"])) == ["f(1)"]
    assert readable(answers, ["f(3)", "f(-3)"]) == answers


def test_the_surest_of_what_is_contradicted_comes_first() -> None:
    likely = Prediction("f(1)", "1", unanimous=False)
    sure = Prediction("f(100)", "1", unanimous=True)
    done = Prediction("f(2)", "2", unanimous=True)
    answers = {"f(1)": "0", "f(100)": "0", "f(2)": "2"}
    assert contradicted([likely, sure, done], answers) == [sure, likely]
