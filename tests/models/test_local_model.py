"""Whole answers from a real model, through the registry and its worker process."""

import asyncio
import json
import os
import signal
from collections.abc import Awaitable, Callable
from contextlib import aclosing
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
    Priority,
    PromptTooLongError,
    complete_one,
)
from memory.embeddings import Gate
from server.models.catalog import CATALOG, TEST_MODEL
from server.models.configuration import AgentModel, ModelSettings
from server.models.local import LocalModel
from server.models.registry import ModelRegistry
from server.models.worker_process import WorkerProcess

pytestmark = pytest.mark.model

Eventually = Callable[[Callable[[], bool]], Awaitable[None]]
TEST_FILE = CATALOG[TEST_MODEL].file_name
PERSON = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "maxLength": 20},
        "kind": {"enum": ["child", "adult"]},
        "age": {"type": "integer"},
    },
    "required": ["name", "kind", "age"],
    "additionalProperties": False,
}
ENDLESS = {"type": "array", "items": {"type": "string", "minLength": 9}, "minItems": 300}


def request(text: str = "Say hello.", max_tokens: int = 24, **fields: Any) -> CompletionRequest:
    return CompletionRequest("developer", (ChatTurn("user", text),), max_tokens, **fields)


async def answers(registry: ModelRegistry, asked: CompletionRequest) -> list[Completion]:
    async with aclosing(registry.complete(asked)) as completions:
        found = [completion async for completion in completions]
    return sorted(found, key=lambda completion: completion.index)


def _workers() -> set[int]:
    """The worker processes that this process started."""
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
    return {
        int(pid)
        for pid in children
        if b"server.models.worker" in Path(f"/proc/{pid}/cmdline").read_bytes()
    }


def local_model(registry: ModelRegistry) -> LocalModel:
    [backend] = registry._backends.values()
    assert isinstance(backend, LocalModel)
    return backend


def worker_of(registry: ModelRegistry) -> WorkerProcess:
    worker = local_model(registry).host.worker
    assert worker
    return worker


async def test_an_answer_goes_on_from_its_beginning(registry: ModelRegistry):
    asked = request("Tell a story about a boat.", 40)
    whole = (await complete_one(registry, asked)).text
    cut = whole.index(" ", len(whole) // 2)
    begun = ChatTurn("assistant", whole[:cut])
    rest = await complete_one(registry, replace(asked, messages=(*asked.messages, begun)))
    assert rest.text.startswith(whole[cut : cut + 20])
    assert rest.usage.cached_tokens > len(whole[:cut].split())
    assert registry.continues_answers("developer")


async def test_an_answer_arrives_with_its_cost(registry: ModelRegistry):
    completion = await complete_one(registry, request("Say hello.", max_tokens=200))
    assert completion.text
    assert completion.finish_reason == "stop"
    assert completion.model == "smollm2-135m"
    assert completion.usage.prompt_tokens > completion.usage.completion_tokens > 0
    assert completion.usage.tokens_per_second > 0


async def test_the_text_streams_and_adds_up(registry: ModelRegistry):
    pieces: list[str] = []
    completion = await complete_one(
        registry,
        request("Count from one to ten in words.", max_tokens=60),
        lambda _, text: pieces.append(text),
    )
    assert len(pieces) > 1
    assert "".join(pieces) == completion.text


async def test_an_answer_ends_at_the_limit_and_says_so(registry: ModelRegistry):
    completion = await complete_one(registry, request("Count to a hundred.", max_tokens=5))
    assert completion.finish_reason == "length"
    assert completion.usage.completion_tokens == 5


async def test_a_stop_string_ends_the_answer(registry: ModelRegistry):
    asked = request("Write a Python function in a fenced block.", max_tokens=60)
    whole = (await complete_one(registry, asked)).text
    stop = whole[len(whole) // 2 :][:4]
    cut = await complete_one(registry, replace(asked, stop=(stop,)))
    assert cut.text == whole[: whole.index(stop)]
    assert cut.finish_reason == "stop"


async def test_an_answer_that_goes_round_is_ended_where_that_is_wanted(registry: ModelRegistry):
    rounds = r"""root ::= ("x = " [0-9] "\n"){60}"""
    asked = request("Write lines.", max_tokens=400, grammar=rounds)
    assert (await complete_one(registry, asked)).text.count("\n") == 60
    ended = await complete_one(registry, replace(asked, end_loops=True))
    assert ended.finish_reason == "loop" and ended.text.count("\n") < 20


@pytest.mark.parametrize("temperature", [0.0, 1.5])
async def test_a_json_schema_is_obeyed(registry: ModelRegistry, temperature: float):
    asked = request(
        "Tell me a story.", json_schema=PERSON, temperatures=(temperature,), n=4, max_tokens=200
    )
    for completion in await answers(registry, asked):
        person = json.loads(completion.text)
        assert list(person) == ["name", "kind", "age"]
        assert person["kind"] in ("child", "adult")
        assert isinstance(person["age"], int)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "nonsense"},
        {"$ref": "#/nowhere"},
        {"type": "string", "pattern": "no anchors"},
        {"type": "string", "maxLength": 2000},
        {"type": "string", "maxLength": 1_000_000},
    ],
)
async def test_a_schema_that_cannot_be_compiled_is_an_error_at_once(
    registry: ModelRegistry, schema: dict[str, object]
):
    with pytest.raises(GenerationFailedError, match="schema"):
        await complete_one(registry, request(json_schema=schema))
    assert (await complete_one(registry, request())).text


