"""A wave takes no more of a ticket's minutes than its share."""

import time

import pytest

from agents.asking import spread
from agents.budget import Budget
from agents.ladder import Rung, Stage
from agents.waves import shares, thinned, wave_size

SIXTEEN = Rung(Stage.SAMPLE, spread(0.4, 1.0, 16))
PLANS = Rung(Stage.PLAN, (0.2,), starts=16)


def size(stage: Stage, alone: float, minutes: float, left: float = 1.0) -> int:
    """Of a wave when `left` of the minutes are left."""
    budget = Budget(minutes, 100, time.monotonic() - (1 - left) * minutes * 60)
    return wave_size(stage, alone, budget)


def test_short_answers_and_long_times_get_the_whole_wave():
    assert size(Stage.SAMPLE, 3.0, minutes=2) >= 16
    assert size(Stage.SAMPLE, 30.0, minutes=20) >= 16
    assert thinned(SIXTEEN, 40) == SIXTEEN


def test_long_answers_in_little_time_get_a_smaller_wave():
    assert size(Stage.SAMPLE, 20.0, minutes=2) == 4
    sizes = [size(Stage.SAMPLE, alone, minutes=2) for alone in (9.0, 6.0, 4.0)]
    assert sizes == sorted(set(sizes))


def test_plans_cost_more_than_the_answers_alone():
    assert size(Stage.PLAN, 4.0, minutes=2) < size(Stage.SAMPLE, 4.0, minutes=2)


def test_a_wave_that_would_not_end_in_time_is_not_begun():
    assert 0 < size(Stage.SAMPLE, 9.0, minutes=2, left=0.2) < 4
    assert size(Stage.SAMPLE, 20.0, minutes=2, left=0.2) == 0


def test_an_endless_loop_takes_a_part_of_the_minutes():
    assert Budget(2, 100).run_seconds == 12


def test_a_smaller_wave_has_the_same_spread_and_fewer_plans():
    smaller = thinned(SIXTEEN, 5)
    assert smaller.temperatures == spread(0.4, 1.0, 5)
    assert (thinned(PLANS, 5).starts, thinned(PLANS, 5).temperatures) == (5, (0.2,))


@pytest.mark.parametrize(
    ("weights", "sizes"),
    [
        ([], []),
        ([3], [16]),
        ([1, 1], [8, 8]),
        ([5, 1, 1], [12, 2, 2]),
        ([9, 1, 1, 1], [10, 2, 2, 2]),
    ],
)
def test_what_fails_most_tests_gets_most_answers(weights: list[int], sizes: list[int]):
    assert shares(weights, 16) == sizes
