"""Of several tests for a criterion, those that agree and tell most are kept, each once."""

from __future__ import annotations

import pytest

from agents.behaviors.choose_tests import choose_tests
from agents.behaviors.compose_tests import WrittenTest
from agents.behaviors.read_claim import Claim, claim_of

NAME = "test_f_ac_1"


def written(*lines: str, binding: bool = False, name: str = NAME) -> WrittenTest:
    body = "\n".join(f"    {line}" for line in lines)
    return WrittenTest("AC-1", name, f"def {name}() -> None:\n{body}", binding)


def bodies(tests: list[WrittenTest]) -> list[str]:
    return [test.source.split("\n", 1)[1].strip() for test in tests]


TWO, THREE = written("assert f(1) == 2"), written("assert f(1) == 3")


def test_the_same_test_is_kept_once() -> None:
    same = written("value = f(1)", "assert value == 2")
    assert bodies(choose_tests([TWO, same, TWO], [], 4)) == ["assert f(1) == 2"]


def test_of_contradicting_tests_the_one_that_was_written_more_often_stays() -> None:
    assert bodies(choose_tests([THREE, TWO, TWO], [], 4)) == ["assert f(1) == 2"]


@pytest.mark.parametrize("line", ["assert f(1) == 3", "assert f(1) == 2"])
def test_nothing_contradicts_or_repeats_a_known_example(line: str) -> None:
    known = written("assert f(1) == 2", binding=True, name="test_example")
    assert choose_tests([written(line)], [known], 4) == []


def test_tests_that_name_a_value_come_first_and_the_number_is_limited() -> None:
    vague = written("assert isinstance(f(9), int)")
    others = [written(f"assert f({n}) == {n}") for n in range(4)]
    assert bodies(choose_tests([vague, *others], [], 4)) == bodies(others)


def test_names_are_distinct_from_each_other_and_from_those_known() -> None:
    known = written("assert f(7) == 7")
    chosen = choose_tests([TWO, written("assert f(5) == 5")], [known], 4)
    assert [test.name for test in chosen] == [f"{NAME}_2", f"{NAME}_3"]
    assert all(f"def {test.name}(" in test.source for test in chosen)


@pytest.mark.parametrize(
    ("lines", "claim"),
    [
        (["assert f(1) == 2"], Claim("f(1)", "2")),
        (["assert 2 == f(1)"], Claim("f(1)", "2")),
        (["x = f(1)", "assert x is None"], Claim("f(1)", "None")),
        (["assert f(1) == pytest.approx(0.5, abs=0.1)"], Claim("f(1)", "0.5")),
        (["assert A([1]).total == -1"], Claim("A([1]).total", "-1")),
        (["with pytest.raises(ValueError):", "    f(0)"], Claim("f(0)", raises="ValueError")),
        (["assert f(1) > 2"], None),
        (["assert f(1) == f(2)"], None),
        (["assert f(1) == 1", "assert f(2) == 2"], None),
        (["x = A()", "x.add(1)", "assert x.total() == 1"], None),
    ],
)
def test_what_a_test_says_is_read_off(lines: list[str], claim: Claim | None) -> None:
    assert claim_of(written(*lines).source) == claim
