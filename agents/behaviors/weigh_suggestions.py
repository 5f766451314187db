"""Which suggested tests to withdraw, judged by the candidates that were run against them.

A person's examples bind. A model's suggestion may be wrong, and a wrong test costs more than
none; when candidates that were written apart agree with each other and not with it, it goes
(after CodeT, Chen et al., 2022, arXiv 2207.10397).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

_FEWEST_AGREEING = 3


def contradicted(
    passed: Sequence[frozenset[str]], binding: frozenset[str], suggested: frozenset[str]
) -> frozenset[str]:
    """Names of the suggested tests that the largest group of agreeing candidates fails.

    `passed` holds, for each distinct candidate, the tests that it passes. A group counts only
    if it passes every binding test and some test at all; empty when no group is large enough.
    """
    groups = Counter(p & suggested for p in passed if binding <= p and p)
    best: tuple[int, int] = (0, 0)
    winner: frozenset[str] | None = None
    for group, size in groups.items():
        if not group and not binding:
            continue
        score = (size * (1 + len(group)), size)
        if size >= _FEWEST_AGREEING and score > best:
            best, winner = score, group
    return suggested - winner if winner is not None else frozenset()
