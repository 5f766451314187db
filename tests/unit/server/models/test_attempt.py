import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from agents.inference import (
    ChatTurn,
    Completion,
    CompletionRequest,
    GenerationFailedError,
    ModelStatus,
    OnText,
    Tier,
)
from server.models.attempt import Attempt
from server.models.backend import CannotStartError
from server.models.worker_process import WorkerCrashedError

REQUEST = CompletionRequest("pm", (ChatTurn("user", "Hi."),), n=2)


class Model:
    """Answers each call as told: texts are streamed, errors raised, True is an answer."""

    def __init__(self, *calls: list[str | bool | Exception]) -> None:
        self._calls = list(calls)

    async def complete(
        self, request: CompletionRequest, on_text: OnText | None, *, patience: float
    ) -> AsyncGenerator[Completion, None]:
        for step in self._calls.pop(0):
            if isinstance(step, Exception):
                raise step
            if isinstance(step, str):
                assert on_text
                on_text(0, step)
            else:
                yield Completion("done", "stop", "m")

    async def count_tokens(self, request: CompletionRequest, *, patience: float) -> int:
        return 0

    async def context_window(self, *, patience: float) -> int:
        return 0

    def could_run(self) -> bool:
        return True

    def status(self) -> ModelStatus:
        return ModelStatus("m", Tier.STANDARD, "ready")

    async def close(self) -> None:
        pass


DIED = WorkerCrashedError("It died.")


async def tried(model: Model, listen: bool = True) -> tuple[list[str], int]:
    """What was streamed, and how many answers came."""
    shown: list[str] = []
    attempt = Attempt((lambda _, text: shown.append(text)) if listen else None)
    async with aclosing(attempt.at(model, REQUEST, 0)) as completions:
        count = len([each async for each in completions])
    return shown, count


async def test_a_model_that_dies_before_its_first_text_is_asked_once_more(
    caplog: pytest.LogCaptureFixture,
):
    assert await tried(Model([DIED], ["a", True, True])) == (["a"], 2)
    assert caplog.record_tuples[0][1] == logging.WARNING


async def test_a_model_that_dies_twice_gives_way():
    with pytest.raises(CannotStartError, match="It died"):
        await tried(Model([DIED], [DIED]))


async def test_text_that_nobody_saw_may_be_said_again():
    assert await tried(Model(["a", DIED], [True]), listen=False) == ([], 1)


@pytest.mark.parametrize("error", [DIED, CannotStartError("It is silent.")])
@pytest.mark.parametrize("begun", ["some text", True])
async def test_after_the_first_text_or_answer_nobody_starts_again(
    begun: str | bool, error: Exception
):
    with pytest.raises(GenerationFailedError) as caught:
        await tried(Model([begun, error], [True]))
    assert str(caught.value) == str(error)


async def test_a_model_that_cannot_start_gives_way_at_once():
    with pytest.raises(CannotStartError, match="missing"):
        await tried(Model([CannotStartError("missing")], [True]))


async def test_an_answer_that_is_refused_is_no_reason_to_ask_again():
    with pytest.raises(GenerationFailedError, match="grammar"):
        await tried(Model([GenerationFailedError("grammar")], [True]))
