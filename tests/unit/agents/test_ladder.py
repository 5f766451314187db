"""The ladder goes from cheap to dear and never ends before the budget does."""

from itertools import islice

from agents.ladder import Stage, ladder


def test_parts_of_the_first_answer_come_before_more_of_the_whole():
    opening = [rung for number, rung in islice(ladder(), 5) if number == 0]
    stages = [rung.stage for rung in opening]
    assert stages == [Stage.FIRST, Stage.PART, Stage.MUTATION, Stage.SAMPLE, Stage.MUTATION]
    # Where a unit has no parts, samples come at once.
    assert [rung.after for rung in opening] == [None, None, Stage.PART, None, None]
    assert [rung.unless for rung in opening] == [None, None, None, Stage.PART, None]


def test_a_stronger_model_and_a_wider_unit_come_after_repairs_and_plans():
    first_round = [rung.stage for number, rung in islice(ladder(), 20) if number == 1]
    late = {Stage.WIDER, Stage.TIER}
    early = [first_round.index(stage) for stage in (Stage.REPAIR, Stage.PART, Stage.PLAN)]
    assert all(first_round.index(stage) > max(early) for stage in late)


def test_rounds_go_on_with_fresh_samples():
    rounds = [number for number, rung in islice(ladder(), 60) if rung.stage is Stage.SAMPLE]
    assert rounds[:4] == [0, 1, 2, 3]
