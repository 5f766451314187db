"""How many answers are decoded together, so that no wave takes a ticket's minutes for itself.

Where an answer is short or the time long, waves are as large as the ladder has them. A whole
file on a slow machine gets a smaller wave: what its failures say is worth more than the rest
of the answers, and an answer that the end of the minutes cuts off is worth nothing
(docs/benchmarks.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from agents.asking import spread
from agents.budget import Budget
from agents.ladder import Rung, Stage

_FEWEST = 4
"""Answers of a wave, where there is time for them at all."""
_SHARE = 1 / 3
"""Of a ticket's minutes that one wave may take."""
STEP = 0.5
"""By which each further answer makes a decoding step longer, where it was not seen yet: sixteen
take four to eight times as long as one (docs/benchmarks.md, *The engine*)."""
_STEPS = (0.1, 1.0)
"""What is believed of it."""
_LONGEST = 1.5
"""Length of the longest answer of a wave, at which it ends, over that of the first answer."""
_PLANNED = 2.0
"""What a plan, its prompt and its answer take, over an answer alone."""


def affordable(alone_seconds: float, seconds: float, step: float = STEP) -> int:
    """How many answers fit into `seconds` whose like took `alone_seconds` by itself."""
    if alone_seconds <= 0:
        return _FEWEST
    steps = seconds / (_LONGEST * alone_seconds)
    return 0 if steps < 1 else int((steps - 1) / step) + 1


def learned_step(step: float, slower: float, beside: int) -> float:
    """`step` after an answer whose tokens took `slower` times as long with `beside` others."""
    lowest, highest = _STEPS
    seen = min(max((slower - 1) / beside, lowest), highest)
    return (step + seen) / 2


def wave_size(stage: Stage, alone_seconds: float, budget: Budget, step: float = STEP) -> int:
    """How many answers a wave of `stage` may have; 0 where it would not end in time.

    Few are asked for even if the longest of them may be cut off, but not if all would be.
    """
    alone = _PLANNED * alone_seconds if stage is Stage.PLAN else alone_seconds
    wanted = max(_FEWEST, affordable(alone, _SHARE * budget.minutes * 60, step))
    whole = max(1, affordable(alone_seconds / _LONGEST, budget.wave_seconds, step))
    return min(wanted, whole, affordable(alone, budget.seconds_left, step))


def thinned(rung: Rung, count: int) -> Rung:
    """`rung` with at most `count` answers over the same range of temperatures."""
    temperatures = rung.temperatures
    if len(temperatures) > count:
        temperatures = spread(min(temperatures), max(temperatures), count)
    return replace(rung, temperatures=temperatures, starts=min(rung.starts, count))


def shares(weights: Sequence[int], answers: int) -> list[int]:
    """`answers` dealt out by weight, the heaviest first, at least two to each."""
    rest, given = answers, list[int]()
    for place, weight in enumerate(weights):
        behind = 2 * (len(weights) - place - 1)
        size = round(answers * weight / sum(weights))
        given.append(max(2, min(size, rest - behind)))
        rest -= given[-1]
    if given:
        given[0] += max(rest, 0)
    return given
