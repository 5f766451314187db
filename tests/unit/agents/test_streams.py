import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from agents.streams import merge


async def count(name: str, to: int, closed: list[str]) -> AsyncGenerator[str, None]:
    try:
        for number in range(to):
            await asyncio.sleep(0)
            yield f"{name}{number}"
    finally:
        closed.append(name)


async def test_all_items_come_each_stream_in_its_order():
    closed: list[str] = []
    found = [item async for item in merge([count("a", 20, closed), count("b", 5, closed)])]
    assert [item for item in found if item[0] == "a"] == [f"a{n}" for n in range(20)]
    assert [item for item in found if item[0] == "b"] == [f"b{n}" for n in range(5)]
    assert found != sorted(found)
    assert sorted(closed) == ["a", "b"]


async def test_no_streams_are_an_empty_one():
    none: list[AsyncGenerator[str, None]] = []
    assert [item async for item in merge(none)] == []


async def test_closing_it_closes_every_stream():
    closed: list[str] = []
    async with aclosing(merge([count("a", 10**6, closed), count("b", 10**6, closed)])) as merged:
        assert await anext(merged)
        assert await anext(merged)
    assert sorted(closed) == ["a", "b"]


async def test_an_error_is_raised_and_ends_the_others():
    closed: list[str] = []

    async def broken() -> AsyncGenerator[str, None]:
        await asyncio.sleep(0)
        yield "x"
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        async for _ in merge([broken(), count("a", 10**6, closed)]):
            pass
    assert closed == ["a"]
