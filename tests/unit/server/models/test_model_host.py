"""The life of a model's process, with a loader that starts none."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from agents.inference import Tier
from server.models.backend import CannotStartError
from server.models.configuration import ModelConfiguration
from server.models.loader import Loader
from server.models.model_host import ModelHost
from server.models.residency import Residency


class Process:
    """A worker that ends when it is told that it may."""

    def __init__(self, log: list[str], name: str, size: int) -> None:
        self._log, self._name, self._size = log, name, size
        self.alive = True
        self.may_end = asyncio.Event()
        self.may_end.set()

    def memory_bytes(self) -> int:
        return self._size

    async def stop(self) -> None:
        await self.may_end.wait()
        self._log.append(f"end {self._name}")


class FakeLoader:
    """Starts as many processes as it is told, when it is told."""

    def __init__(self, log: list[str], name: str, size: int) -> None:
        self._log, self._name, self.size = log, name, size
        self.may_start = asyncio.Event()
        self.may_start.set()
        self.problem: Exception | None = None
        self.lost_processes = 0

    async def need(self) -> int:
        return self.size

    async def start(self) -> Process:
        self._log.append(f"start {self._name}")
        await self.may_start.wait()
        if self.problem:
            raise self.problem
        return Process(self._log, self._name, self.size)

    def lost(self) -> None:
        self.lost_processes += 1


class House:
    """Models in a memory of 10 bytes."""

    def __init__(self, folder: Path) -> None:
        self.log: list[str] = []
        self.residency = Residency(10, ttl=1000, available=lambda: None)
        self.loaders: dict[str, FakeLoader] = {}
        self._folder = folder

    def host(self, name: str, size: int) -> ModelHost:
        path = self._folder / f"{name}.gguf"
        path.touch()
        loader = self.loaders[name] = FakeLoader(self.log, name, size)
        configuration = ModelConfiguration(
            name, Tier.STANDARD, path, 512, 1, self._folder / "models"
        )
        return ModelHost(configuration, self.residency, cast(Loader, loader), lambda: None)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0)


def process(host: ModelHost) -> Any:
    return host.worker


async def test_requests_that_come_together_share_one_load(house: House):
    host = house.host("a", 4)
    first, second = await asyncio.gather(host.ready(0), host.ready(0))
    assert first is second
    assert house.log == ["start a"]
    assert (host.state, host.memory_bytes) == ("ready", 4)
    await host.close()


async def test_a_request_that_is_cancelled_leaves_the_load_to_the_others(house: House):
    host = house.host("a", 4)
    house.loaders["a"].may_start.clear()
    gone = asyncio.create_task(host.ready(0))
    await until(lambda: host.state == "starting")
    gone.cancel()
    await asyncio.wait([gone])
    house.loaders["a"].may_start.set()
    await host.ready(0)
    assert house.log == ["start a"]
    await host.close()


async def test_the_next_model_starts_when_the_one_before_is_gone(house: House):
    old, new = house.host("old", 8), house.host("new", 8)
    await old.ready(0)
    process(old).may_end.clear()
    ending = process(old)
    asked = asyncio.create_task(new.ready(0))
    await until(lambda: old.state == "stopping")
    assert house.log == ["start old"]
    ending.may_end.set()
    await asked
    assert house.log == ["start old", "end old", "start new"]
    await new.close()


async def test_nobody_waits_without_patience_for_one_in_use_but_for_one_that_ends(house: House):
    old, new = house.host("old", 8), house.host("new", 8)
    with old.using():
        await old.ready(0)
        with pytest.raises(CannotStartError, match="new needs"):
            await new.ready(0)
    ending = process(old)
    ending.may_end.clear()
    old.leave()
    asked = asyncio.create_task(new.ready(0))
    await asyncio.sleep(0.05)
    assert not asked.done()
    ending.may_end.set()
    await asked
    assert house.log == ["start old", "end old", "start new"]
    await new.close()


async def test_a_failed_load_gives_its_memory_back_and_is_tried_anew(house: House):
    host = house.host("a", 8)
    house.loaders["a"].problem = CannotStartError("broken")
    with pytest.raises(CannotStartError, match="broken"):
        await host.ready(0)
    assert (host.state, house.residency.held) == ("failed", 0)
    house.loaders["a"].problem = None
    await host.ready(0)
    assert host.state == "ready"
    await host.close()


async def test_a_process_that_died_is_replaced(house: House):
    host = house.host("a", 8)
    await host.ready(0)
    process(host).alive = False
    await host.ready(0)
    assert house.log == ["start a", "end a", "start a"]
    assert house.loaders["a"].lost_processes == 1
    assert house.residency.held == 8
    await host.close()


async def test_closing_ends_a_load_as_well(house: House):
    host = house.host("a", 8)
    house.loaders["a"].may_start.clear()
    asked = asyncio.create_task(host.ready(0))
    await until(lambda: host.state == "starting")
    await host.close()
    assert (host.state, house.residency.held) == ("stopped", 0)
    await asyncio.wait([asked])
    assert asked.cancelled()


async def test_it_is_idle_only_while_nobody_uses_it(house: House):
    host = house.host("a", 8)
    assert host.idle_seconds == 0
    with host.using():
        await host.ready(0)
        assert host.idle_seconds == 0
    await asyncio.sleep(0.01)
    assert host.idle_seconds > 0
    await host.close()
