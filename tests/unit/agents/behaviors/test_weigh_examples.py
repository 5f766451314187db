"""What a few examples say about code that the search changed until it passed them."""

from types import SimpleNamespace
from typing import Any

import pytest

from agents.behaviors.weigh_examples import doubts_about, may_be_fitted
from agents.behaviors.write_code import Candidate
from agents.ladder import Stage

DROPPED = Candidate("x", "x", Stage.MUTATION)  # a line was taken out: no line is new
WRITTEN = Candidate("x", "x", Stage.SAMPLE)


def bench(examples: int, *, brought: int = 0) -> Any:
    """A ticket with so many examples of the person, or tests that it brings."""
    tests = [SimpleNamespace(binding=True)] * examples
    return SimpleNamespace(
        tests=SimpleNamespace(tests=tests), ticket=SimpleNamespace(acceptance_tests=[0] * brought)
    )


@pytest.mark.parametrize(("examples", "fitted"), [(0, True), (2, True), (6, True), (7, False)])
def test_few_examples_are_fitted_by_changes(examples: int, fitted: bool) -> None:
    assert may_be_fitted(bench(examples), DROPPED) is fitted
    assert not may_be_fitted(bench(examples), WRITTEN)


def test_tests_that_the_ticket_brings_are_what_is_asked_for() -> None:
    assert not may_be_fitted(bench(2, brought=1), DROPPED)


def test_a_change_that_only_took_lines_out_is_doubted_too() -> None:
    assert doubts_about(DROPPED, others=0)
    assert not doubts_about(DROPPED, others=1) and not doubts_about(WRITTEN, others=0)
