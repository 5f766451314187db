"""The ladder goes from cheap to dear and never ends before the budget does."""

from itertools import islice

from agents.ladder import Stage, ladder


def test_what_asks_no_model_comes_before_what_asks_again():
    opening = [rung.stage for number, rung in islice(ladder(), 3) if number == 0]
    assert opening == [Stage.FIRST, Stage.SAMPLE, Stage.MUTATION]


def test_a_stronger_model_and_a_wider_unit_come_after_repairs_and_plans():
    first_round = [rung.stage for number, rung in islice(ladder(), 20) if number == 1]
    late = {Stage.WIDER, Stage.TIER}
    early = [first_round.index(stage) for stage in (Stage.REPAIR, Stage.PART, Stage.PLAN)]
    assert all(first_round.index(stage) > max(early) for stage in late)


def test_rounds_go_on_with_fresh_samples():
    rounds = [number for number, rung in islice(ladder(), 60) if rung.stage is Stage.SAMPLE]
    assert rounds[:4] == [0, 1, 2, 3]
