import asyncio

import pytest

from agents.inference import Priority
from server.models.decode_queue import DecodeQueue

BACKGROUND, REVIEW, INTERACTIVE = Priority.BACKGROUND, Priority.REVIEW, Priority.INTERACTIVE


class Jobs:
    """Runs jobs in a queue and keeps the order in which they got their turn."""

    def __init__(self) -> None:
        self.queue = DecodeQueue()
        self.order: list[str] = []
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def add(self, name: str, priority: Priority, tries: int = 1) -> None:
        self.tasks[name] = asyncio.create_task(self._run(name, priority, tries))
        await asyncio.sleep(0)

    async def finish(self) -> list[str]:
        await asyncio.gather(*self.tasks.values(), return_exceptions=True)
        return self.order

    async def _run(self, name: str, priority: Priority, tries: int) -> None:
        place = self.queue.arrive()
        for _ in range(tries):
            async with self.queue.slot(priority, place):
                self.order.append(name)
                await asyncio.sleep(0.01)


async def test_a_person_goes_before_review_and_review_before_background():
    jobs = Jobs()
    await jobs.add("first", BACKGROUND)
    await jobs.add("background", BACKGROUND)
    await jobs.add("review", REVIEW)
    await jobs.add("person", INTERACTIVE)
    assert await jobs.finish() == ["first", "person", "review", "background"]


async def test_equal_priorities_are_served_in_order_of_arrival():
    jobs = Jobs()
    for name in "abcd":
        await jobs.add(name, BACKGROUND)
    assert await jobs.finish() == ["a", "b", "c", "d"]


async def test_a_person_gets_in_between_the_tries_of_one_request():
    jobs = Jobs()
    await jobs.add("tries", BACKGROUND, tries=3)
    await jobs.add("person", INTERACTIVE)
    assert await jobs.finish() == ["tries", "person", "tries", "tries"]


async def test_a_request_that_comes_back_for_its_next_try_keeps_its_place():
    jobs = Jobs()
    await jobs.add("tries", BACKGROUND, tries=2)
    await jobs.add("later", BACKGROUND)
    await jobs.add("last", BACKGROUND)
    assert await jobs.finish() == ["tries", "later", "tries", "last"]


async def test_only_one_holds_the_slot():
    queue, holding, most = DecodeQueue(), 0, 0

    async def job(priority: Priority) -> None:
        nonlocal holding, most
        async with queue.slot(priority, queue.arrive()):
            holding += 1
            most = max(most, holding)
            await asyncio.sleep(0)
            holding -= 1

    await asyncio.gather(*(job(priority) for priority in Priority for _ in range(20)))
    assert most == 1


async def test_a_cancelled_wait_does_not_hold_up_the_others():
    jobs = Jobs()
    await jobs.add("first", BACKGROUND)
    await jobs.add("cancelled", INTERACTIVE)
    await jobs.add("last", BACKGROUND)
    jobs.tasks["cancelled"].cancel()
    assert await jobs.finish() == ["first", "last"]


async def test_a_turn_that_comes_at_the_moment_of_cancelling_is_passed_on():
    jobs = Jobs()
    async with jobs.queue.slot(BACKGROUND, jobs.queue.arrive()):
        await jobs.add("cancelled", INTERACTIVE)
        await jobs.add("last", BACKGROUND)
    jobs.tasks["cancelled"].cancel()
    assert await asyncio.wait_for(jobs.finish(), 5) == ["last"]


async def test_a_failing_holder_gives_the_slot_back():
    queue = DecodeQueue()
    with pytest.raises(ValueError, match="broken"):
        async with queue.slot(BACKGROUND, queue.arrive()):
            raise ValueError("broken")
    async with asyncio.timeout(5), queue.slot(BACKGROUND, queue.arrive()):
        pass
