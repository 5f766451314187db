"""Which suggested tests to withdraw, judged by the candidates that were run against them.

A person's examples bind. A model's suggestion may be wrong, and a wrong test costs more than
none; when candidates that were written apart agree with each other and not with it, it goes
(after CodeT, Chen et al., 2022, arXiv 2207.10397).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

_FEWEST_ANSWERS = 3
_FEWEST_DIFFERENT = 2


def contradicted(
    passed: Sequence[frozenset[str]],
    binding: frozenset[str],
    suggested: frozenset[str],
    votes: Sequence[int] | None = None,
) -> frozenset[str]:
    """Names of the suggested tests that the largest group of agreeing candidates fails.

    `passed` holds, for each distinct candidate, the tests that it passes, `votes` how often it
    was written (1 each by default). Candidates that pass the same tests are a group, with
    CodeT's score: votes times tests. It counts only if two different candidates, written three
    times in all, are in it, and if it passes every binding test and some test at all; empty
    when there is no such group.
    """
    weights = votes or [1] * len(passed)
    sizes: Counter[frozenset[str]] = Counter()
    different: Counter[frozenset[str]] = Counter()
    for tests, weight in zip(passed, weights, strict=True):
        if binding <= tests and tests & (binding | suggested):
            sizes[tests & suggested] += weight
            different[tests & suggested] += 1
    groups = [
        (size * (len(binding) + len(group)), size, group)
        for group, size in sizes.items()
        if size >= _FEWEST_ANSWERS and different[group] >= _FEWEST_DIFFERENT
    ]
    best = max(groups, key=lambda entry: entry[:2], default=None)
    return suggested - best[2] if best is not None else frozenset()
