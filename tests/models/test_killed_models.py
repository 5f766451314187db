"""A model killed in each of its states: requests end cleanly, and the next is served."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agents.inference import (
    ChatTurn,
    Completion,
    CompletionRequest,
    GenerationFailedError,
    ModelUnavailableError,
    complete_one,
)
from server.models.configuration import ModelSettings
from server.models.registry import ModelRegistry
from tests.models.workers import worker_pids

pytestmark = pytest.mark.model

Eventually = Callable[[Callable[[], bool]], Awaitable[None]]
ENDLESS = {"type": "array", "items": {"type": "string", "minLength": 9}, "minItems": 300}
LONG = " ".join(f"Item {number} is a box." for number in range(120))


def ask(text: str = "Say hello.", **fields: Any) -> CompletionRequest:
    return CompletionRequest("developer", (ChatTurn("user", text),), **{"max_tokens": 4} | fields)


def kill_all(spared: set[int] | None = None) -> set[int]:
    pids = worker_pids() - (spared or set())
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    return pids


def state(registry: ModelRegistry) -> str:
    return registry.statuses()[0].state


async def served(registry: ModelRegistry) -> Completion:
    return await complete_one(registry, ask())


async def killed_while_starting(registry: ModelRegistry, eventually: Eventually) -> Completion:
    """The answer to a request whose model is killed; other models are left alone."""
    others = worker_pids()
    asked = asyncio.create_task(served(registry))
    await eventually(lambda: bool(kill_all(others)))
    return await asked


async def test_killed_while_starting_the_request_fails_and_the_next_is_served(
    registry: ModelRegistry, eventually: Eventually
):
    with pytest.raises(ModelUnavailableError, match="status -9"):
        await killed_while_starting(registry, eventually)
    assert state(registry) == "failed"
    assert (await served(registry)).text


async def test_killed_while_starting_another_model_answers_and_it_is_told(
    settings: ModelSettings, gguf: Path, tmp_path: Path, eventually: Eventually
):
    (tmp_path / "second.gguf").symlink_to(gguf)
    notices: list[str] = []
    two = replace(settings, fallbacks=(str(tmp_path / "second.gguf"),))
    registry = ModelRegistry(two, on_notice=notices.append)
    assert (await killed_while_starting(registry, eventually)).model == "second"
    assert len(notices) == 1
    assert "status -9" in notices[0]
    assert "Meanwhile second answers." in notices[0]
    await registry.close()


async def test_killed_while_idle_nobody_notices(registry: ModelRegistry, eventually: Eventually):
    await served(registry)
    killed = kill_all()
    assert (await served(registry)).text
    assert not killed & worker_pids()


async def test_killed_while_reading_the_prompt_the_request_is_asked_once_more(
    registry: ModelRegistry, eventually: Eventually
):
    await served(registry)
    asked = asyncio.create_task(complete_one(registry, ask(LONG)))
    await eventually(lambda: registry.statuses()[0].running == 1)
    kill_all()
    assert (await asked).text


async def test_killed_while_answering_what_was_not_shown_is_asked_once_more(
    registry: ModelRegistry,
):
    killed: list[int] = []

    async def kill_once() -> None:
        while registry.statuses()[0].running == 0:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.3)
        killed.extend(kill_all())

    killing = asyncio.create_task(kill_once())
    completion = await complete_one(registry, ask("Count.", max_tokens=200, json_schema=ENDLESS))
    await killing
    assert len(killed) == 1
    assert completion.usage.completion_tokens == 200


async def test_killed_after_words_were_shown_the_request_fails_and_nothing_is_said_twice(
    registry: ModelRegistry,
):
    shown: list[str] = []

    def show(_: int, text: str) -> None:
        shown.append(text)
        kill_all()

    with pytest.raises(GenerationFailedError, match="status -9"):
        await complete_one(registry, ask("Go.", max_tokens=900, json_schema=ENDLESS), show)
    length = len(shown)
    assert state(registry) == "stopped"
    assert (await served(registry)).text
    assert len(shown) == length


async def test_killed_while_stopping_its_memory_is_free_and_the_next_is_served(
    settings: ModelSettings, eventually: Eventually
):
    killed: list[int] = []

    def kill_when_stopping() -> None:
        if state(registry) == "stopping":
            killed.extend(kill_all())

    short = replace(settings, idle_seconds=0.05)
    registry = ModelRegistry(short, on_change=kill_when_stopping)
    await served(registry)
    await eventually(lambda: bool(killed) and state(registry) == "stopped")
    assert registry._residency.held == 0
    assert (await served(registry)).text
    await registry.close()


async def test_every_request_of_a_killed_model_ends(registry: ModelRegistry):
    await served(registry)
    asked = [
        asyncio.create_task(
            complete_one(registry, ask("Go.", max_tokens=900, json_schema=ENDLESS), lambda *_: None)
        )
        for _ in range(3)
    ]
    while registry.statuses()[0].running < 3:
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.5)
    kill_all()
    done = await asyncio.gather(*asked, return_exceptions=True)
    assert all(isinstance(each, (GenerationFailedError, Completion)) for each in done)
    [status] = registry.statuses()
    assert (status.running, status.queue_length) == (0, 0)


async def test_three_crashes_while_loading_mark_a_model_broken_and_the_fallback_is_used(
    settings: ModelSettings, gguf: Path, tmp_path: Path, eventually: Eventually
):
    (tmp_path / "second.gguf").symlink_to(gguf)
    two = replace(settings, fallbacks=(str(tmp_path / "second.gguf"),))
    registry = ModelRegistry(two, on_notice=lambda _: None)
    for _ in range(3):
        assert (await killed_while_starting(registry, eventually)).model == "second"
    before = worker_pids()
    assert (await served(registry)).model == "second"
    assert worker_pids() == before
    broken = registry.statuses()[0]
    assert broken.state == "failed"
    assert "crashed 3 times while loading" in broken.detail
    await registry.close()


async def test_a_broken_model_is_tried_again_when_its_file_has_changed(
    settings: ModelSettings, gguf: Path, tmp_path: Path, eventually: Eventually
):
    own = tmp_path / "own.gguf"
    own.write_bytes(gguf.read_bytes())
    registry = ModelRegistry(replace(settings, model=str(own)))
    for _ in range(3):
        with pytest.raises(ModelUnavailableError):
            await killed_while_starting(registry, eventually)
    with pytest.raises(ModelUnavailableError, match="crashed 3 times"):
        await served(registry)
    os.utime(own)
    assert (await served(registry)).text
    await registry.close()
