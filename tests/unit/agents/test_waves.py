"""A wave takes no more of a ticket's minutes than its share."""

from agents.asking import spread
from agents.ladder import Rung, Stage
from agents.waves import affordable, thinned

SIXTEEN = Rung(Stage.SAMPLE, spread(0.4, 1.0, 16))
PLANS = Rung(Stage.PLAN, (0.2,), starts=16)


def test_short_answers_and_long_times_get_the_whole_wave():
    assert affordable(3.0, minutes=2) >= 16
    assert affordable(30.0, minutes=20) >= 16
    assert thinned(SIXTEEN, 40) == SIXTEEN


def test_long_answers_in_little_time_get_a_smaller_wave():
    assert 4 <= affordable(9.0, minutes=2) < 8
    assert affordable(9.0, minutes=2) < affordable(6.0, minutes=2) < affordable(6.0, minutes=4)


def test_a_wave_is_never_less_than_four():
    assert affordable(500.0, minutes=1) == affordable(0.0, minutes=2) == 4


def test_a_smaller_wave_has_the_same_spread_and_fewer_plans():
    smaller = thinned(SIXTEEN, 5)
    assert smaller.temperatures == spread(0.4, 1.0, 5)
    assert (thinned(PLANS, 5).starts, thinned(PLANS, 5).temperatures) == (5, (0.2,))
