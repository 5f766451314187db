"""A wave takes no more of a ticket's minutes than its share."""

import time

import pytest

from agents.asking import spread
from agents.behaviors.write_code import Rejected
from agents.budget import Budget
from agents.ladder import Rung, Stage
from agents.search import Search
from agents.waves import STEP, learned_step, shares, thinned, wave_size

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
    assert size(Stage.SAMPLE, 14.0, minutes=2) == 4
    sizes = [size(Stage.SAMPLE, alone, minutes=2) for alone in (9.0, 6.0, 4.0)]
    assert sizes == sorted(set(sizes))


def test_no_more_are_asked_for_than_end_before_the_wave_is_ended():
    assert Budget(2, 100).wave_seconds == pytest.approx(48, abs=1)
    assert [size(Stage.SAMPLE, alone, minutes=2) for alone in (20.0, 25.0, 40.0)] == [3, 2, 1]
    assert size(Stage.SAMPLE, 60.0, minutes=2) == 1, "the next one may be shorter"


def test_plans_cost_more_than_the_answers_alone():
    assert size(Stage.PLAN, 4.0, minutes=2) < size(Stage.SAMPLE, 4.0, minutes=2)


def test_a_wave_that_would_not_end_in_time_is_not_begun():
    assert 0 < size(Stage.SAMPLE, 9.0, minutes=2, left=0.2) < 4
    assert size(Stage.SAMPLE, 20.0, minutes=2, left=0.2) == 0


def after(seconds: float, *, beside: int = 15, tokens: int = 100) -> float:
    """What a search believes of a step after eight such answers; one alone took 5 s."""
    search = Search("")
    search.note(Rejected("", Stage.FIRST, tokens=100, seconds=5.0))
    for _ in range(8):
        search.note(Rejected("", Stage.PART, tokens=tokens, seconds=seconds), beside)
    return search.step


def test_a_processor_that_decodes_many_together_well_gets_larger_waves():
    seen = after(17.0)  # 3.4 times as long as alone, with fifteen beside it
    assert seen == pytest.approx(0.16, abs=0.01)
    budget = Budget(2, 100)
    sizes = [wave_size(Stage.SAMPLE, 12.0, budget, step) for step in (STEP, seen)]
    assert sizes[0] == 4
    assert sizes[1] == 8


def test_a_processor_that_does_not_gets_smaller_ones():
    assert after(60.0) > STEP


def test_what_few_or_short_answers_took_says_nothing():
    assert after(17.0, beside=1) == STEP
    assert after(17.0, tokens=3) == STEP


@pytest.mark.parametrize("slower", [0.0, 1.0, 1000.0])
def test_a_pause_or_a_burst_is_believed_only_so_far(slower: float):
    assert 0.05 < learned_step(STEP, slower, 15) < 1


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
