"""A person's examples are read as they stand, and nothing else is taken for one."""

import pytest

from agents.behaviors.extract_examples import Example, extract_examples, is_call_of, is_value


@pytest.mark.parametrize(
    ("text", "example"),
    [
        (
            'slugify("Hello, World!") returns "hello-world".',
            ('slugify("Hello, World!")', '"hello-world"'),
        ),
        ("`f(1)` → `2`", ("f(1)", "2")),
        ("so that add(0.5, 1) equals 1.5, exactly", ("add(0.5, 1)", "1.5")),
        ('Ledger([("a", 1)]).total("a") is 3', ('Ledger([("a", 1)]).total("a")', "3")),
        ("g() should return {'a': (1, 2)}; and", ("g()", "{'a': (1, 2)}")),
        ("h((1, 2))[0] == -3", ("h((1, 2))[0]", "-3")),
        ("slugify('Hello World') gives hello-world.", ("slugify('Hello World')", "'hello-world'")),
        ("is_even(3) gives false", ("is_even(3)", "False")),
        ('f(") ") returns ")"', ('f(") ")', '")"')),
        ("initials('Ada') returns 'A', upper case", ("initials('Ada')", "'A'")),
        ("cube(2) ==> 8", ("cube(2)", "8")),
        ("is_cube(2) ==> false", ("is_cube(2)", "False")),
        ("cube(2) \u279e 8", ("cube(2)", "8")),
        ("cube(2) \u27f6 8", ("cube(2)", "8")),
        ("cube(2)   # returns 8", ("cube(2)", "8")),
        ("word(7)  # => 'seven' (a prime)", ("word(7)", "'seven'")),
        ("cube(2)  # 8\ncube(x)", ("cube(2)", "8")),
        ("squares([1, 3]) == 1 + 9 = 10", ("squares([1, 3])", "10")),
        ('left("5 apples", 19) ->19 - 5 = 14', ('left("5 apples", 19)', "14")),
        ("total([1, 2]) == 1 + 2 - 1 = 2", ("total([1, 2])", "2")),
        ("f(3) is 4 - as ever", ("f(3)", "4")),
        ("day('mo') -> 2024-01-31", ("day('mo')", "'2024-01-31'")),
    ],
)
def test_example_in_words_is_found(text: str, example: tuple[str, str]) -> None:
    assert extract_examples(text) == [Example(*example)]


def test_expected_exception_is_found() -> None:
    assert extract_examples("roman(0) raises a ValueError") == [
        Example("roman(0)", raises="ValueError")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Add a function slugify(text) that returns a slug",
        "shorten(text, 3) returns the text",
        "if f() is called twice",
        "call f( when it is (almost) ready",
        "fib(4) -> fib(3) + fib(2)",
        "lines(4)  # 4 lines, of course",
        "fib(4) = 2 + fib(2)",
        "area(2) = 2 * (3 + 1)",
        "",
    ],
)
def test_plain_words_are_no_example(text: str) -> None:
    assert extract_examples(text) == []


def test_examples_keep_their_order_and_come_once() -> None:
    text = "f(2) returns 4 and f(1) returns 2. Again: f(2) returns 4."
    assert [e.call for e in extract_examples(text)] == ["f(2)", "f(1)"]


def test_doctests_are_examples() -> None:
    text = (
        "Double it.\n>>> double(2)\n4\n>>> double([1])  # a list\n[1, 1]\n>>> double(None)\n"
        "Traceback (most recent call last):\nTypeError: nothing to double\n>>> x = 1\n"
        ">>> print(double(3))\nsix\n"
    )
    assert extract_examples(text) == [
        Example("double(2)", expected="4"),
        Example("double([1])", expected="[1, 1]"),
        Example("double(None)", raises="TypeError"),
    ]


@pytest.mark.parametrize(
    ("call", "runs"),
    [
        ("f(1)", True),
        ("f(1)[0]", True),
        ("f(1) + 1", True),
        ("(f(1), f(2))", True),
        ("f(1),", False),
        ("f(1), f(2)", False),
        ("f(1) == 2", False),
        ("f(1) or 2", False),
        ("lambda: f(1)", False),
        ("g(1)", False),
        ("f(", False),
    ],
)
def test_a_call_runs_if_it_is_compared_as_a_whole(call: str, runs: bool) -> None:
    assert is_call_of(call, "f") is runs


@pytest.mark.parametrize(
    ("value", "is_one"),
    [("(1, 2)", True), ("[1,\n 2]", True), (" 3", True), ("1, 2", False), ("1,", False)],
)
def test_a_value_is_compared_as_a_whole(value: str, is_one: bool) -> None:
    assert is_value(value) is is_one
