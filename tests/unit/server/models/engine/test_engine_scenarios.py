"""The engine's bookkeeping on a fake model: whatever comes when, answers and cells are right."""

import functools
import threading
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.models.engine.llama import MAX_SEQUENCES
from server.models.engine.scheduler import StepLimits
from server.models.engine.sequence import Request
from tests.unit.server.models.engine.fake_llama import END, FakeLlama, next_token
from tests.unit.server.models.engine.scenario import Scenario

ROLES = [[3] * 40, [3] * 40 + [4] * 40, [5] * 50, []]
PROMPTS = st.builds(
    lambda role, own, tail: [*role, *[6] * own, tail],
    st.sampled_from(ROLES),
    st.integers(0, 40),
    st.integers(0, 3),
)
ASK = st.fixed_dictionaries(
    {
        "prompt": PROMPTS,
        "n": st.sampled_from([1, 1, 2, 4]),
        "max_tokens": st.sampled_from([1, 8, 60]),
        "rank": st.integers(0, 2),
        "strict": st.sampled_from([False, False, False, True]),
        "stable": st.sampled_from([0, 40]),
    }
)
ACTIONS = st.lists(
    st.tuples(
        st.integers(0, 12),
        st.one_of(
            ASK,
            ASK,
            st.tuples(st.sampled_from(["cancel", "expire"]), st.integers(0, 30)),
            st.sampled_from(["pause", "resume"]),
        ),
    ),
    max_size=25,
)


def perform(scenario: Scenario, action: Any) -> None:
    if isinstance(action, dict):
        scenario.ask(**action)
    elif action in ("pause", "resume"):
        scenario.engine.pause(action == "pause")
    elif scenario.requests:
        kind, number = action
        identifier = number % len(scenario.requests) + 1
        (scenario.cancel if kind == "cancel" else scenario.expire)(identifier)


@pytest.mark.parametrize("recurrent", [False, True])
@given(
    actions=ACTIONS,
    failures=st.sets(st.integers(1, 60), max_size=2),
    memory=st.sampled_from([0, 300, 1 << 20]),
)
@settings(max_examples=150, deadline=None)
def test_whatever_comes_when_answers_are_right_and_nothing_stays(
    recurrent: bool, actions: list[tuple[int, Any]], failures: set[int], memory: int
):
    llama = FakeLlama(192, recurrent=recurrent)
    llama.failures = failures
    scenario = Scenario(llama, memory_bytes=memory)
    for steps, action in actions:
        scenario.amid += [None] * steps
        scenario.amid.append(functools.partial(perform, scenario, action))
    scenario.run()
    scenario.check_the_end()


def with_a_long_answer(prompt: list[int], tokens: int) -> list[int]:
    """The prompt with an ending after which the model says at least so much."""

    def length(asked: list[int]) -> int:
        said = list(asked)
        while len(said) < len(asked) + tokens and (token := next_token(said, 0)) != END:
            said.append(token)
        return len(said) - len(asked)

    return next(asked for tail in range(10_000) if length(asked := [*prompt, tail]) == tokens)


def test_what_a_person_leaves_in_the_cache_gives_way_to_the_work_that_goes_on():
    scenario = Scenario(FakeLlama(192))
    work = scenario.ask(with_a_long_answer([6] * 60, 120), max_tokens=120, rank=2)
    scenario.amid += [None] * 5
    scenario.amid.append(lambda: scenario.ask([7] * 50, max_tokens=5, rank=0))
    scenario.run()
    assert scenario.completions[work][0]["finish_reason"] == "length"
    scenario.check_the_end()


def test_a_better_class_gets_a_slot_when_others_have_them_all():
    scenario = Scenario(FakeLlama(1024), limits=StepLimits(running=MAX_SEQUENCES))
    scenario.ask([6] * 5, n=MAX_SEQUENCES, max_tokens=8, rank=2)
    scenario.amid.append(lambda: scenario.ask([7] * 5, rank=0))
    scenario.run()
    scenario.check_the_end()


def test_a_dead_end_of_one_candidate_ends_its_request_alone():
    scenario = Scenario(FakeLlama())
    dead = scenario.ask([6], n=4, max_tokens=200, strict=True)
    other = scenario.ask([7], n=2)
    scenario.run()
    assert scenario.endings == {dead: ["errora dead end"], other: ["done"]}
    scenario.check_the_end()


def test_the_end_of_a_step_may_come_while_a_request_is_handed_in():
    scenario = Scenario(FakeLlama())
    scenario.engine._rank = 0

    class Asked(Request):
        @property
        def rank(self) -> int:
            scenario.engine._rank = None  # as the engine's own thread does
            return 1

        @rank.setter
        def rank(self, _: int) -> None:
            pass

    scenario.engine.submit(Asked(1, 1, np.zeros(1, np.int32), 0, 1, None))


def test_room_that_is_not_there_costs_nobody_a_prefix():
    """What waits for its class to finish changes nothing meanwhile."""
    scenario = Scenario(FakeLlama(192), memory_bytes=0)
    kept = [5] * 50
    scenario.ask([*kept, 1], max_tokens=1)
    scenario.idle.append(lambda: scenario.ask(with_a_long_answer([6], 90), max_tokens=90))
    scenario.idle.append(lambda: None)
    scenario.amid += [None] * 8
    scenario.amid.append(lambda: scenario.ask([7] * 100, max_tokens=50))
    scenario.amid += [None] * 5
    seen: list[int] = []
    scenario.amid.append(
        lambda: seen.append(scenario.prefixes.match(np.asarray(kept, np.int32)).length)
    )
    scenario.run()
    assert seen == [50]
    scenario.check_the_end()


def test_a_deadline_that_is_centuries_away_can_be_waited_for(
    monkeypatch: pytest.MonkeyPatch,
):
    scenario = Scenario(FakeLlama())
    waited: list[float | None] = []
    identifier = scenario.ask([6])
    scenario.requests[identifier].deadline = 1e300
    scenario.engine.pause(True)
    monkeypatch.setattr(scenario.engine._wake, "wait", waited.append)
    scenario.engine._obey()
    scenario.engine._rest()
    assert waited[0] is not None
    assert waited[0] <= threading.TIMEOUT_MAX
