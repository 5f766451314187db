"""What a wish is about is read off its words."""

from collections.abc import Set as AbstractSet

import pytest

from agents.behaviors.find_subjects import find_subjects


def _symbols(
    text: str, classes: AbstractSet[str] = frozenset(), known: AbstractSet[str] = frozenset()
) -> list[str]:
    return [s.symbol for s in find_subjects(text, set(classes), set(known))]


def test_function_written_like_a_definition_is_the_subject() -> None:
    assert _symbols("Add slugify(text, sep) that makes slugs") == ["slugify"]


def test_two_new_functions_are_two_subjects() -> None:
    assert _symbols("Add a function a_b(x). And a function c_d(y).") == ["a_b", "c_d"]


def test_examples_belong_to_the_method_that_the_wish_defines() -> None:
    text = 'Add Ledger.total(kind). Ledger.parse("x 1").total("x") returns 1'
    (subject,) = find_subjects(text, {"Ledger"}, {"Ledger"})
    assert subject.symbol == "Ledger.total"
    assert [e.expected for e in subject.examples] == ["1"]


def examples_of(text: str, known: AbstractSet[str] = frozenset()) -> list[tuple[str, str | None]]:
    (subject,) = find_subjects(text, set(), set(known))
    return [(example.call, example.expected) for example in subject.examples]


@pytest.mark.parametrize(
    ("words", "call"),
    [
        ("For n = 3, k = 2 the output should be 9.", "power(3, 2)"),
        ("For k = 2 and n = 3, the result is 9, as it is odd.", "power(3, 2)"),
        ("If n is 3 and k is 2 it returns 9", "power(3, 2)"),
        ("With `n = 3`, `k = 2`: 9", "power(3, 2)"),
        ("For N = 3, K = 2, two factors are multiplied, the output should be 9.", "power(3, 2)"),
        ("Input: n = 3, k = 2\nOutput: 9  # three times three", "power(3, 2)"),
        ("Example 1:\n    Input: 3, 2\n    Output: 9\n    Explanation: 3 * 3", "power(3, 2)"),
        ("Input:\n  n : 3\n  k : 2\nOutput: 9", "power(3, 2)"),
    ],
)
def test_example_that_names_its_arguments_is_found(words: str, call: str) -> None:
    assert examples_of(f"Add power(n, k).\n{words}") == [(call, "9")]


@pytest.mark.parametrize(
    "words",
    [
        "For n = 3 the output should be 9.",
        "For n = 3, k = 2 it returns 9 numbers.",
        "For n = 3, k = 2 and so on the work is done.",
        "n = k = 2 is 4",
        "Input: 3\nOutput: 9",
        "Input: n and k\nOutput: 9",
        "Input: 3, 2\nThere is no output.",
    ],
)
def test_words_about_arguments_are_no_example(words: str) -> None:
    assert examples_of(f"Add power(n, k).\n{words}") == []


def test_named_arguments_may_be_of_any_type() -> None:
    text = (
        "Add pick(items, fold) to it.\nFor items = ['b, c', 'A'], fold = true: the answer is none."
    )
    assert examples_of(text) == [("pick(['b, c', 'A'], True)", "None")]


def test_words_and_calls_are_examples_side_by_side() -> None:
    text = "Add double(n): double(2) returns 4. For n = 3 the result is 6; for n = 2 it is 4."
    assert examples_of(text) == [("double(2)", "4"), ("double(3)", "6")]


def test_of_two_functions_nobody_knows_whose_arguments_are_named() -> None:
    found = find_subjects("Add up(n) and down(n). For n = 3 the result is 6.", set(), set())
    assert [subject.examples for subject in found] == [[], []]


def test_formula_is_no_example() -> None:
    text = "Add fib(n). fib(0) -> 0. fib(n) -> 1. round(fib(7), 1) == 13.0. len('ab') is 2."
    assert examples_of(text) == [("fib(0)", "0"), ("round(fib(7), 1)", "13.0")]


def test_formula_defines_nothing_where_something_else_is_asked_for() -> None:
    text = "Add find_zero(xs) that finds x with poly(x) = 0, for `f(x) = 1 + 2x` say."
    assert _symbols(text) == ["find_zero"]
    assert _symbols("Add area(r) = 3.14 * r ** 2") == ["area"]


def test_argument_may_be_what_the_repository_has() -> None:
    text = "Add twice(f): twice(double) returns 4"
    assert examples_of(text, {"double"}) == [("twice(double)", "4")]
    assert examples_of(text) == [("twice(double)", "4")]  # which the person is told of, if not
    assert examples_of("Add twice(double): twice(double) returns 4") == []


def test_known_function_in_plain_words_is_the_subject() -> None:
    assert _symbols("shorten should refuse numbers", known={"shorten", "strip"}) == ["shorten"]


def test_wish_without_a_name_has_one_nameless_subject() -> None:
    assert _symbols("wrap text at a width") == [""]


GRADE = "Add a function grade(points) for marks. For example mark([90, 2]) ==> 'A'"


@pytest.mark.parametrize(
    ("words", "call"),
    [
        (GRADE, "grade([90, 2])"),
        ("Implement `grade(points)` in solution.py. mark([90, 2]) gives 1", "grade([90, 2])"),
        (f"{GRADE}\nassert mark([1]) == 'E'\n>>> mark([])[0]\n'F'", "grade([])[0]"),
    ],
)
def test_examples_that_misname_the_only_function_are_its_examples(words: str, call: str) -> None:
    assert call in [call for call, _ in examples_of(words)]


@pytest.mark.parametrize(
    ("words", "known"),
    [
        ("Add grade(points), and mark as well. mark(90) returns 'A'", frozenset[str]()),
        (GRADE, frozenset({"mark"})),
        (f"{GRADE}, grade(1) returns 'E'", frozenset[str]()),
        (f"{GRADE}, letter(1) returns 'E'", frozenset[str]()),
        (f"{GRADE}. Also add level(n).", frozenset[str]()),
        ("Add Bill.sum(tax). For example mark(7) is 9", frozenset[str]()),
        ("Add something like shorten(text) for marks: mark(7) is 9", frozenset({"shorten"})),
        ("Marks may be None in grade(points). So mark(7) is 9", frozenset[str]()),
    ],
)
def test_a_name_that_means_something_is_another_function(
    words: str, known: AbstractSet[str]
) -> None:
    found = {s.symbol: s.examples for s in find_subjects(words, set(), set(known))}
    assert "mark" in found and found["mark"][0].call.startswith("mark(")
