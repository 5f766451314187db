"""Real models in memory: they leave when idle, make room for one another, and fall back."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from agents.inference import (
    ChatTurn,
    CompletionRequest,
    ModelUnavailableError,
    Priority,
    Tier,
    complete_one,
)
from server.models.configuration import AgentModel, ModelChoice, ModelSettings
from server.models.local import LocalModel
from server.models.model_card import read_card
from server.models.registry import ModelRegistry
from tests.models.workers import worker_pids

pytestmark = pytest.mark.model

Eventually = Callable[[Callable[[], bool]], Awaitable[None]]
Opener = Callable[..., ModelRegistry]
MIB = 1024**2
ENDLESS = {"type": "array", "items": {"type": "string", "minLength": 9}, "minItems": 300}


def ask(agent: str = "developer", text: str = "Say hello.", **fields: object) -> CompletionRequest:
    values = {"max_tokens": 4} | fields
    return CompletionRequest(agent, (ChatTurn("user", text),), **values)  # type: ignore[arg-type]


@pytest.fixture
def two(gguf: Path, tmp_path: Path) -> ModelSettings:
    """Two agents, each with a model of its own; nothing is known of their memory."""
    models = tmp_path / "models"
    models.mkdir()
    for name in "ab":
        (models / f"{name}.gguf").symlink_to(gguf)
    return ModelSettings(
        cache_dir=tmp_path,
        model=str(models / "a.gguf"),
        fallbacks=(),
        context_window=512,
        threads=1,
        agents={"tester": AgentModel(model=str(models / "b.gguf"))},
        memory_budget=400 * MIB,
        memory_wait=60,
    )


@pytest.fixture
async def opened() -> AsyncIterator[Opener]:
    """Opens registries, and closes them after the test."""
    registries: list[ModelRegistry] = []

    def open_registry(settings: ModelSettings, **options: object) -> ModelRegistry:
        registries.append(ModelRegistry(settings, **options))  # type: ignore[arg-type]
        return registries[-1]

    yield open_registry
    for registry in registries:
        await registry.close()
    assert worker_pids() == set()


def states(registry: ModelRegistry) -> dict[str, str]:
    return {status.id: status.state for status in registry.statuses()}


async def test_an_idle_model_leaves_memory_and_comes_back(
    two: ModelSettings, opened: Opener, eventually: Eventually
):
    registry = opened(replace(two, idle_seconds=0.1))
    await complete_one(registry, ask())
    await eventually(lambda: states(registry)["a"] == "stopped")
    assert worker_pids() == set()
    assert registry.statuses()[0].memory_bytes == 0
    assert (await complete_one(registry, ask())).text


async def test_the_idle_one_of_two_leaves_when_both_do_not_fit(two: ModelSettings, opened: Opener):
    registry = opened(two)
    await complete_one(registry, ask())
    [first] = worker_pids()
    await complete_one(registry, ask("tester"))
    assert states(registry) == {"a": "stopped", "b": "ready"}
    assert first not in worker_pids()


async def test_both_stay_when_both_fit(two: ModelSettings, opened: Opener):
    registry = opened(replace(two, memory_budget=4096 * MIB))
    await complete_one(registry, ask())
    await complete_one(registry, ask("tester"))
    assert states(registry) == {"a": "ready", "b": "ready"}
    assert len(worker_pids()) == 2


async def test_what_was_measured_is_shown_and_kept(two: ModelSettings, opened: Opener):
    registry = opened(two)
    await complete_one(registry, ask())
    status = registry.statuses()[0]
    assert status.memory_bytes > 50 * MIB
    assert status.tokens_per_second > 0
    await registry.close()
    load = read_card(two.cache_dir, Path(two.model)).loads[512]
    assert load.memory_bytes >= status.memory_bytes
    assert load.load_seconds > 0


async def test_one_in_use_is_waited_for(two: ModelSettings, opened: Opener):
    registry = opened(two)
    started = asyncio.Event()
    long = ask(text="Count.", max_tokens=120, json_schema=ENDLESS)
    work = asyncio.create_task(complete_one(registry, long, lambda *_: started.set()))
    await started.wait()
    assert (await complete_one(registry, ask("tester"))).model == "b"
    assert work.done()
    assert (await work).text


async def test_a_model_too_large_for_the_budget_gives_way_and_the_numbers_are_told(
    two: ModelSettings, opened: Opener
):
    notices: list[str] = []
    large = AgentModel(models=(ModelChoice(two.model, 8192), ModelChoice(two.model, 512)))
    registry = opened(replace(two, agents={"tester": large}), on_notice=notices.append)
    completion = await complete_one(registry, ask("tester"))
    assert completion.model == "a"
    assert await registry.context_window("tester") == 512
    [notice] = notices
    assert "a needs 1.0 GiB of memory" in notice
    assert "0.4 GiB" in notice
    assert "TENON_MEMORY_BUDGET" in notice
    assert "Meanwhile a answers." in notice


async def test_without_a_smaller_one_the_numbers_are_the_error(two: ModelSettings, opened: Opener):
    registry = opened(replace(two, memory_budget=50 * MIB))
    with pytest.raises(ModelUnavailableError, match=r"a needs 0\.\d GiB.*TENON_CONTEXT_WINDOW"):
        await complete_one(registry, ask())


async def test_a_person_does_not_wait_for_memory_while_another_model_can_answer(
    two: ModelSettings, opened: Opener
):
    own = {"pm": AgentModel(model=str(two.cache_dir / "models" / "b.gguf"))}
    registry = opened(replace(two, agents=own))
    started = asyncio.Event()
    long = ask(text="Count.", max_tokens=400, json_schema=ENDLESS)
    work = asyncio.create_task(complete_one(registry, long, lambda *_: started.set()))
    await started.wait()
    completion = await complete_one(registry, ask("pm", priority=Priority.INTERACTIVE))
    assert completion.model == "a"
    assert not work.done()
    work.cancel()
    await asyncio.wait([work])


async def test_a_load_that_takes_too_long_gives_way_and_it_is_told(
    two: ModelSettings, opened: Opener
):
    notices: list[str] = []
    both = replace(two, fallbacks=(str(two.cache_dir / "models" / "b.gguf"),))
    registry = opened(both, on_notice=notices.append)
    registry.statuses()
    slow = next(iter(registry._backends.values()))
    assert isinstance(slow, LocalModel)
    slow._loader._load_timeout = 0.001
    assert (await complete_one(registry, ask())).model == "b"
    [notice] = notices
    assert "TENON_LOAD_TIMEOUT" in notice
    assert "Meanwhile b answers." in notice


async def test_the_next_tier_is_the_next_one_that_could_run(two: ModelSettings, opened: Opener):
    b = str(two.cache_dir / "models" / "b.gguf")
    missing = str(two.cache_dir / "models" / "missing.gguf")

    def next_tier(tier: Tier = Tier.STANDARD, **fields: object) -> Tier | None:
        changed = replace(two, **fields)  # type: ignore[arg-type]
        return opened(changed).next_tier("developer", tier)

    assert next_tier() is None
    assert next_tier(heavy_model=b) is Tier.HEAVY
    assert next_tier(mega_model=b) is Tier.MEGA
    assert next_tier(Tier.HEAVY, heavy_model=b, mega_model=two.model) is Tier.MEGA
    assert next_tier(heavy_model=missing, mega_model=b) is Tier.MEGA
    assert next_tier(heavy_model=missing) is None
    assert next_tier(heavy_model=two.model) is None
    big = {b: ModelChoice(context_window=8192)}
    assert next_tier(heavy_model=b, model_options=big) is None


async def test_a_stronger_model_answers_at_its_tier(two: ModelSettings, opened: Opener):
    registry = opened(replace(two, heavy_model=str(two.cache_dir / "models" / "b.gguf")))
    assert (await complete_one(registry, ask(tier=Tier.HEAVY))).model == "b"
    assert (await complete_one(registry, ask())).model == "a"


async def test_two_servers_on_one_machine_serve_and_keep_what_they_measured(
    two: ModelSettings, opened: Opener
):
    """Two processes, each with its own registry, on the same cache folder."""
    program = (
        "import asyncio, os, sys\n"
        "from pathlib import Path\n"
        "from agents.inference import ChatTurn, CompletionRequest, complete_one\n"
        "from server.models.configuration import ModelSettings\n"
        "from server.models.registry import ModelRegistry\n"
        "async def main():\n"
        "    registry = ModelRegistry(ModelSettings(cache_dir=Path(sys.argv[1]),\n"
        "        model=sys.argv[2], fallbacks=(), context_window=int(sys.argv[3]), threads=1))\n"
        "    asked = CompletionRequest('pm', (ChatTurn('user', 'Say hello.'),), max_tokens=4)\n"
        "    print((await complete_one(registry, asked)).model)\n"
        "    await registry.close()\n"
        "asyncio.run(main())\n"
    )
    processes = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", program, str(two.cache_dir), two.model, window),
            stdout=asyncio.subprocess.PIPE,
        )
        for window in ("512", "1024")
    ]
    outputs = [(await process.communicate())[0] for process in processes]
    assert [output.strip() for output in outputs] == [b"a", b"a"]
    assert set(read_card(two.cache_dir, Path(two.model)).loads) == {512, 1024}
