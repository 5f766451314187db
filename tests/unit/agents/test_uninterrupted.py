"""Work that is under way comes to its end before who waits for it is cancelled."""

from __future__ import annotations

import asyncio

import pytest

from agents.uninterrupted import uninterrupted


async def test_gives_the_result_or_what_was_raised() -> None:
    async def fail() -> None:
        raise ValueError("no")

    assert await uninterrupted(asyncio.sleep(0, "done")) == "done"
    with pytest.raises(ValueError, match="no"):
        await uninterrupted(fail())


@pytest.mark.parametrize("times", [1, 3])
async def test_however_often_it_is_cancelled_the_work_has_ended(times: int) -> None:
    ended = False

    async def work() -> None:
        nonlocal ended
        await asyncio.sleep(0.05)
        ended = True
        raise ValueError("nobody sees it")

    caller = asyncio.ensure_future(uninterrupted(work()))
    for _ in range(times):
        await asyncio.sleep(0.005)
        caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller

    assert ended
