"""Two real models on one processor: one decodes at a time, and a person goes first."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agents.inference import ChatTurn, CompletionRequest, Priority, complete_one
from server.models.configuration import AgentModel, ModelSettings
from server.models.registry import ModelRegistry
from tests.models.workers import worker_pids

pytestmark = pytest.mark.model

ENDLESS = {"type": "array", "items": {"type": "string", "minLength": 9}, "minItems": 300}


@pytest.fixture
def two(gguf: Path, tmp_path: Path) -> ModelSettings:
    for name in "ab":
        (tmp_path / f"{name}.gguf").symlink_to(gguf)
    return ModelSettings(
        cache_dir=tmp_path,
        model=str(tmp_path / "a.gguf"),
        fallbacks=(),
        context_window=1024,
        threads=1,
        agents={"pm": AgentModel(model=str(tmp_path / "b.gguf"))},
    )


@pytest.fixture
async def registry(two: ModelSettings) -> AsyncIterator[ModelRegistry]:
    models = ModelRegistry(two)
    # Both in memory, so that the tests are about turns alone.
    await models.context_window("developer")
    await models.context_window("pm")
    yield models
    await models.close()


def ask(agent: str, priority: Priority, **fields: Any) -> CompletionRequest:
    values: dict[str, Any] = {"max_tokens": 4, "priority": priority} | fields
    return CompletionRequest(agent, (ChatTurn("user", "Go."),), **values)


class Work:
    """A long answer of model a, and when its words came."""

    def __init__(self, registry: ModelRegistry, tokens: int = 300) -> None:
        self.pieces: list[str] = []
        self.started = asyncio.Event()
        asked = ask("developer", Priority.BACKGROUND, max_tokens=tokens, json_schema=ENDLESS)
        self.task = asyncio.create_task(complete_one(registry, asked, self._heard))

    def _heard(self, _: int, text: str) -> None:
        self.pieces.append(text)
        self.started.set()


async def test_a_person_at_another_model_is_answered_in_the_middle_of_background_work(
    registry: ModelRegistry,
):
    work = Work(registry)
    await work.started.wait()
    counts: list[int] = []
    asked = ask("pm", Priority.INTERACTIVE, max_tokens=40, json_schema=ENDLESS)
    completion = await complete_one(registry, asked, lambda *_: counts.append(len(work.pieces)))
    assert completion.usage.completion_tokens == 40
    assert not work.task.done()
    # What had left the first model before it was paused may arrive; then it is silent.
    assert counts[-1] == counts[len(counts) // 2]
    assert (await work.task).usage.completion_tokens == 300


async def test_a_paused_request_shows_as_waiting(registry: ModelRegistry):
    work = Work(registry)
    await work.started.wait()
    async with aclosing(
        registry.complete(ask("pm", Priority.INTERACTIVE, max_tokens=60, json_schema=ENDLESS))
    ) as completions:
        asking = asyncio.create_task(anext(completions))
        while not (b := registry.statuses()[1]).running:
            await asyncio.sleep(0.01)
        a = registry.statuses()[0]
        assert (a.running, a.queue_length) == (0, 1)
        assert (b.running, b.queue_length) == (1, 0)
        await asking
    await work.task
    assert [(each.running, each.queue_length) for each in registry.statuses()] == [(0, 0), (0, 0)]


async def test_a_paused_answer_goes_on_where_it_was(registry: ModelRegistry):
    work = Work(registry)
    await work.started.wait()
    for _ in range(3):
        await complete_one(registry, ask("pm", Priority.INTERACTIVE))
    completion = await work.task
    assert completion.usage.completion_tokens == 300
    assert "".join(work.pieces) == completion.text


async def test_a_paused_answer_ends_at_its_deadline(registry: ModelRegistry):
    started = asyncio.Event()
    endless: dict[str, Any] = {"max_tokens": 900, "json_schema": ENDLESS}
    asked = ask("developer", Priority.BACKGROUND, deadline_seconds=1.5, **endless)
    work = asyncio.create_task(complete_one(registry, asked, lambda *_: started.set()))
    await started.wait()
    long = ask("pm", Priority.INTERACTIVE, **endless)
    person = asyncio.create_task(complete_one(registry, long))
    completion = await work
    assert completion.finish_reason == "deadline"
    assert completion.text
    assert not person.done()
    person.cancel()
    await asyncio.wait([person])


async def test_an_answer_that_waits_for_its_turn_ends_at_its_deadline(registry: ModelRegistry):
    work = Work(registry, tokens=900)
    await work.started.wait()
    asked = ask("pm", Priority.BACKGROUND, n=2, deadline_seconds=0.3)
    async with aclosing(registry.complete(asked)) as completions:
        found = [completion async for completion in completions]
    assert [(each.text, each.finish_reason) for each in found] == [("", "deadline")] * 2
    assert not work.task.done()
    work.task.cancel()
    await asyncio.wait([work.task])


async def test_a_model_killed_while_a_request_waits_for_its_turn_is_started_anew(
    registry: ModelRegistry,
):
    [first, second] = sorted(worker_pids())
    work = Work(registry)
    await work.started.wait()
    waiting = asyncio.create_task(complete_one(registry, ask("pm", Priority.BACKGROUND)))
    while not registry.statuses()[1].queue_length:
        await asyncio.sleep(0.01)
    os.kill(second, signal.SIGKILL)
    assert (await waiting).model == "b"
    assert first in worker_pids()
    assert second not in worker_pids()
    assert (await work.task).text


async def test_two_models_of_one_class_take_turns(two: ModelSettings):
    registry = ModelRegistry(replace(two, turn_seconds=0.3))
    await registry.context_window("developer")
    await registry.context_window("pm")
    order: list[str] = []

    async def work(agent: str) -> None:
        asked = ask(agent, Priority.REVIEW, max_tokens=200, json_schema=ENDLESS)
        await complete_one(registry, asked, lambda *_: order.append(agent))

    async with asyncio.TaskGroup() as group:
        group.create_task(work("developer"))
        group.create_task(work("pm"))
    first_of_pm, last_of_developer = order.index("pm"), len(order) - order[::-1].index("developer")
    assert first_of_pm < last_of_developer
    await registry.close()
