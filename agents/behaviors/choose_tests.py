"""Which of the tests that a model wrote for a criterion are worth running."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from agents.behaviors.check_test import same_test
from agents.behaviors.compose_tests import WrittenTest
from agents.behaviors.read_claim import Claim, claim_of


def choose_tests(
    written: Sequence[WrittenTest], known: Sequence[WrittenTest], most: int
) -> list[WrittenTest]:
    """At most `most` of `written`, each once, under names that `known` does not have.

    Of tests that expect different values of the same call the one that was written most often
    stays (self-consistency, Wang et al., 2022, arXiv 2203.11171), and none that contradicts or
    repeats one of `known`. Those that name a value come first.
    """
    counts = Counter(map(same_test, written))
    taken = {same_test(test) for test in known}
    said = {claim.call: claim for test in known if (claim := claim_of(test.source))}
    order = sorted(written, key=lambda t: (claim_of(t.source) is None, -counts[same_test(t)]))
    chosen: list[WrittenTest] = []
    for test in order:
        key, claim = same_test(test), claim_of(test.source)
        if key in taken or not _agrees(claim, said):
            continue
        taken.add(key)
        if claim is not None:
            said[claim.call] = claim
        chosen.append(test)
    return _named(chosen[:most], {test.name for test in known})


def _agrees(claim: Claim | None, said: dict[str, Claim]) -> bool:
    return claim is None or said.get(claim.call, claim) == claim


def _named(tests: Sequence[WrittenTest], taken: set[str]) -> list[WrittenTest]:
    """The tests under names of their own: ``…``, ``…_2``, ``…_3``."""
    named: list[WrittenTest] = []
    for test in tests:
        name, number = test.name, 1
        while name in taken:
            number += 1
            name = f"{test.name}_{number}"
        taken.add(name)
        source = test.source.replace(test.name, name, 1)
        named.append(replace(test, name=name, source=source))
    return named
