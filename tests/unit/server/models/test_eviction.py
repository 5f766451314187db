from hypothesis import given, settings
from hypothesis import strategies as st

from agents.inference import Tier
from server.models.eviction import Resident, make_room, next_expiry, past_ttl


def idle(name: str, size: int, last_used: float = 0.0, **fields: object) -> Resident:
    return Resident(name, size, last_used, **fields)  # type: ignore[arg-type]


def busy(name: str, size: int) -> Resident:
    return Resident(name, size, 0.0, in_use=True)


def test_nothing_leaves_while_there_is_room():
    assert make_room([idle("a", 4)], 6, 10).evict == ()


def test_the_least_recently_used_leaves_first():
    plan = make_room([idle("new", 5, 9), idle("old", 5, 1)], 5, 10)
    assert (plan.outcome, plan.evict) == ("fits", ("old",))


def test_a_model_that_takes_long_to_load_is_kept_longer():
    slow, quick = idle("slow", 5, 1, load_seconds=60), idle("quick", 5, 100)
    assert make_room([slow, quick], 5, 10).evict == ("quick",)


def test_stronger_tiers_leave_first_among_equals():
    both = [idle("a-standard", 5), idle("heavy", 5, tier=Tier.HEAVY)]
    assert make_room(both, 5, 10).evict == ("heavy",)


def test_a_small_old_one_is_spared_when_the_big_one_must_leave_anyway():
    assert make_room([idle("small", 1, 1), idle("big", 9, 2)], 9, 10).evict == ("big",)


def test_one_in_use_is_waited_for():
    plan = make_room([busy("busy", 6), idle("idle", 2)], 5, 10)
    assert (plan.outcome, plan.evict) == ("wait", ())


def test_more_than_the_budget_never_fits_and_the_numbers_are_told():
    plan = make_room([idle("a", 4)], 11, 10)
    assert (plan.outcome, plan.needed, plan.held, plan.budget) == ("never", 11, 4, 10)


def test_idle_models_past_their_time_leave_and_those_in_use_stay():
    there = [idle("young", 1, 95), idle("old", 1, 20), idle("older", 1, 10), busy("busy", 1)]
    assert past_ttl(there, now=100, ttl=60) == ("older", "old")


def test_the_next_expiry_is_that_of_the_longest_idle():
    assert next_expiry([idle("a", 1, 20), idle("b", 1, 10), busy("c", 1)], ttl=60) == 70
    assert next_expiry([busy("c", 1)], ttl=60) is None


RESIDENTS = st.lists(
    st.builds(
        Resident,
        id=st.uuids().map(str),
        bytes=st.integers(0, 50),
        last_used=st.integers(0, 100).map(float),
        in_use=st.booleans(),
        tier=st.sampled_from(Tier),
        load_seconds=st.integers(0, 20).map(float),
    ),
    max_size=8,
    unique_by=lambda each: each.id,
)
SIZES = st.integers(0, 150)
several = settings(deadline=None, database=None)


@several
@given(RESIDENTS, SIZES, SIZES)
def test_one_in_use_never_leaves(residents: list[Resident], needed: int, budget: int):
    plan = make_room(residents, needed, budget)
    assert not {each.id for each in residents if each.in_use} & set(plan.evict)
    assert len(set(plan.evict)) == len(plan.evict)


@several
@given(RESIDENTS, SIZES, SIZES)
def test_the_model_fits_or_the_plan_says_that_it_cannot(
    residents: list[Resident], needed: int, budget: int
):
    plan = make_room(residents, needed, budget)
    used = sum(each.bytes for each in residents if each.in_use)
    left = sum(each.bytes for each in residents if each.id not in plan.evict)
    if plan.outcome == "fits":
        assert left + needed <= budget
    else:
        assert plan.evict == ()
        assert used + needed > budget
        assert (plan.outcome == "never") == (needed > budget)


@several
@given(RESIDENTS, SIZES, SIZES)
def test_nobody_leaves_without_need(residents: list[Resident], needed: int, budget: int):
    plan = make_room(residents, needed, budget)
    size = {each.id: each.bytes for each in residents}
    left = sum(size.values()) - sum(size[name] for name in plan.evict)
    assert all(left + size[name] + needed > budget for name in plan.evict)


@several
@given(RESIDENTS, st.integers(0, 120).map(float), st.integers(0, 50).map(float))
def test_exactly_the_idle_ones_past_their_time_leave(
    residents: list[Resident], now: float, ttl: float
):
    leaving = past_ttl(residents, now, ttl)
    expiry = next_expiry(residents, ttl)
    assert bool(leaving) == (expiry is not None and expiry <= now)
    assert not {each.id for each in residents if each.in_use} & set(leaving)
