"""What a few examples say about code that the search changed until it passed them."""

from types import SimpleNamespace
from typing import Any

import pytest

from agents.behaviors.weigh_examples import doubts_about, may_be_fitted
from agents.behaviors.write_code import Candidate
from agents.ladder import Stage
from memory.records import Criterion

DROPPED = Candidate("x", "x", Stage.MUTATION)  # a line was taken out: no line is new
WRITTEN = Candidate("x", "x", Stage.SAMPLE)


def bench(*expected: str | None) -> Any:
    """A ticket whose examples give these values; None: an error."""
    criteria = [
        Criterion(id="AC-1", text="", call="f(1)", expected=e, raises=None if e else "ValueError")
        for e in expected
    ]
    return SimpleNamespace(
        tests=None, ticket=SimpleNamespace(criteria=criteria, acceptance_tests=[])
    )


@pytest.mark.parametrize(
    ("expected", "fitted"),
    [
        (["True", "False"], True),
        (["true", None], True),
        (["14", "-1"], True),
        (["True", "'a-b'", "[]"], True),
        (["'a-b'", "'c'", "''"], False),
        ([], False),
    ],
)
def test_yes_and_no_and_errors_and_one_value_say_little(
    expected: list[str | None], fitted: bool
) -> None:
    assert may_be_fitted(bench(*expected), DROPPED) is fitted
    assert not may_be_fitted(bench(*expected), WRITTEN)


def test_a_change_that_only_took_lines_out_is_doubted_too() -> None:
    assert doubts_about(DROPPED, others=0)
    assert not doubts_about(DROPPED, others=1) and not doubts_about(WRITTEN, others=0)
