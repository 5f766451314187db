"""The ladder: which rung of the search comes next, cheapest first.

A rung is a way to get candidates. The order is fixed here and nowhere else; the Developer
carries the rungs out and leaves out those that have nothing to start from. Why each is there,
and what it brings, is in docs/benchmarks.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from agents.asking import spread


class Stage(StrEnum):
    """How candidates come about."""

    FIRST = "first answer"
    SAMPLE = "sample"
    MUTATION = "mutation"
    REPAIR = "repair"
    PART = "part"
    PLAN = "plan"
    WIDER = "wider unit"
    TIER = "stronger model"
    OPINION = "second opinion"
    CROSS_CHECK = "cross-check"
    CRASHES = "crashes"
    CHECKS = "checks"
    SIMPLER = "simpler"


@dataclass(frozen=True)
class Rung:
    """One step of the ladder.

    Answers come in eights and sixteens where they can: llama.cpp's kernels read the weights
    once for so many rows, and sixteen cost little more than eight (docs/benchmarks.md).
    """

    stage: Stage
    temperatures: tuple[float, ...] = (0.2,)
    """Of the answers to one question, which are decoded together. A repair asks a question for
    each of up to four failures of an attempt; parts share the answers by the
    tests that blame them."""
    starts: int = 1
    """How many attempts, plans or models it starts from; each gets a question of its own."""
    seconds: float = 0.0
    """Longest time of a rung that asks no model."""
    again: bool = False
    """Whether it is repeated while it gains a test, or a set of parameters of one."""
    after: Stage | None = None
    """A stage without whose candidates it is left out."""
    unless: Stage | None = None
    """A stage with whose candidates it is left out."""
    in_turn: bool = False
    """Whether its questions are asked one after the other, until an answer is green."""
    enough: int | None = None
    """Answers after which the others of the rung are not waited for; None: all."""


OPINIONS = Rung(Stage.OPINION, spread(0.6, 1.0, 6), enough=4)
"""Not a way to a green candidate, but to the best of several: asked where tests are few. A wave
ends with its longest answer, which says no more than the others (docs/benchmarks.md)."""
CROSS_CHECK = Rung(Stage.CROSS_CHECK, spread(0.2, 1.0, 8), starts=2)
"""Asked with one more test, for each of so many calls that green code and the words differ about.
Code that is shown its mistake comes back as it was; code that is asked for anew does not
(docs/benchmarks.md)."""
MEND_CRASHES = replace(CROSS_CHECK, stage=Stage.CRASHES, starts=1)
"""The same where green code breaks down on a call like the examples."""
_MUTATION = Rung(Stage.MUTATION, starts=3, seconds=20)
_PART = Rung(Stage.PART, spread(0.4, 1.2, 16), starts=4, again=True)
_OPENING = (
    # The narrow view is read in less time, and the other not at all where that answer is green.
    Rung(Stage.FIRST, in_turn=True),
    # Sixteen bodies of functions take less time than four whole files do.
    _PART,
    replace(_MUTATION, after=Stage.PART),
    # More of the same file gained nothing where parts of it were written anew.
    Rung(Stage.SAMPLE, spread(0.4, 1.0, 16), unless=Stage.PART),
    _MUTATION,
)
_ROUND = (
    _PART,
    _MUTATION,
    Rung(Stage.PLAN, (0.2,), starts=16),
    _MUTATION,
    Rung(Stage.REPAIR, (0.4, 0.9), starts=2, again=True),
    _MUTATION,
    Rung(Stage.WIDER, spread(0.3, 0.9, 12)),
    Rung(Stage.TIER, spread(0.2, 0.8, 8)),
    Rung(Stage.SAMPLE, spread(0.6, 1.1, 16)),
)


def ladder(repeats: int = 1000) -> Iterator[tuple[int, Rung]]:
    """The rungs with the number of their round: the opening (0) once, then rounds."""
    for rung in _OPENING:
        yield 0, rung
    for number in range(1, repeats + 1):
        for rung in _ROUND:
            yield number, rung


@dataclass(frozen=True)
class Finish:
    """What is done with code that is green; nothing of it makes the code less than that."""

    repair: Rung = Rung(Stage.CHECKS, (0.2, 0.7), starts=2)
    """Questions about what the repository's checks find new, after tools have repaired what they
    can; `starts` is the most rounds. What is left after that is told, and blocks nothing."""
    simplify: Rung | None = None
    """Whether the model is asked for simpler code, and how. Off: it has not been shown to pay."""


FINISH = Finish()
SIMPLIFY = Rung(Stage.SIMPLER, (0.2, 0.7))
"""For `Finish.simplify`."""
