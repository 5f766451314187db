"""The decoder itself: aborted prompts and kept prefixes leave the same state as fresh ones."""

import itertools
from pathlib import Path

import pytest

from server.models.generation import GenerateRequest, generate
from server.models.llama import CancelledError, Llama, LoadOptions
from server.models.sampler import Sampling

pytestmark = pytest.mark.model

QUESTION = [{"role": "user", "content": "What is the capital of France?"}]
LONG = [{"role": "user", "content": " ".join(f"Item {number} is a box." for number in range(50))}]


@pytest.fixture(scope="module")
def llama(gguf: Path) -> Llama:
    return Llama(LoadOptions(str(gguf), 1024, 1, batch=128))


def answer(llama: Llama, cancelled=lambda: False, max_tokens: int = 16):
    return generate(
        llama, GenerateRequest(QUESTION, max_tokens, Sampling()), cancelled, lambda _: None
    )


@pytest.mark.parametrize("checks", [1, 50, 1500])
def test_a_prompt_is_left_in_the_middle_and_nothing_wrong_stays(llama: Llama, checks: int):
    before = answer(llama).text
    counter = itertools.count(1)
    tokens = llama.prompt_tokens(LONG)
    with pytest.raises(CancelledError):
        llama.prefill(tokens, lambda: next(counter) >= checks)
    assert answer(llama).text == before
    assert llama.prefill(tokens, lambda: False) < len(tokens) - 1


def test_whole_batches_read_before_the_cancel_are_kept(llama: Llama):
    answer(llama)
    counter = itertools.count(1)
    tokens = llama.prompt_tokens(LONG)
    with pytest.raises(CancelledError):
        llama.prefill(tokens, lambda: next(counter) >= 1500)
    assert llama.prefill(tokens, lambda: False) >= 128


def test_cancel_stops_generation_within_one_step(llama: Llama):
    whole = answer(llama)
    assert whole.completion_tokens > 3
    cut = answer(llama, lambda: llama.cached_tokens >= whole.prompt_tokens + 2)
    assert cut.finish_reason == "cancelled"
    assert cut.completion_tokens == 2
    assert whole.text.startswith(cut.text)
