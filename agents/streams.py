"""Several streams read as one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class _End:
    """A stream came to its end, or failed."""

    error: Exception | None = None


async def one_after_another(streams: Sequence[AsyncGenerator[T, None]]) -> AsyncGenerator[T, None]:
    """The items of each stream, which begins when the one before is at its end."""
    for stream in streams:
        async with aclosing(stream):
            async for item in stream:
                yield item


async def merge(streams: Sequence[AsyncGenerator[T, None]]) -> AsyncGenerator[T, None]:
    """The items of all `streams` as they come.

    Closing it closes them all. The first error of one ends the others and is raised here.
    """
    items: asyncio.Queue[T | _End] = asyncio.Queue()

    async def drain(stream: AsyncGenerator[T, None]) -> None:
        try:
            async with aclosing(stream):
                async for item in stream:
                    items.put_nowait(item)
        except Exception as error:
            items.put_nowait(_End(error))
        else:
            items.put_nowait(_End())

    readers = [asyncio.create_task(drain(stream)) for stream in streams]
    open_streams = len(readers)
    try:
        while open_streams:
            item = await items.get()
            if not isinstance(item, _End):
                yield item
            elif item.error is not None:
                raise item.error
            else:
                open_streams -= 1
    finally:
        for reader in readers:
            reader.cancel()
        await asyncio.gather(*readers, return_exceptions=True)
