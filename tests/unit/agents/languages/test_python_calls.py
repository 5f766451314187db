"""Calls of Python are varied, run and read as Python says."""

from __future__ import annotations

import pytest

from agents.languages.python import PYTHON

CALLS = PYTHON.calls


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
    assert CALLS.agree(value, answer) is agrees


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
    assert CALLS.type_assertion("f(7)", values) == f"assert isinstance(f(7), {kind})"


def test_examples_without_a_value_that_can_be_read_show_no_type():
    assert CALLS.type_assertion("f(7)", ["Fraction(1, 2)", "f("]) == ""
