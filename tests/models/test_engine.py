"""The engine on a real model: what joins, leaves and shares never changes an answer."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server.models.engine.kv_cache import KVCache
from server.models.engine.llama import Llama, LoadOptions
from tests.models.engine_thread import EngineThread, logit_gap, the_one

pytestmark = pytest.mark.model

FRANCE = "What is the capital of France?"
LONG = " ".join(f"Item {number} is a box." for number in range(60))
ENDLESS: dict[str, Any] = {
    "max_tokens": 200,
    "json_schema": {"type": "array", "items": {"type": "string", "minLength": 9}, "minItems": 100},
}


@pytest.fixture(scope="module")
def llama(gguf: Path) -> Llama:
    return Llama(LoadOptions(str(gguf), 1024, 2))


@pytest.fixture
def kv(llama: Llama) -> KVCache:
    return KVCache(llama)


@pytest.fixture
def engine(llama: Llama, kv: KVCache) -> Iterator[EngineThread]:
    with EngineThread(llama, kv) as thread:
        yield thread
    thread.prefixes.clear()
    assert kv.used == 0
    assert all(llama.sequence_length(slot) == 0 for slot in range(64))


def test_an_answer_beside_others_is_the_answer_alone_up_to_rounding(
    engine: EngineThread, llama: Llama, kv: KVCache
):
    questions = [FRANCE, "Count to ten.", "Name a colour.", "What is a dog?"]
    alone = [the_one(engine.completions(engine.ask(each))) for each in questions]
    together = [engine.ask(each) for each in questions]
    beside = [the_one(engine.completions(each)) for each in together]
    for question, one, other in zip(questions, alone, beside, strict=True):
        assert logit_gap(llama, kv, question, one["text"], other["text"]) < 0.5


def test_candidates_share_the_prompt_and_differ(engine: EngineThread):
    completions = engine.completions(engine.ask("Write a story.", n=6, temperature=1.0))
    assert [each["index"] for each in completions] == [0, 1, 2, 3, 4, 5]
    assert len({each["text"] for each in completions}) == 6
    prompt = completions[0]["prompt_tokens"]
    assert [each["cached_tokens"] for each in completions[1:]] == [prompt - 1] * 5


def test_requests_that_begin_alike_read_the_beginning_once(engine: EngineThread):
    asked = [engine.ask(f"Question {number}.", system=LONG) for number in range(4)]
    first, *others = [the_one(engine.completions(each)) for each in asked]
    assert first["cached_tokens"] == 0
    assert all(each["cached_tokens"] > 0.95 * each["prompt_tokens"] - 16 for each in others)


def test_a_prefix_that_left_the_kv_cache_comes_back(
    engine: EngineThread, llama: Llama, kv: KVCache
):
    before = the_one(engine.completions(engine.ask("Hello.", system=LONG)))
    for number in range(4):  # each is longer than the KV cache may keep: all leave it
        engine.completions(engine.ask(f"{number} {LONG}"))
    again = the_one(engine.completions(engine.ask("Hello.", system=LONG)))
    assert again["cached_tokens"] == again["prompt_tokens"] - 1
    assert logit_gap(llama, kv, "Hello.", before["text"], again["text"], LONG) < 0.5


def test_cancel_leaves_what_others_share(engine: EngineThread, llama: Llama, kv: KVCache):
    before = the_one(engine.completions(engine.ask(FRANCE)))["text"]
    endless = engine.ask(FRANCE, n=3, **ENDLESS)
    engine.wait_for(lambda event: event["id"] == endless and event["event"] == "text")
    again = engine.ask(FRANCE)
    engine.engine.cancel(endless)
    assert {each["finish_reason"] for each in engine.completions(endless)} == {"cancelled"}
    after = the_one(engine.completions(again))["text"]
    assert logit_gap(llama, kv, FRANCE, before, after) < 0.5


def test_a_prompt_is_left_in_the_middle_and_nothing_wrong_stays(
    engine: EngineThread, llama: Llama, kv: KVCache
):
    before = the_one(engine.completions(engine.ask(FRANCE)))["text"]
    for _ in range(5):
        long = engine.ask(LONG)
        engine.engine.cancel(long)
        assert the_one(engine.completions(long))["completion_tokens"] == 0
        after = the_one(engine.completions(engine.ask(FRANCE)))["text"]
        assert logit_gap(llama, kv, FRANCE, before, after) < 0.5


def test_a_person_goes_before_what_is_decoded(engine: EngineThread):
    work = engine.ask("Go.", rank=2, **ENDLESS)
    engine.wait_for(lambda event: event["id"] == work)
    person = engine.ask(FRANCE, rank=0)
    engine.ended(person)
    assert not any(event["id"] == work and event["event"] == "done" for event in engine.events)
    started = next(at for at, event in enumerate(engine.events) if event["id"] == person)
    ended = engine.events.index(engine.ended(person))
    assert all(event["id"] == person for event in engine.events[started:ended])
    engine.engine.cancel(work)
    engine.ended(work)


def test_a_person_gets_the_cells_of_the_work_and_the_work_goes_on(
    engine: EngineThread, llama: Llama, kv: KVCache
):
    story = "Tell me a story."
    alone = the_one(engine.completions(engine.ask(story, max_tokens=200)))
    work = [engine.ask(story, max_tokens=200, n=3, rank=2) for _ in range(2)]
    engine.wait_for(lambda event: event["id"] == work[0])
    person = [engine.ask(f"{number} {LONG}", rank=0, max_tokens=400) for number in range(3)]
    assert all(engine.completions(each) for each in person)
    # All have ended before the gap is measured: a context decodes for one thread at a time.
    for completion in [c for each in work for c in engine.completions(each)]:
        assert logit_gap(llama, kv, story, alone["text"], completion["text"]) < 0.5
        assert completion["finish_reason"] in ("stop", "length")


def test_a_deadline_ends_an_answer_with_what_it_has(engine: EngineThread):
    asked = engine.ask("Go.", deadline_seconds=1.0, **ENDLESS)
    completion = the_one(engine.completions(asked))
    assert completion["finish_reason"] == "deadline"
    assert completion["text"]


def test_a_paused_engine_waits_and_goes_on(engine: EngineThread):
    engine.engine.pause(True)
    asked = engine.ask(FRANCE)
    assert not engine.events
    engine.engine.pause(False)
    assert the_one(engine.completions(asked))["text"]


def test_a_thousand_random_joins_leaves_and_cancels_lose_nothing(engine: EngineThread):
    dice = random.Random(1)
    open_requests: list[int] = []
    for number in range(1000):
        if open_requests and dice.random() < 0.4:
            engine.engine.cancel(open_requests.pop(dice.randrange(len(open_requests))))
        elif number % 50 == 0 and open_requests:
            engine.ended(open_requests.pop())
        else:
            question = dice.choice([FRANCE, LONG[: dice.randrange(300)], f"Say {number}."])
            fields: dict[str, Any] = {"n": dice.choice([1, 1, 4]), "rank": dice.randrange(3)}
            open_requests.append(engine.ask(question, max_tokens=dice.randrange(1, 4), **fields))
    for request in range(1, engine._ids + 1):
        assert engine.ended(request)["event"] == "done"
    assert engine.engine.in_use()[0] == 0
