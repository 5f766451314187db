"""Tests made from examples are whole pytest modules that import what they need."""

import ast
import math

import pytest

from agents.behaviors.compose_tests import TestModule, compose_test
from memory.records import Criterion, Ticket


def _ticket() -> Ticket:
    return Ticket(
        id="tkt-1", repository="/r", title="t", target_file="pkg/mod.py", target_symbol="f"
    )


def _import_of(name: str) -> str | None:
    return {"f": "from pkg.mod import f", "Thing": "from pkg.things import Thing"}.get(name)


def _criterion(**example: str) -> Criterion:
    return Criterion(id="AC-1", text='It says "so".', origin="person", **example)


def test_value_is_compared() -> None:
    test = compose_test(_ticket(), _criterion(call="f(Thing(1))", expected="[1]"), _import_of)
    assert test is not None
    assert "assert f(Thing(1)) == [1]" in test.source
    assert set(test.imports) == {"from pkg.mod import f", "from pkg.things import Thing"}


def test_names_of_the_standard_library_are_imported() -> None:
    test = compose_test(_ticket(), _criterion(call="f(Decimal('1'))", expected="1"), _import_of)
    assert test is not None
    assert "from decimal import Decimal" in test.imports


def test_exception_is_expected() -> None:
    test = compose_test(_ticket(), _criterion(call="f(0)", raises="ValueError"), _import_of)
    assert test is not None
    assert "with pytest.raises(ValueError):\n        f(0)" in test.source
    assert "import pytest" in test.imports


def test_floats_are_compared_approximately() -> None:
    test = compose_test(_ticket(), _criterion(call="f(1)", expected="0.3"), _import_of)
    assert test is not None
    assert "pytest.approx(0.3)" in test.source


@pytest.mark.parametrize(
    ("expected", "right", "wrong"),
    [
        ("0.3", 0.1 + 0.2, 0.30001),
        ("12345.67", 12345.670000000002, 12345.66),
        ("1234567.89", 1234567.89, 1234567.88),
        ("[1, -0.3]", [1, -(0.1 + 0.2)], [1, -0.31]),
        ("[1234567.89, 0.5]", [1234567.89, 0.5], [1234567.89, 0.501]),
        ("{'a': 1e-13}", {"a": 1e-13}, {"a": 0.0}),
        ("0.30000000000000004", 0.3, 0.300001),
        ("3.14159265", math.pi, 3.1415927),
    ],
)
def test_float_forgives_rounding_and_no_digit_that_was_written(
    expected: str, right: object, wrong: object
) -> None:
    test = compose_test(_ticket(), _criterion(call="f(1)", expected=expected), _import_of)
    assert test is not None
    _run(test.source, right)
    with pytest.raises(AssertionError):
        _run(test.source, wrong)


def _run(source: str, answer: object) -> None:
    """The test with an `f` that gives `answer`."""
    space = {"f": lambda *_: answer, "pytest": pytest}
    exec(source, space)  # noqa: S102
    (test,) = [value for name, value in space.items() if name.startswith("test_")]
    test()  # type: ignore[operator]


BA = "{'b': 1, 'a': 2}"


@pytest.mark.parametrize(
    "words",
    [
        "The keys come in order of first appearance.",
        "It counts the words and keeps their order.",
        "The result is sorted by count.",
        "Least frequent first.",
        "Keys in the order in which they appear.",
    ],
)
def test_order_of_a_dictionary_counts_where_the_words_ask_for_it(words: str) -> None:
    call = _criterion(call="f('b a a')", expected=BA)
    test = compose_test(_ticket(), call, _import_of, words)
    assert test is not None
    _run(test.source, {"b": 1, "a": 2})
    with pytest.raises(AssertionError):
        _run(test.source, {"a": 2, "b": 1})


@pytest.mark.parametrize(
    "words",
    [
        "It counts the words.",
        "It counts the words, in any order.",
        "It takes a sorted list of words.",
        "Counts the orders by customer.",
        "The keys are in alphabetical order.",  # which the example does not keep
        "Most frequent first.",
        "sorted by count, but the order does not matter",
    ],
)
def test_order_does_not_count_where_the_words_or_the_example_do_not_say_so(words: str) -> None:
    call = _criterion(call="f('b a a')", expected=BA)
    test = compose_test(_ticket(), call, _import_of, words)
    assert test is not None
    _run(test.source, {"a": 2, "b": 1})


def test_example_that_contradicts_the_order_of_appearance_does_not_bind() -> None:
    call = _criterion(call="f('a b a')", expected=BA)
    test = compose_test(_ticket(), call, _import_of, "in order of first appearance")
    assert test is not None
    assert "list(" not in test.source


def test_suggestion_of_a_model_fixes_no_order() -> None:
    call = _criterion(call="f('b a a')", expected=BA).model_copy(update={"origin": "model"})
    test = compose_test(_ticket(), call, _import_of, "in order of first appearance")
    assert test is not None
    assert "list(" not in test.source


def test_constants_are_compared_by_identity() -> None:
    test = compose_test(_ticket(), _criterion(call="f(1)", expected="True"), _import_of)
    assert test is not None
    assert "assert f(1) is True" in test.source


def test_example_with_an_unknown_name_makes_no_test() -> None:
    assert compose_test(_ticket(), _criterion(call="f(text)", expected="1"), _import_of) is None


def test_module_parses_and_leads_with_its_imports() -> None:
    test = compose_test(_ticket(), _criterion(call="f(0)", raises="ValueError"), _import_of)
    assert test is not None
    source = TestModule("tests/test_f.py", "Title.", [test]).source()
    body = ast.parse(source).body
    assert [type(node).__name__ for node in body[:3]] == ["Expr", "Import", "ImportFrom"]
    assert source.count('"""') == 4
