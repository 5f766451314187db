"""Calls of JavaScript are varied and read as JavaScript says."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.behaviors.find_crashes import crashes, is_extreme_call
from agents.languages.javascript.values import UNDEFINED, equal, source_of, value_of
from agents.languages.registry import language_of
from agents.tools.fresh_inputs import fresh_calls, has_negative, has_nothing

CALLS = language_of("near.js").calls
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | st.text(max_size=6) | st.floats(-9, 9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)


def fresh(*examples: str, count: int = 60) -> list[str]:
    literals = [found for each in examples if (found := CALLS.literals(each)) is not None]
    return fresh_calls(literals, count)


@settings(deadline=None)
@given(VALUES)
def test_a_value_is_read_as_it_was_written(value: object) -> None:
    assert equal(value_of(source_of(value)), value)
    assert equal(value_of(json.dumps(value)), value)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        (r"'it\'s'", "it's"),
        (r'"a\n\u0041\x42\u{43}"', "a\nABC"),
        ("`two\nlines`", "two\nlines"),
        ("[ 1, -2.5, [ 'a' ] ]", [1, -2.5, ["a"]]),
        ("{ a: 1, 'b-c': null, 3: undefined }", {"a": 1, "b-c": None, "3": UNDEFINED}),
        ("1_000", 1000),
        ("0x1f", 31),
        ("Infinity", math.inf),
    ],
)
def test_what_node_shows_is_read(source: str, value: object) -> None:
    assert equal(value_of(source), value)


@pytest.mark.parametrize(
    "source", ["", "f(", "f(1)", "name", "10n", "`${a}`", "new Map()", "{ a }", "{ ...a }", "1, 2"]
)
def test_what_is_no_plain_literal_is_not_read(source: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        value_of(source)
    assert CALLS.literal(source) == ""


@pytest.mark.parametrize(
    ("value", "answer", "agrees"),
    [
        ("[1, 2]", "[ 1, 2 ]", True),
        ('"a"', "'a'", True),
        ('{ "a": 1, b: [2] }', "{ b: [ 2 ], a: 1 }", True),
        ("0.3", "0.30000000000000004", True),
        ("2", "2", True),
        ("NaN", "NaN", True),
        ("0.3", "0.31", False),
        ("true", "1", False),
        ("null", "undefined", False),
        ("[]", "TypeError: x is not iterable", False),
        ("1", "no answer", False),
        ("'a'", "[Function: f]", False),
    ],
)
def test_code_does_what_is_read_if_the_value_is_the_same(
    value: str, answer: str, agrees: bool
) -> None:
    assert CALLS.agree(value, answer) is agrees


@settings(deadline=None)
@given(st.lists(VALUES, max_size=3))
def test_fresh_calls_parse_and_keep_the_function(arguments: list[object]) -> None:
    example = f"f({', '.join(map(source_of, arguments))})"
    calls = fresh(example, count=30)
    assert example not in calls and len(set(calls)) == len(calls) <= 30
    for call in calls:
        literals = CALLS.literals(call)
        assert call.startswith("f(") and literals is not None
        assert [len(group) for group in literals.arguments] == [
            sum(argument is not UNDEFINED for argument in arguments)
        ]


def test_the_rest_of_a_call_keeps_its_characters() -> None:
    calls = fresh("new Ledger( [1, 'ü'] ).total('rent', { per: 12 }, x => x + 1)", count=200)
    assert any("'rent'" in call and "[1, 'ü']" not in call for call in calls)
    assert any("{ per: 13 }" in call for call in calls)
    assert all(call.startswith("new Ledger( ") for call in calls)
    assert all(call.endswith(", x => x + 1)") for call in calls)


def test_arguments_of_one_type_change_places() -> None:
    assert fresh("f(3, 4, 'a')", count=1) == ["f(4, 3, 'a')"]


def test_parts_of_an_argument_are_changed_with_it_or_alone() -> None:
    calls = fresh("f([[1, 2], [3]])", count=80)
    assert "f([])" in calls and "f([[1, 2], []])" in calls and "f([[2, 2], [3]])" in calls


@pytest.mark.parametrize(
    ("call", "extreme", "negative", "nothing"),
    [
        ("f('a', [1])", False, False, False),
        ("f('')", True, False, True),
        ("f(['a', ''])", True, False, False),
        ("f({})", True, False, True),
        ("f(-1)", True, True, False),
        ("f([2, -2])", True, True, False),
        ("f(0)", False, False, True),
        ("new F([]).g(null)", True, False, True),
    ],
)
def test_what_is_empty_or_negative_is_seen(
    call: str, extreme: bool, negative: bool, nothing: bool
) -> None:
    literals = CALLS.literals(call)
    assert literals is not None and is_extreme_call(CALLS, call) is extreme
    assert (has_negative(literals), has_nothing(literals)) == (negative, nothing)


@pytest.mark.parametrize(
    ("answer", "code", "is_one"),
    [
        ("TypeError: Cannot read properties of undefined (reading 'length')", "", True),
        ("TypeError: words is not iterable", "", True),
        ("TypeError: Reduce of empty array with no initial value", "", True),
        ("ReferenceError: total is not defined", "", True),
        ("RangeError: Maximum call stack size exceeded", "", True),
        ("RangeError: Invalid array length", "throw new RangeError('few')", False),
        ("TypeError: a text is needed", "", False),
        ("RangeError: too wide", "", False),
        ("Error: no", "", False),
        ("'TypeError: as a text'", "", False),
    ],
)
def test_what_the_engine_says_is_a_crash_and_a_refusal_is_none(
    answer: str, code: str, is_one: bool
) -> None:
    assert bool(crashes(CALLS, {"f([1])": answer}, code, "")) is is_one


@pytest.mark.parametrize(
    ("values", "assertion"),
    [
        (["true", "false"], 'assert(typeof f(7) === "boolean");'),
        (["1", "2.5"], 'assert(typeof f(7) === "number");'),
        (["'a'", "null"], 'assert(typeof f(7) === "string" || f(7) === null);'),
        (["[]", "[1]"], "assert(Array.isArray(f(7)));"),
        (["new Map()", "f("], ""),
    ],
)
def test_a_call_gives_what_is_of_the_type_of_the_examples(
    values: list[str], assertion: str
) -> None:
    assert CALLS.type_assertion("f(7)", values) == assertion


def test_an_expected_value_is_asserted_as_tests_are_shown() -> None:
    assert CALLS.assertion("f(1)", '"a"') == 'assert(f(1) === "a");'
    assert CALLS.assertion("f(1)", "[1]") == "assert.deepEqual(f(1), [1]);"


@pytest.mark.parametrize(
    ("body", "claim"),
    [
        ('assert.equal(f("a"), 2);', ('f("a")', "2")),
        ("assert.deepEqual([2], new F(1).g());", ("new F(1).g()", "[2]")),
        ("const a = f(1);\n  expect(a).toEqual({ b: 1 });", ("f(1)", "{ b: 1 }")),
        ("expect(f(1)).toBe(null);", ("f(1)", "null")),
        ("assert.throws(() => f(1), Error);", None),
        ("assert.notEqual(f(1), 2);", None),
        ("assert.ok(f(1) > 2);", None),
        ("assert.equal(f(1), f(2));", None),
        ("assert.equal(f(1), 2);\n  assert.equal(f(2), 3);", None),
    ],
)
def test_a_test_says_one_thing_of_one_call_or_is_not_read(
    body: str, claim: tuple[str, str] | None
) -> None:
    assert CALLS.claim("") is CALLS.claim("test(") is None
    found = CALLS.claim(f'test("f", () => {{\n  {body}\n}});')
    assert (found and (found.call, found.expected)) == claim
