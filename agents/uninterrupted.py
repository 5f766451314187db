"""Work that is not left half done when the task that waits for it is cancelled."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def uninterrupted(work: Coroutine[Any, Any, T]) -> T:
    """The result of `work`; a caller that is cancelled is so only when `work` has come to its end.

    For writes: a thread or a server that has one goes on with it whoever was cancelled, and the
    next reader must find what it did. What a cancelled caller's work raises is lost.
    """
    task = asyncio.ensure_future(work)
    try:
        await asyncio.wait([task])
    except asyncio.CancelledError:
        await _ended(task)
        raise
    return task.result()


async def _ended(task: asyncio.Task[Any]) -> None:
    """Wait until `task` is over, also if cancelled once more: the caller is about to be so."""
    while not task.done():
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.wait([task])
    if not task.cancelled():
        task.exception()  # nobody is left to see it
