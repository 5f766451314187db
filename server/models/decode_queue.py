"""Who decodes next: one at a time, because two decoders on one CPU slow each other down."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from agents.inference import Priority

_RANK = {Priority.INTERACTIVE: 0, Priority.REVIEW: 1, Priority.BACKGROUND: 2}


class DecodeQueue:
    """Strict order between the priorities, first come first served within one."""

    def __init__(self) -> None:
        self._busy = False
        self._arrivals = itertools.count()
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []

    def arrive(self) -> int:
        """Place of a new request. It keeps its place when it queues again for its next try."""
        return next(self._arrivals)

    @asynccontextmanager
    async def slot(self, priority: Priority, place: int) -> AsyncGenerator[float, None]:
        """Hold the right to decode; gives the seconds that it was waited for."""
        started = time.monotonic()
        await self._acquire(_RANK[priority], place)
        try:
            yield time.monotonic() - started
        finally:
            self._release()

    async def _acquire(self, rank: int, place: int) -> None:
        if not self._busy:
            self._busy = True
            return
        turn = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (rank, place, turn))
        try:
            await turn
        except asyncio.CancelledError:
            # The turn may have come in the same moment; then it goes to the next one.
            if turn.done() and not turn.cancelled():
                self._release()
            raise

    def _release(self) -> None:
        while self._waiting:
            turn = heapq.heappop(self._waiting)[2]
            if not turn.done():
                turn.set_result(None)
                return
        self._busy = False
