from typing import cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.models.engine.sampler import Sampler
from server.models.engine.scheduler import (
    StepLimits,
    admission_order,
    has_room,
    plan_step,
    served_rank,
)
from server.models.engine.sequence import Request, Sequence
from server.models.engine.text_stream import TextStream

LIMITS = StepLimits(running=4, spare=2, prefill=90, prefill_beside_answers=30, prefill_share=3)
SAMPLER = cast(Sampler, None)


def request(
    identifier: int = 1, *, rank: int = 2, n: int = 1, tokens: int = 50, arrived: float = 0.0
) -> Request:
    prompt = np.zeros(tokens, np.int32)
    asked = Request(identifier, rank, prompt, 0, 10, None, arrived=arrived)
    asked.sequences = [
        Sequence(asked, index, SAMPLER, TextStream(), [0] * tokens) for index in range(n)
    ]
    return asked


def running(asked: Request, kept: int = 0) -> list[Sequence]:
    for sequence in asked.sequences:
        sequence.slot, sequence.kept = 0, kept
    return asked.sequences


def answering(asked: Request) -> list[Sequence]:
    return running(asked, len(asked.prompt) - 1)


@pytest.mark.parametrize(("ranks", "served"), [([2, 0, 1], 0), ([2, 2, 1], 1), ([], None)])
def test_the_best_class_alone_is_served(ranks: list[int], served: int | None):
    assert served_rank(request(rank=rank) for rank in ranks) == served


def test_requests_take_turns_in_getting_slots():
    first, second = request(1, n=3, arrived=1.0), request(2, n=2, arrived=2.0)
    order = [(each.request.id, each.index) for each in admission_order([second, first])]
    assert order == [(1, 0), (2, 0), (1, 1), (2, 1), (1, 2)]


def test_who_runs_less_goes_before_who_came_first():
    first, second = request(1, n=3, arrived=1.0), request(2, n=1, arrived=2.0)
    first.sequences[0].slot = 0
    order = [each.request.id for each in admission_order([first, second])]
    assert order == [2, 1, 1]


def test_spare_slots_are_for_requests_of_which_nothing_runs():
    some, nothing = request(n=5), request(2)
    some.sequences[0].slot = 0
    assert [has_room(some, count, LIMITS) for count in (3, 4, 5)] == [True, False, False]
    assert [has_room(nothing, count, LIMITS) for count in (4, 5, 6)] == [True, True, False]


def test_every_answer_gets_its_next_token_beside_the_prompts():
    answers, prompts = answering(request(n=4)), running(request(2, n=2))
    shares = {id(each.sequence): each.tokens for each in plan_step([*prompts, *answers], LIMITS)}
    assert [shares[id(each)] for each in answers] == [1, 1, 1, 1]
    assert [shares[id(each)] for each in prompts] == [15, 15]


def test_prompts_alone_have_the_whole_step():
    shares = plan_step(running(request(n=2)), LIMITS)
    assert [each.tokens for each in shares] == [45, 45]


def test_what_a_short_prompt_leaves_goes_to_the_long_ones():
    short, long = running(request(1, tokens=10)), running(request(2, n=2, tokens=500))
    shares = plan_step([*long, *short], LIMITS)
    assert [each.tokens for each in shares] == [10, 40, 40]


def test_only_the_first_few_prompts_are_read_together():
    prompts = [
        sequence
        for number in range(5, 0, -1)
        for sequence in running(request(number, arrived=float(number)))
    ]
    assert sorted(each.sequence.request.id for each in plan_step(prompts, LIMITS)) == [1, 2, 3]


@given(
    st.lists(st.tuples(st.integers(1, 300), st.integers(0, 300)), min_size=1, max_size=20),
    st.builds(
        StepLimits,
        prefill=st.integers(1, 300),
        prefill_beside_answers=st.integers(1, 100),
        prefill_share=st.integers(1, 6),
    ),
)
def test_every_step_goes_on_and_keeps_its_limits(sizes: list[tuple[int, int]], limits: StepLimits):
    sequences = [
        sequence
        for number, (tokens, kept) in enumerate(sizes)
        for sequence in running(request(number, tokens=tokens), min(kept, tokens - 1))
    ]
    shares = plan_step(sequences, limits)
    answers = [each for each in sequences if each.answering]
    read = [each for each in shares if not each.sequence.answering]
    budget = limits.prefill_beside_answers if answers else limits.prefill
    assert shares
    assert len({id(each.sequence) for each in shares}) == len(shares)
    assert all(1 <= each.tokens <= each.sequence.pending for each in shares)
    assert len(shares) - len(read) == len(answers)
    assert sum(each.tokens for each in read) <= max(budget, limits.prefill_share)
