"""Fresh calls are new, well-formed and of the same types."""

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.languages.python import PYTHON
from agents.tools import fresh_inputs

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | st.text(max_size=6) | st.floats(-9, 9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)


def fresh_calls(examples: list[str], count: int, seed: int = 0) -> list[str]:
    literals = [found for each in examples if (found := PYTHON.calls.literals(each)) is not None]
    return fresh_inputs.fresh_calls(literals, count, seed)


@settings(deadline=None)
@given(st.lists(VALUES, max_size=3))
def test_fresh_calls_parse_and_keep_the_function(arguments: list[object]):
    example = f"f({', '.join(map(repr, arguments))})"
    calls = fresh_calls([example], 30)
    assert example not in calls and len(set(calls)) == len(calls) <= 30
    for call in calls:
        node = ast.parse(call, mode="eval").body
        assert isinstance(node, ast.Call) and len(node.args) == len(arguments)


@settings(deadline=None)
@given(st.lists(st.integers(1, 50), min_size=1, max_size=4))
def test_a_list_of_numbers_stays_one(numbers: list[int]):
    for call in fresh_calls([f"f({numbers!r})"], 30):
        value = ast.literal_eval(call.removeprefix("f(").removesuffix(")"))
        assert isinstance(value, list) and all(isinstance(item, int) for item in value)


def test_a_tuple_stays_as_long_as_it_is():
    calls = fresh_calls(["f((1, 2, 3))"], 60)
    values = [ast.literal_eval(call.removeprefix("f(").removesuffix(")")) for call in calls]
    assert values and all(isinstance(value, tuple) and len(value) == 3 for value in values)


def test_arguments_inside_a_chain_of_calls_are_changed():
    calls = fresh_calls(["Ledger([1, 2]).total('rent')"], 60)
    assert any("'rent'" in call and "[1, 2]" not in call for call in calls)
    assert any("'rent'" not in call for call in calls)


def test_arguments_of_one_type_change_places():
    calls = fresh_calls(["f(3, 4, 5, 'a')"], 3)
    assert calls[:2] == ["f(4, 3, 5, 'a')", "f(3, 5, 4, 'a')"]
    assert fresh_calls(["f([1, 2], [3])"], 1) == ["f([3], [1, 2])"]


def test_arguments_of_one_example_meet_those_of_another():
    calls = fresh_calls(["f('ab.txt', 1)", 'f("cd.exe", 7)'], 200)
    assert {"f('ab.txt', 7)", "f('ab.exe', 1)", "f('cd.exe', 1)"} <= set(calls)
    assert not {"f('ab.txt', 1)", "f('cd.exe', 7)"} & set(calls), "they are examples"


def test_the_same_seed_gives_the_same_calls():
    assert fresh_calls(["f('ab', 3)"], 20, 1) == fresh_calls(["f('ab', 3)"], 20, 1)


@pytest.mark.parametrize("example", ["f(", "f()", "f(x)", "f(open('x').read)"])
def test_what_has_no_literals_of_its_own_gives_nothing_wrong(example: str):
    assert all(ast.parse(call) for call in fresh_calls([example], 10))