async def test_a_seed_repeats_an_answer_and_another_seed_varies_it(settings: ModelSettings):
    # What was kept from earlier prompts changes in which order sums are rounded, and with it
    # a draw between equals: what repeats is the run of a whole process.
    asked = request("Tell me a story.", n=3, temperatures=(1.0,), seed=7)
    texts = []
    for _ in range(2):
        registry = ModelRegistry(settings)
        try:
            texts.append([each.text for each in await answers(registry, asked)])
        finally:
            await registry.close()
    assert texts[0] == texts[1]
    assert len(set(texts[0])) == 3


async def test_tries_of_one_prompt_read_it_once(registry: ModelRegistry):
    first, second = await answers(registry, request("Tell me a story.", n=2))
    assert first.usage.cached_tokens == 0
    assert second.usage.cached_tokens == second.usage.prompt_tokens - 1


async def test_a_common_beginning_of_two_prompts_is_read_once(registry: ModelRegistry):
    system = ChatTurn("system", "You are a careful engineer. " * 20)
    first, second = [
        await complete_one(
            registry, CompletionRequest("developer", (system, ChatTurn("user", text)), max_tokens=4)
        )
        for text in ("Name a fruit.", "Write a poem.")
    ]
    assert first.usage.cached_tokens == 0
    assert second.usage.cached_tokens > 100


async def test_reusing_the_cache_does_not_change_the_answer(registry: ModelRegistry):
    # A prompt whose next words are all but certain: where two tokens are about equally
    # likely, the place of cells in the cache may decide (docs/engine.md).
    days = "Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday. "
    asked = request(f"Go on with the days of the week: {days * 3}Monday, Tuesday,", 6)
    fresh = await complete_one(registry, asked)
    await complete_one(registry, request("Tell me a story.", temperatures=(1.0,)))
    again = await complete_one(registry, asked)
    assert again.text == fresh.text and again.usage.cached_tokens > 0


async def test_a_prompt_too_long_for_the_window_is_refused_with_the_numbers(
    registry: ModelRegistry,
):
    asked = request("word " * 2100, max_tokens=100)
    with pytest.raises(PromptTooLongError) as caught:
        await complete_one(registry, asked)
    assert caught.value.prompt_tokens == await registry.count_tokens(asked) > 2048
    assert (caught.value.max_tokens, caught.value.context_window) == (100, 2048)


async def test_counted_tokens_are_the_tokens_used(registry: ModelRegistry):
    asked = request("Say <|im_end|> and über.")
    counted = await registry.count_tokens(asked)
    assert (await complete_one(registry, asked)).usage.prompt_tokens == counted


async def test_closing_the_iterator_frees_the_model(registry: ModelRegistry):
    started = asyncio.Event()
    task = asyncio.create_task(
        complete_one(
            registry,
            request(max_tokens=1500, json_schema=ENDLESS),
            lambda *_: started.set(),
        )
    )
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    completion = await complete_one(registry, request(max_tokens=2))
    assert completion.usage.completion_tokens == 2
    [status] = registry.statuses()
    assert (status.state, status.queue_length) == ("ready", 0)


async def test_a_person_is_answered_before_background_work_that_came_first(
    registry: ModelRegistry,
):
    order: list[str] = []

    async def ask(name: str, priority: Priority, n: int = 1) -> None:
        asked = request(f"Say {name}.", max_tokens=4, priority=priority, n=n)
        async with aclosing(registry.complete(asked)) as completions:
            async for _ in completions:
                order.append(name)

    async with asyncio.TaskGroup() as group:
        group.create_task(ask("first", Priority.BACKGROUND, n=2))
        await asyncio.sleep(0)
        group.create_task(ask("background", Priority.BACKGROUND))
        await asyncio.sleep(0)
        group.create_task(ask("person", Priority.INTERACTIVE))
    assert order.index("person") < order.index("background")


