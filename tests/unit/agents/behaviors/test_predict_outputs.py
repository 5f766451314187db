"""Which calls are read off the words, and when code does what is read."""

from __future__ import annotations

from agents.behaviors.predict_outputs import (
    Prediction,
    contradicted,
    readable,
    telling,
)
from agents.languages.python import PYTHON

CALLS = PYTHON.calls


def test_the_shortest_calls_are_read_and_of_each_answer_one_at_first() -> None:
    answers = {"f([1, 2, 3])": "6", "f([1])": "1", "f([1, 2])": "1", "f([])": "0"}
    assert telling(CALLS, answers, 3) == ["f([])", "f([1])", "f([1, 2, 3])"]
    assert telling(CALLS, answers, 9)[-1] == "f([1, 2])"
    assert telling(CALLS, {}, 3) == []


def test_calls_that_code_disagrees_about_are_read_before_others() -> None:
    answers = {"f([1, 2, 3])": "6", "f([1])": "1", "f([1, 2])": "1", "f([])": "0"}
    disputed = {"f([1, 2])", "f([1, 2, 3])"}
    *first, last = telling(CALLS, answers, 3, disputed)
    assert (set(first), last) == (disputed, "f([])")


def test_calls_with_nothing_in_them_are_every_other_one() -> None:
    calls = ["f('', 7)", "f('a', 0)", "f('a', 1)", "f('b', 2)", "f('abc', 0)"]
    assert telling(CALLS, {call: call for call in calls}, 4) == [
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
    assert list(readable(CALLS, answers, ["f('1/2')"])) == ["f('1/5')", "f('')"]


def test_what_is_answered_at_length_is_not_read() -> None:
    assert list(readable(CALLS, {"f(9)": repr("x" * 119), "f(1)": "'x'"}, ["f(2)"])) == ["f(1)"]


def test_negative_numbers_are_read_only_where_an_example_has_some() -> None:
    answers = {"f(-1)": "1", "f(1)": "1", "f([2, -2])": "0"}
    assert list(readable(CALLS, answers, ["f(3)"])) == ["f(1)"]
    assert readable(CALLS, answers, ["f(3)", "f(-3)"]) == answers


def test_the_surest_of_what_is_contradicted_comes_first() -> None:
    likely = Prediction("f(1)", "1", unanimous=False)
    sure = Prediction("f(100)", "1", unanimous=True)
    done = Prediction("f(2)", "2", unanimous=True)
    answers = {"f(1)": "0", "f(100)": "0", "f(2)": "2"}
    assert contradicted(CALLS, [likely, sure, done], answers) == [sure, likely]
