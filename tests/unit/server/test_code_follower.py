"""The server keeps the open repository's code in memory, and stands back for the model."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from agents.errors import NotReadyError
from agents.inference import ModelStatus, Tier
from agents.tools.git import Workspace
from memory.code_index.contract import IndexProgress
from memory.manager import MemoryManager
from server.code_follower import CodeFollower, is_busy
from tests.sample import new_repository
from tests.unit.memory.long_term.conftest import WordEmbedder


class Counter:
    """A teller that counts the updates that are over."""

    def __init__(self) -> None:
        self.ended: asyncio.Queue[None] = asyncio.Queue()

    def progress(self, progress: IndexProgress) -> None: ...

    def end(self) -> None:
        self.ended.put_nowait(None)


class Models:
    """Statuses alone: what the follower looks at."""

    def __init__(self, **status: Any) -> None:
        self.status: dict[str, Any] = status
        self.asked = asyncio.Event()

    def statuses(self) -> list[ModelStatus]:
        self.asked.set()
        return [ModelStatus("m", Tier.STANDARD, "ready", **self.status)]


@pytest.fixture
async def memory(tmp_path: Path) -> AsyncIterator[MemoryManager]:
    opened = await MemoryManager.open(tmp_path / "data", embedder=WordEmbedder())
    yield opened
    await opened.close()


@asynccontextmanager
async def following(
    root: Path, memory: MemoryManager, models: Models | None = None
) -> AsyncIterator[tuple[CodeFollower, Counter]]:
    teller = Counter()

    async def parts() -> tuple[Workspace, MemoryManager]:
        return await Workspace.open(root), memory

    follower = CodeFollower(parts, lambda: models, teller, 1000, start_seconds=0)  # type: ignore[arg-type, return-value]
    task = asyncio.create_task(follower.run())
    try:
        async with asyncio.timeout(30):
            yield follower, teller
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_a_saved_file_is_found_without_a_command(
    tmp_path: Path, memory: MemoryManager
) -> None:
    root = new_repository(tmp_path / "repository")
    (tmp_path / "link").symlink_to(root)
    async with following(root, memory) as (follower, teller):
        await teller.ended.get()
        (root / "kettle.py").write_text("def boil_water(): return 1\n")
        outside = tmp_path / "elsewhere.py"
        follower.note([outside, root / ".git" / "index", tmp_path / "link" / "kettle.py"])
        await teller.ended.get()
    hits = await memory.code.search("boil water", 1)
    assert [hit.chunk.symbol for hit in hits] == ["boil_water"]


@pytest.mark.parametrize("busy", [{"running": 1}, {"queue_length": 1}])
async def test_nothing_is_indexed_while_a_model_on_this_machine_is_asked(
    tmp_path: Path, memory: MemoryManager, busy: dict[str, int]
) -> None:
    root = new_repository(tmp_path / "repository")
    models = Models(**busy)
    async with following(root, memory, models) as (_follower, teller):
        await models.asked.wait()
        assert await memory.code.files(str(root)) == set()
        models.status = {}
        await teller.ended.get()
    assert await memory.code.files(str(root))


def test_a_model_elsewhere_takes_nothing_from_this_machine() -> None:
    def models(**status: Any) -> Any:
        return SimpleNamespace(statuses=Models(**status).statuses)

    assert is_busy(models(kind="local", running=1))
    assert not is_busy(models(kind="remote", running=1, queue_length=2))
    assert not is_busy(None)


async def test_a_folder_that_becomes_a_repository_is_indexed(
    tmp_path: Path, memory: MemoryManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.code_follower._RETRY_SECONDS", 0.05)
    root = tmp_path / "repository"
    root.mkdir()
    with pytest.raises(NotReadyError):
        await Workspace.open(root)
    async with following(root, memory) as (_follower, teller):
        await asyncio.sleep(0.1)
        root.rmdir()
        new_repository(root)
        await teller.ended.get()
    assert await memory.code.files(str(root))
