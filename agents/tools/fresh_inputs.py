"""Calls like the given ones with other arguments, made by small typed changes of literals."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Protocol

from agents.tools.fresh_values import others, spliced

_MOST_PER_EXAMPLE = 40
_LONGEST = 400


class Literals(Protocol):
    """A call as the literals among its arguments, and in the collections among these."""

    @property
    def values(self) -> Sequence[object]:
        """Of each literal, in one order; a collection is one, and its parts are as well."""

    @property
    def arguments(self) -> Sequence[Sequence[int]]:
        """For each call inside, places in `values` of its arguments that are literals."""

    def changed(self, new: Mapping[int, object]) -> str:
        """The call with other values at these places, the outer ones first."""


def fresh_calls(
    examples: Sequence[Literals], count: int, seed: int = 0, numbers: Sequence[int] = ()
) -> list[str]:
    """At most `count` calls that differ from `examples` in their literals.

    Types stay as they are: a list of numbers stays one, and a tuple as long as it is. `numbers` are
    tried for those of the examples, and literals of one example in the place of another's. The
    order is by example in turn, with changes of one literal before those of several; the same seed
    gives the same calls.
    """
    chooser = random.Random(seed)  # noqa: S311 - no secret
    turns = [list(_variants(one, _alike(one, examples), chooser, numbers)) for one in examples]
    given = {example.changed({}) for example in examples}
    found: dict[str, None] = {}
    for rank in range(max(map(len, turns), default=0)):
        for turn in turns:
            if rank < len(turn) and turn[rank] not in given:
                found[turn[rank]] = None
    return list(found)[:count]


def has_negative(call: Literals) -> bool:
    """Whether an argument, or a part of one, is a negative number."""
    return any(_is_negative(value) for value in call.values)


def is_extreme(call: Literals) -> bool:
    """Whether an argument, or a part of one, is empty or negative."""
    return any(_is_negative(value) or _is_empty(value) for value in call.values)


def has_nothing(call: Literals) -> bool:
    """Whether an argument is empty, zero, or nothing at all."""
    return any(not call.values[place] for places in call.arguments for place in places)


def _is_negative(value: object) -> bool:
    return isinstance(value, int | float) and value < 0


def _is_empty(value: object) -> bool:
    return isinstance(value, str | bytes | list | tuple | dict) and not value


def _alike(call: Literals, calls: Sequence[Literals]) -> list[Sequence[object]]:
    """Values of the literals of each other call that has as many."""
    found = [each.values for each in calls if len(each.values) == len(call.values)]
    return [values for values in found if values != call.values]


def _variants(
    call: Literals,
    alike: Sequence[Sequence[object]],
    chooser: random.Random,
    numbers: Sequence[int],
) -> Iterator[str]:
    options = [
        [*others(value, numbers), *spliced(value, [values[place] for values in alike])]
        for place, value in enumerate(call.values)
    ]
    changes = [(place, new) for place, values in enumerate(options) for new in values]
    chooser.shuffle(changes)
    single = [call.changed({place: new}) for place, new in changes[:_MOST_PER_EXAMPLE]]
    many = _MOST_PER_EXAMPLE if len(options) > 1 else 0
    several = [_scrambled(call, options, chooser) for _ in range(many)]
    for text in [*_swapped(call), *single, *several]:
        if len(text) <= _LONGEST:
            yield text


def _swapped(call: Literals) -> Iterator[str]:
    """`call` with two arguments of one type, one beside the other, in each other's place."""
    for places in call.arguments:
        for first, second in pairwise(places):
            one, other = call.values[first], call.values[second]
            if type(one) is type(other) and one != other:
                yield call.changed({first: other, second: one})


def _scrambled(call: Literals, options: Sequence[Sequence[object]], chooser: random.Random) -> str:
    new = {
        place: chooser.choice(values)
        for place, values in enumerate(options)
        if values and chooser.random() < 0.6
    }
    return call.changed(new)
