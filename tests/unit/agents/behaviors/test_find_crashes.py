"""Breaking down on a call like the examples is found; what may be meant is not told."""

import pytest

from agents.behaviors.find_crashes import crashes
from agents.languages.python import PYTHON

POPPED = "IndexError: pop from empty list"


def test_crash_is_told_with_its_call():
    answers = {"f([1])": POPPED, "f([2])": "[2]"}
    assert crashes(PYTHON.calls, answers, "def f(x): ...", "Sort them.") == {"f([1])": POPPED}


@pytest.mark.parametrize(
    "answer",
    [
        "ValueError: max() arg is an empty sequence",
        "ValueError: min() iterable argument is empty",
        "ValueError: list.remove(x): x not in list",
        "ValueError: not enough values to unpack (expected 2, got 1)",
    ],
)
def test_what_builtins_say_of_a_mistake_is_a_crash(answer: str):
    assert crashes(PYTHON.calls, {"f([1])": answer}, "", "") == {"f([1])": answer}


@pytest.mark.parametrize(
    ("call", "answer", "code", "words"),
    [
        ("f([])", POPPED, "", ""),
        ("f([''])", POPPED, "", ""),
        ("f({})", "KeyError: 1", "", ""),
        ("f(-1)", "IndexError: list index out of range", "", ""),
        ("f([1])", "ValueError: too few", "", ""),
        ("f('a')", "ValueError: could not convert string to float: 'a'", "", ""),
        ("f([0])", "ZeroDivisionError: division by zero", "", ""),
        ("f([1])", "KeyError: 1", "raise KeyError(x)", ""),
        ("f([1])", "KeyError: 1", "", "Raises KeyError where there is none."),
        ("f([1])", "no answer", "", ""),
        ("f([1])", "'IndexError: as a text'", "", ""),
    ],
)
def test_what_may_be_meant_is_no_crash(call: str, answer: str, code: str, words: str):
    assert crashes(PYTHON.calls, {call: answer}, code, words) == {}
