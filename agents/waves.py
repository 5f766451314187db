"""How many answers are decoded together, so that no wave takes a ticket's minutes for itself.

Where an answer is short or the time long, waves are as large as the ladder has them. A whole
file on a slow machine gets a smaller wave: what its failures say is worth more than the rest
of the answers (docs/benchmarks.md).
"""

from __future__ import annotations

from dataclasses import replace

from agents.asking import spread
from agents.ladder import Rung

_FEWEST = 4
_SHARE = 1 / 3
"""Of a ticket's minutes that one wave may take."""
_STEP = 0.3
"""By which each further sequence makes a decoding step longer: sixteen take four to eight times
as long as one (docs/benchmarks.md, *The engine*)."""
_LONGEST = 1.5
"""Length of the longest answer of a wave, at which it ends, over that of the first answer."""


def affordable(alone_seconds: float, minutes: float) -> int:
    """How many answers a wave may have whose like took `alone_seconds` to decode by itself."""
    if alone_seconds <= 0:
        return _FEWEST
    steps = _SHARE * minutes * 60 / (_LONGEST * alone_seconds)
    return max(_FEWEST, int((steps - 1) / _STEP) + 1)


def thinned(rung: Rung, count: int) -> Rung:
    """`rung` with at most `count` answers over the same range of temperatures."""
    temperatures = rung.temperatures
    if len(temperatures) > count:
        temperatures = spread(min(temperatures), max(temperatures), count)
    return replace(rung, temperatures=temperatures, starts=min(rung.starts, count))
