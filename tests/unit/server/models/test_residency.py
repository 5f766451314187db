import asyncio

import pytest

from agents.inference import Tier
from server.models import residency
from server.models.eviction import Plan
from server.models.residency import Lease, Residency


class Tenant:
    """A model whose process ends when it is told to."""

    tier = Tier.STANDARD

    def __init__(self, there: Residency, last_used: float = 0.0) -> None:
        self._there = there
        self.last_used = last_used
        self.in_use = False
        self.left = False
        self.gone = asyncio.Event()
        self.lease: Lease | None = None

    def leave(self) -> asyncio.Task[None]:
        self.left = True
        return asyncio.create_task(self._end())

    async def _end(self) -> None:
        await self.gone.wait()
        assert self.lease
        self._there.release(self.lease)

    def load(self, size: int) -> None:
        lease = self._there.ask(self, size)
        assert isinstance(lease, Lease)
        self.lease = lease
        self._there.settle(lease, size, 0.0)


def room(budget: int | None = 10, ttl: float = 1000, free: int | None = None) -> Residency:
    return Residency(budget, ttl, available=lambda: free)


async def test_the_idle_one_leaves_and_the_next_waits_until_it_is_gone():
    there = room()
    now = asyncio.get_running_loop().time()
    old = Tenant(there, now)
    old.load(8)
    lease = there.ask(Tenant(there), 5)
    assert isinstance(lease, Lease)
    assert old.left
    assert there.held == 13
    waiting = asyncio.gather(*lease.departures)
    await asyncio.sleep(0)
    assert (waiting.done(), there.departing) == (False, True)
    old.gone.set()
    await waiting
    assert (there.held, there.departing) == (5, False)


async def test_one_that_is_leaving_makes_room_for_one_only():
    there = room()
    old = Tenant(there, asyncio.get_running_loop().time())
    old.load(8)
    there.ask(Tenant(there), 8)
    second = there.ask(Tenant(there), 8)
    assert isinstance(second, Plan)
    assert second.outcome == "wait"


async def test_one_in_use_is_waited_for_until_it_is_free():
    there = room()
    busy = Tenant(there)
    busy.in_use = True
    busy.load(8)
    plan = there.ask(Tenant(there), 5)
    assert isinstance(plan, Plan)
    assert (plan.outcome, busy.left) == ("wait", False)
    loop = asyncio.get_running_loop()
    waiting = asyncio.create_task(there.changed(loop.time() + 100))
    await asyncio.sleep(0)
    busy.in_use, busy.last_used = False, loop.time()
    there.touch()
    assert await waiting
    assert isinstance(there.ask(Tenant(there), 5), Lease)


async def test_waiting_for_memory_is_bounded():
    assert not await room().changed(asyncio.get_running_loop().time() + 0.01)


async def test_what_was_measured_counts_and_not_what_was_foretold():
    there = room()
    busy = Tenant(there)
    busy.in_use = True
    lease = there.ask(busy, 9)
    assert isinstance(lease, Lease)
    there.settle(lease, 4, 1.0)
    assert isinstance(there.ask(Tenant(there), 6), Lease)
    there.remeasure(lease, 3)
    assert lease.bytes == 4


async def test_other_programs_leave_less_than_the_setting():
    there = room(budget=100, free=6)
    plan = there.ask(Tenant(there), 7)
    assert isinstance(plan, Plan)
    assert (plan.outcome, plan.budget) == ("never", 6)
    assert isinstance(there.ask(Tenant(there), 6), Lease)


async def test_without_a_setting_a_share_of_the_memory_is_the_limit(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(residency, "total_bytes", lambda: 1000)
    assert room(budget=None).limit == 600


async def test_an_idle_model_leaves_after_its_time_and_a_used_one_stays():
    there = room(ttl=0.05)
    now = asyncio.get_running_loop().time()
    idle, busy = Tenant(there, now), Tenant(there, now)
    busy.in_use = True
    idle.load(1)
    busy.load(1)
    async with asyncio.timeout(10):
        while not idle.left:
            await asyncio.sleep(0.01)
    assert not busy.left
    idle.gone.set()
    there.close()


async def test_after_closing_nobody_is_sent_away():
    there = room(ttl=0.01)
    idle = Tenant(there, asyncio.get_running_loop().time())
    idle.load(1)
    there.close()
    there.touch()
    await asyncio.sleep(0.05)
    assert not idle.left
