"""While a person writes, the model is loaded and reads what it can."""

from dataclasses import replace
from pathlib import Path

import pytest

from agents.asking import Context
from agents.base import AgentSession, Toolbox
from agents.bus import Bus
from agents.project_manager import ProjectManager
from memory.manager import MemoryManager
from server.models.configuration import Endpoint, ModelSettings
from server.models.registry import ModelRegistry

pytestmark = pytest.mark.model


async def cached_tokens(manager: ProjectManager, memory: MemoryManager) -> int:
    """How much of the next message's prompt had been read before."""
    await manager.route("hello", Context())
    entries = await memory.log.recent("/repository", 10)
    return int(next(e.data["cached_tokens"] for e in entries if e.kind == "generation"))


@pytest.mark.parametrize("is_prepared", [True, False])
async def test_a_message_that_was_prepared_for_is_half_read(
    registry: ModelRegistry, tmp_path: Path, is_prepared: bool
):
    memory = await MemoryManager.open(tmp_path)
    manager = ProjectManager(AgentSession("/repository"), Toolbox(registry, memory, Bus()))
    manager.start()
    try:
        if is_prepared:
            await manager.prepare()
        assert (await cached_tokens(manager, memory) > 200) is is_prepared
    finally:
        await memory.close()


async def test_an_endpoint_is_asked_nothing_before_there_is_a_message(
    settings: ModelSettings, tmp_path: Path
):
    nobody = Endpoint(url="http://127.0.0.1:9/v1", model="large")
    models = ModelRegistry(replace(settings, model="endpoint", endpoint=nobody))
    memory = await MemoryManager.open(tmp_path)
    manager = ProjectManager(AgentSession("/repository"), Toolbox(models, memory, Bus()))
    try:
        await manager.prepare()
        assert all(status.state == "stopped" for status in models.statuses())
    finally:
        await models.close()
        await memory.close()
