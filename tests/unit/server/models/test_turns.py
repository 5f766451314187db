from hypothesis import given, settings
from hypothesis import strategies as st

from server.models.turns import Decision, Turns

PERSON, REVIEW, BACKGROUND = 0, 1, 2


def test_nobody_has_the_turn_while_nobody_asks():
    assert Turns(10).decide(0) == Decision(None)


def test_requests_of_the_active_model_join_at_once():
    turns = Turns(10)
    turns.join("a", BACKGROUND, 0)
    turns.decide(0)
    turns.join("a", PERSON, 1)
    assert turns.decide(1) == Decision("a")
    assert turns.waiting("a") == 0


def test_a_person_takes_the_turn_from_background_work_and_gives_it_back():
    turns = Turns(10)
    turns.join("a", BACKGROUND, 0)
    turns.decide(0)
    person = turns.join("b", PERSON, 1)
    assert turns.decide(1).model == "b"
    assert turns.waiting("a") == 1
    turns.leave(person)
    assert turns.decide(2).model == "a"


def test_background_work_does_not_interrupt_a_person():
    turns = Turns(10)
    turns.join("a", PERSON, 0)
    turns.decide(0)
    turns.join("b", BACKGROUND, 0)
    assert turns.decide(1000) == Decision("a")


def test_a_turn_ends_in_bounded_time_when_another_model_waits_in_the_same_class():
    turns = Turns(10)
    turns.join("a", REVIEW, 0)
    turns.decide(0)
    turns.join("b", REVIEW, 3)
    assert turns.decide(3) == Decision("a", until=10)
    assert turns.decide(9.9).model == "a"
    assert turns.decide(10) == Decision("b", until=20)
    assert turns.decide(20).model == "a"


def test_new_requests_of_the_active_model_do_not_lengthen_its_turn():
    turns = Turns(10)
    turns.join("a", REVIEW, 0)
    turns.decide(0)
    turns.join("b", REVIEW, 1)
    turns.join("a", REVIEW, 9)
    assert turns.decide(10).model == "b"


def test_the_oldest_waiting_request_decides_which_model_is_next():
    turns = Turns(10)
    first = turns.join("a", REVIEW, 0)
    turns.decide(0)
    turns.join("c", REVIEW, 1)
    turns.join("b", REVIEW, 2)
    turns.leave(first)
    assert turns.decide(3).model == "c"


def test_requests_that_leave_while_waiting_are_forgotten():
    turns = Turns(10)
    turns.join("a", REVIEW, 0)
    turns.decide(0)
    turns.leave(turns.join("b", PERSON, 1))
    assert turns.decide(1) == Decision("a")


EVENTS = st.lists(
    st.tuples(
        st.sampled_from("abc"), st.sampled_from([PERSON, REVIEW, BACKGROUND]), st.integers(0, 9)
    ),
    min_size=1,
    max_size=12,
)


@settings(deadline=None, database=None)
@given(EVENTS, st.data())
def test_the_turn_is_always_with_the_best_class(events, data):
    turns, now, there = Turns(10), 0.0, {}
    for model, rank, pause in events:
        now += pause
        there[turns.join(model, rank, now)] = (model, rank)
        if data.draw(st.booleans()):
            gone = data.draw(st.sampled_from(sorted(there)))
            turns.leave(gone)
            del there[gone]
        active = turns.decide(now).model
        best = min((rank for _, rank in there.values()), default=None)
        assert active in {model for model, rank in there.values() if rank == best} or not there


@settings(deadline=None, database=None)
@given(st.permutations("abcde"), st.integers(1, 5))
def test_every_model_of_one_class_gets_its_turn_within_one_round(models, tickets):
    turns = Turns(10)
    for model in models:
        for _ in range(tickets):
            turns.join(model, REVIEW, 0)
    seen: list[str] = []
    now = 0.0
    for _ in models:
        decision = turns.decide(now)
        assert decision.model is not None
        seen.append(decision.model)
        assert decision.until is not None
        now = decision.until
    assert sorted(seen) == sorted(models)
