"""Carries out whose turn it is: lets requests wait, pauses and resumes models."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Protocol

from agents.inference import Priority
from server.models.turns import Turns

RANK = {Priority.INTERACTIVE: 0, Priority.REVIEW: 1, Priority.BACKGROUND: 2}
"""The class of a request as a number; a smaller one goes first."""


class Player(Protocol):
    """A model that can be stopped between two steps and go on later."""

    def pause(self) -> None:
        """Stop decoding; requests are kept."""
        ...

    def resume(self) -> None:
        """Go on decoding."""
        ...


class TurnKeeper:
    """Gives one model at a time the turn. Use it within one event loop."""

    def __init__(self, turn_seconds: float) -> None:
        self._turns = Turns(turn_seconds)
        self._players: dict[str, Player] = {}
        self._paused: set[str] = set()
        self._granted: dict[str, asyncio.Event] = {}
        self._timer: asyncio.TimerHandle | None = None

    def waiting(self, model: str) -> int:
        """Requests of `model` that wait for its turn."""
        return self._turns.waiting(model)

    @asynccontextmanager
    async def turn(
        self, model: str, player: Player, priority: Priority
    ) -> AsyncGenerator[float, None]:
        """Wait until `model` has the turn; gives the seconds that it took.

        It may lose the turn again inside the block; then `player` is paused for a while.
        """
        clock = asyncio.get_running_loop().time
        arrived = clock()
        self._players[model] = player
        number = self._turns.join(model, RANK[priority], arrived)
        try:
            self._settle()
            while self._turns.active != model:
                await self._granted.setdefault(model, asyncio.Event()).wait()
            yield clock() - arrived
        finally:
            self._turns.leave(number)
            self._settle()

    def close(self) -> None:
        """Forget the timer."""
        if self._timer is not None:
            self._timer.cancel()

    def _settle(self) -> None:
        """Do what the rules say now, and look again when they may say something else."""
        self.close()
        loop, before = asyncio.get_running_loop(), self._turns.active
        decision = self._turns.decide(loop.time())
        if decision.until is not None:
            self._timer = loop.call_at(decision.until, self._settle)
        if decision.model == before:
            return
        if before is not None and self._turns.waiting(before):
            self._paused.add(before)
            self._players[before].pause()
        if decision.model is not None:
            self._grant(decision.model)

    def _grant(self, model: str) -> None:
        if model in self._paused:
            self._paused.discard(model)
            self._players[model].resume()
        self._granted.pop(model, asyncio.Event()).set()
