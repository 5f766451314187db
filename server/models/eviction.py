"""Which models leave memory: pure functions of who is there and what is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from agents.inference import Tier

_WEIGHT_OF_LOADING = 10.0
"""A model that loads for a second is kept as if it had been used this much later."""
_STRENGTH = {Tier.STANDARD: 0, Tier.HEAVY: 1, Tier.MEGA: 2}


@dataclass(frozen=True)
class Resident:
    """A model that holds memory. Times are seconds of one monotonic clock."""

    id: str
    bytes: int
    last_used: float
    in_use: bool = False
    """Loading, stopping, or with a request: it cannot leave now."""
    tier: Tier = Tier.STANDARD
    load_seconds: float = 0.0
    """What it costs to have it back."""


@dataclass(frozen=True)
class Plan:
    """What to do so that a model fits."""

    outcome: Literal["fits", "wait", "never"]
    """`fits` once `evict` is done; `wait` until one in use is free; `never` in this budget."""
    evict: tuple[str, ...] = ()
    """In the order of leaving."""
    needed: int = 0
    held: int = 0
    """What the residents hold now."""
    budget: int = 0


def make_room(residents: Sequence[Resident], needed: int, budget: int) -> Plan:
    """Plan room for `needed` bytes, evicting as little as the order of leaving allows.

    The order is GreedyDual (Cao and Irani, 1997): least recently used first, where a model
    that takes long to load counts as used later, and stronger tiers leave first among equals.
    """
    held = sum(each.bytes for each in residents)
    if needed > budget:
        return Plan("never", (), needed, held, budget)
    missing = held + needed - budget
    chosen = _enough([each for each in residents if not each.in_use], missing)
    if chosen is None:
        return Plan("wait", (), needed, held, budget)
    return Plan("fits", tuple(each.id for each in chosen), needed, held, budget)


def past_ttl(residents: Sequence[Resident], now: float, ttl: float) -> tuple[str, ...]:
    """The models that nobody has used for `ttl` seconds, longest idle first."""
    idle = [each for each in residents if not each.in_use and now - each.last_used >= ttl]
    return tuple(each.id for each in sorted(idle, key=lambda each: each.last_used))


def next_expiry(residents: Sequence[Resident], ttl: float) -> float | None:
    """When the next idle model is past its time; None when there is none."""
    return min((each.last_used + ttl for each in residents if not each.in_use), default=None)


def _enough(idle: list[Resident], missing: int) -> list[Resident] | None:
    """The first ones of the order that free `missing` bytes; then spare whom it can."""
    chosen: list[Resident] = []
    for each in sorted(idle, key=_worth):
        if missing <= 0:
            break
        chosen.append(each)
        missing -= each.bytes
    if missing > 0:
        return None
    for each in reversed(chosen.copy()):
        if missing + each.bytes <= 0:
            chosen.remove(each)
            missing += each.bytes
    return chosen


def _worth(resident: Resident) -> tuple[float, int, str]:
    kept_until = resident.last_used + _WEIGHT_OF_LOADING * resident.load_seconds
    return kept_until, -_STRENGTH[resident.tier], resident.id
