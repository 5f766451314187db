from typing import Any, cast

import pytest

from server.models.engine import preparation
from server.models.engine.llama import Llama
from server.models.engine.preparation import PromptTooLong, prepare
from server.models.engine.sampler import GrammarError, Sampling
from server.models.engine.sequence import GenerateMessage


class Vocabulary:
    """As much of a model as preparation needs: a token per character."""

    context_window = 20
    vocab, vocab_size = None, 0

    def prompt_tokens(self, messages: list[dict[str, str]]) -> list[int]:
        return [ord(each) for message in messages for each in message["content"]]


class Samplers:
    """Counts those that are open; the fourth cannot be made."""

    def __init__(self) -> None:
        self.open = self.made = 0

    def __call__(self, *_: Any) -> "Samplers":
        self.made += 1
        if self.made == 4:
            raise GrammarError("no")
        self.open += 1
        return self

    def close(self) -> None:
        self.open -= 1


@pytest.fixture
def samplers(monkeypatch: pytest.MonkeyPatch) -> Samplers:
    made = Samplers()
    monkeypatch.setattr(preparation, "Sampler", made)
    return made


def asked(content: str = "hello", n: int = 1, **fields: Any) -> GenerateMessage:
    messages = [{"role": "user", "content": content}]
    values: dict[str, Any] = {"max_tokens": 5, "samplings": [Sampling()] * n} | fields
    return GenerateMessage(1, messages, **values)


def prepared(message: GenerateMessage) -> Any:
    return prepare(cast(Llama, Vocabulary()), message)


def test_each_candidate_has_the_prompt_for_itself(samplers: Samplers):
    request = prepared(asked(n=3))
    request.sequences[0].tokens.append(1)
    assert [len(each.tokens) for each in request.sequences] == [6, 5, 5]
    assert samplers.open == 3


def test_samplers_that_were_made_before_one_failed_are_freed(samplers: Samplers):
    with pytest.raises(GrammarError):
        prepared(asked(n=6))
    assert (samplers.made, samplers.open) == (4, 0)


@pytest.mark.parametrize(
    "message", [asked(n=0), asked(max_tokens=0), asked(max_tokens=-5), asked("")]
)
def test_what_asks_for_nothing_is_refused(samplers: Samplers, message: GenerateMessage):
    with pytest.raises(ValueError, match=r"At least one|empty"):
        prepared(message)
    assert samplers.made == 0


def test_prompt_and_answer_fit_the_window_or_the_numbers_are_told(samplers: Samplers):
    assert prepared(asked("x" * 15))
    with pytest.raises(PromptTooLong) as caught:
        prepared(asked("x" * 16))
    assert caught.value.numbers == (16, 5, 20)
    assert samplers.open == 1


def test_a_schema_and_a_grammar_together_are_refused(samplers: Samplers):
    with pytest.raises(GrammarError, match="not both"):
        prepared(asked(json_schema={}, grammar='root ::= "a"'))


def test_the_leading_system_message_is_what_other_requests_repeat(samplers: Samplers):
    system = {"role": "system", "content": "role"}
    message = asked()
    assert prepared(message).stable == 0
    message.messages.insert(0, system)
    assert prepared(message).stable == 4
