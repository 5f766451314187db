"""Breaking down on a call like the examples is found; what may be meant is not told."""

import pytest

from agents.behaviors.find_crashes import crashes, typed_test

POPPED = "IndexError: pop from empty list"


def test_crash_is_told_with_its_call():
    answers = {"f([1])": POPPED, "f([2])": "[2]"}
    assert crashes(answers, "def f(x): ...", "Sort them.") == {"f([1])": POPPED}


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
    assert crashes({"f([1])": answer}, "", "") == {"f([1])": answer}


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
    assert crashes({call: answer}, code, words) == {}


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["True", "False"], "bool"),
        (["1", "2.5"], "int | float"),
        (["'a'", "None"], "str | None"),
        (["[]", "[1, 2]"], "list"),
        (["Fraction(1, 2)", "(1, 2)"], "tuple"),
    ],
)
def test_a_call_gives_what_is_of_the_type_of_the_examples(values: list[str], kind: str):
    assert typed_test("f(7)", values) == f"assert isinstance(f(7), {kind})"


def test_examples_without_a_value_that_can_be_read_show_no_type():
    assert typed_test("f(7)", ["Fraction(1, 2)", "f("]) == ""
