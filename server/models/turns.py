"""Which model decodes now: pure rules, without clocks, tasks or processes.

Two decoders on one processor slow each other badly, so one *model* has the turn. All its
requests share the turn; its engine batches them.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass
class Ticket:
    """A request that wants its model to have the turn."""

    model: str
    rank: int
    """Its class; a smaller one goes first."""
    waiting_since: float
    number: int
    """Order of arrival."""


@dataclass(frozen=True)
class Decision:
    """Who has the turn, and when to decide anew if nothing else happens before."""

    model: str | None
    until: float | None = None


class Turns:
    """Strict order between the classes; within one, models take turns of bounded length.

    Of several models that wait in the best class, the one whose request has waited longest
    is next. A turn ends when a better class wants another model, when the model has no request
    in the best class any more, or after `turn_seconds` if another model waits in the same class.
    """

    def __init__(self, turn_seconds: float) -> None:
        self._turn_seconds = turn_seconds
        self._numbers = itertools.count()
        self._open: dict[int, Ticket] = {}
        self._active: str | None = None
        self._since = 0.0

    @property
    def active(self) -> str | None:
        """The model that has the turn, as of the last decision."""
        return self._active

    def waiting(self, model: str) -> int:
        """Requests of `model` that wait for its turn."""
        return 0 if model == self._active else len(self._of(model))

    def join(self, model: str, rank: int, now: float) -> int:
        """A request arrives; returns its number."""
        number = next(self._numbers)
        self._open[number] = Ticket(model, rank, now, number)
        return number

    def leave(self, number: int) -> None:
        """A request is finished or given up."""
        self._open.pop(number, None)

    def decide(self, now: float) -> Decision:
        """Give the turn to whom it belongs now."""
        best = self._best_class()
        if not best:
            return self._give(None, now)
        mine = any(ticket.model == self._active for ticket in best)
        others = [ticket for ticket in best if ticket.model != self._active]
        if not mine:
            return self._give(_longest_waiting(others).model, now)
        if others and now - self._since >= self._turn_seconds:
            return self._give(_longest_waiting(others).model, now)
        return Decision(self._active, self._since + self._turn_seconds if others else None)

    def _best_class(self) -> list[Ticket]:
        rank = min((ticket.rank for ticket in self._open.values()), default=None)
        return [ticket for ticket in self._open.values() if ticket.rank == rank]

    def _give(self, model: str | None, now: float) -> Decision:
        if self._active is not None and model != self._active:
            for ticket in self._of(self._active):
                ticket.waiting_since = now
        self._active, self._since = model, now
        rivals = any(ticket.model != model for ticket in self._best_class())
        return Decision(model, now + self._turn_seconds if rivals else None)

    def _of(self, model: str) -> list[Ticket]:
        return [ticket for ticket in self._open.values() if ticket.model == model]


def _longest_waiting(tickets: Iterable[Ticket]) -> Ticket:
    return min(tickets, key=lambda ticket: (ticket.waiting_since, ticket.number))
