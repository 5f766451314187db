"""Old records leave in the background of a working server."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from memory.manager import MemoryManager
from memory.records import Ticket, TicketState, utc_now
from server import app as composition
from server import components
from server.app import App
from tests.sample import new_repository
from tests.unit.memory.long_term.conftest import WordEmbedder


@pytest.fixture
async def started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> App:
    """An app on a repository, whose data folder holds a ticket that is over for long."""
    data = tmp_path / "data"
    monkeypatch.setenv("TENON_DATA_DIR", str(data))
    monkeypatch.setenv("TENON_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("TENON_MONGODB_URI", raising=False)
    memory = await MemoryManager.open(data)
    old = utc_now() - timedelta(days=800)
    ticket = Ticket(id="old", repository="/r", title="x", state=TicketState.MERGED, updated_at=old)
    await memory.tickets.insert(ticket)
    await memory.close()
    return App(new_repository(tmp_path / "repository"))


async def test_records_over_the_limits_leave_after_the_start(
    started: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(composition, "_TIDY_AFTER", 0)
    async with asyncio.timeout(30), started.team() as team:
        memory = team._team.tools.memory
        while not await memory.housekeeping.recent(1, "retention"):
            await asyncio.sleep(0.01)
        assert await memory.tickets.get("old") is None
    await started.close()


async def test_what_has_no_vectors_is_embedded_after_the_start(
    started: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = await MemoryManager.open(tmp_path / "data")
    await memory.snippets.add("/r", "a.py", "f", "def f(): ...", "tkt-1")
    await memory.close()
    embedder = WordEmbedder()
    monkeypatch.setattr(composition, "_TIDY_AFTER", 0)
    monkeypatch.setattr(components, "open_embedder", lambda _values: embedder)
    async with asyncio.timeout(30), started.team():
        while "def f(): ..." not in embedder.embedded:
            await asyncio.sleep(0.01)
    await started.close()


async def test_a_day_later_it_is_tidied_again(
    started: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(composition, "_TIDY_AFTER", 0)
    monkeypatch.setattr(composition, "_TIDY_EVERY", 0.01)
    times: list[object] = []

    async def tidy(_memory: MemoryManager, limits: object) -> None:
        times.append(limits)

    monkeypatch.setattr(MemoryManager, "tidy_daily", tidy)
    async with asyncio.timeout(30), started.team():
        while len(times) < 3:
            await asyncio.sleep(0.01)
    await started.close()


async def test_a_server_that_ends_early_drops_nothing_and_ends_at_once(
    started: App, tmp_path: Path
) -> None:
    async with started.team():
        pass
    await started.close()
    memory = await MemoryManager.open(tmp_path / "data")
    assert await memory.tickets.get("old") is not None
    await memory.close()


async def test_a_failure_to_tidy_is_told_and_harms_nothing(
    started: App, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(composition, "_TIDY_AFTER", 0)

    async def fail(*_arguments: object) -> None:
        raise OSError("no disk")

    monkeypatch.setattr(MemoryManager, "tidy_daily", fail)
    async with asyncio.timeout(30), started.team() as team:
        while "could not be dropped: no disk" not in caplog.text:
            await asyncio.sleep(0.01)
        assert await team.tickets() == []
    await started.close()