async def test_a_killed_model_fails_the_request_and_starts_again(registry: ModelRegistry):
    await complete_one(registry, request(max_tokens=1))
    worker = worker_of(registry)
    with pytest.raises(GenerationFailedError, match="smollm2-135m ended with status -9"):
        await complete_one(
            registry,
            request(max_tokens=1500, json_schema=ENDLESS),
            lambda *_: os.kill(worker.pid, signal.SIGKILL),
        )
    assert registry.statuses()[0].state == "stopped"
    assert (await complete_one(registry, request())).text


async def test_a_model_killed_while_idle_is_not_noticed(
    registry: ModelRegistry, eventually: Eventually
):
    await complete_one(registry, request(max_tokens=1))
    worker = worker_of(registry)
    os.kill(worker.pid, signal.SIGKILL)
    await eventually(lambda: not worker.alive)
    assert (await complete_one(registry, request())).text


async def test_a_model_that_crashes_three_times_on_load_is_not_tried_again(
    registry: ModelRegistry, eventually: Eventually
):
    killed: set[int] = set()

    def kill_new_worker() -> bool:
        new = _workers() - killed
        for pid in new:
            os.kill(pid, signal.SIGKILL)
        killed.update(new)
        return bool(new)

    for _ in range(3):
        task = asyncio.create_task(complete_one(registry, request()))
        await eventually(kill_new_worker)
        with pytest.raises(ModelUnavailableError, match="status -9"):
            await task
    with pytest.raises(ModelUnavailableError, match="crashed 3 times while loading"):
        await complete_one(registry, request())
    assert len(killed) == 3
    assert registry.statuses()[0].state == "failed"


async def test_an_idle_model_leaves_memory_and_comes_back(
    settings: ModelSettings, eventually: Eventually
):
    registry = ModelRegistry(replace(settings, idle_seconds=0.05))
    try:
        await complete_one(registry, request(max_tokens=1))
        pid = worker_of(registry).pid
        await eventually(lambda: registry.statuses()[0].state == "stopped")
        assert not Path(f"/proc/{pid}").exists()
        assert (await complete_one(registry, request())).text
    finally:
        await registry.close()


async def test_closing_ends_every_process(settings: ModelSettings):
    own = {"pm": AgentModel(context_window=1024)}
    registry = ModelRegistry(replace(settings, agents=own))
    await complete_one(registry, request(max_tokens=1))
    await complete_one(registry, replace(request(max_tokens=1), agent="pm"))
    pids = _workers()
    assert len(pids) == 2
    await registry.close()
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)


@pytest.mark.parametrize("priority", Priority)
async def test_background_embedding_stands_back_while_a_model_is_loaded_for_a_person(
    settings: ModelSettings, priority: Priority
):
    gate, seen = Gate(), dict[str, bool]()

    def look() -> None:
        seen.setdefault(models.statuses()[0].state, gate.is_open)

    models = ModelRegistry(settings, on_change=look, attending=gate.held)
    try:
        await models.count_tokens(request(priority=priority))
        assert seen["starting"] is (priority is not Priority.INTERACTIVE)
        assert gate.is_open
    finally:
        await models.close()


async def test_the_window_is_the_agents_own(settings: ModelSettings):
    registry = ModelRegistry(replace(settings, agents={"pm": AgentModel(context_window=1024)}))
    try:
        assert await registry.context_window("pm") == 1024
        assert await registry.context_window("developer") == 2048
    finally:
        await registry.close()


async def test_memory_that_is_not_there_is_refused_with_the_numbers():
    from server.models.engine.llama import LoadError, require_memory

    with pytest.raises(LoadError, match=r"needs 931322\.6 GiB and .* available\. Do less\."):
        require_memory(10**15, "the test", "Do less.")
    require_memory(1024**2, "the test", "Do less.")


async def test_a_damaged_model_is_told_and_the_next_one_answers(
    settings: ModelSettings, tmp_path: Path
):
    damaged = tmp_path / "größer kaputt.gguf"
    notices: list[str] = []
    damaged.write_bytes(settings.models_dir.joinpath(TEST_FILE).read_bytes()[:5_000_000])
    fallback = replace(settings, model=str(damaged), fallbacks=(settings.model,))
    registry = ModelRegistry(fallback, on_notice=notices.append)
    try:
        assert (await complete_one(registry, request())).model == "smollm2-135m"
        await complete_one(registry, request())
        assert len(notices) == 1
        assert "kaputt.gguf" in notices[0]
        assert "smollm2-135m answers" in notices[0]
        assert [each.state for each in registry.statuses()] == ["failed", "ready"]
    finally:
        await registry.close()


async def test_without_any_model_the_command_that_helps_is_named(tmp_path: Path):
    registry = ModelRegistry(ModelSettings(cache_dir=tmp_path))
    with pytest.raises(ModelUnavailableError, match=r"tenon models pull qwen2\.5-coder-1\.5b"):
        await complete_one(registry, request())
    assert [status.state for status in registry.statuses()] == ["missing", "missing"]
