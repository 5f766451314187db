"""Where candidates disagree with a test: what it expects, what they answer, and how many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from agents.behaviors.compare_candidates import observed
from agents.behaviors.compose_tests import WrittenTest
from agents.behaviors.read_claim import Claim
from agents.search import Attempt
from agents.tools.observe import NO_ANSWER
from agents.workbench import Workbench

_VERSIONS = 24
_ANSWERS = 2
"""Different answers that are told."""


async def in_doubt(
    bench: Workbench, tests: Sequence[WrittenTest], attempts: Sequence[Attempt]
) -> list[str]:
    """A sentence for each of `tests`, for the person to decide.

    The candidates are run again on the call that the test makes; of a test that makes more than
    one the failures are told. The worktree is reset.
    """
    attempts = attempts[:_VERSIONS]
    claim_of = bench.language.calls.claim
    claims = {t.name: claim for t in tests if (claim := claim_of(t.source)) is not None}
    answers = await _answers(bench, tests, claims, attempts)
    return [_sentence(test, claims, answers, attempts) for test in tests]


async def _answers(
    bench: Workbench,
    tests: Sequence[WrittenTest],
    claims: Mapping[str, Claim],
    attempts: Sequence[Attempt],
) -> dict[str, Counter[str]]:
    """How often the candidates answer what to the call of each test, by the test's name."""
    asked = [test for test in tests if test.name in claims]
    if not asked:
        return {}
    calls = [claims[test.name].call for test in asked]
    imports = sorted({line for test in asked for line in test.imports})
    candidates = [attempt.candidate for attempt in attempts]
    seen = await observed(bench, calls, imports, candidates, tested=False)
    return {
        test.name: Counter(o.answers[place] for o in seen if o.answers[place] != NO_ANSWER)
        for place, test in enumerate(asked)
    }


def _sentence(
    test: WrittenTest,
    claims: Mapping[str, Claim],
    answers: Mapping[str, Counter[str]],
    attempts: Sequence[Attempt],
) -> str:
    whose = "your example" if test.binding else "a suggested test"
    claim, tally = claims.get(test.name), answers.get(test.name)
    if claim is None or not tally:
        failing = [a for a in attempts if test.name not in a.passed]
        what = f"{whose} ({test.name}) fails with {len(failing)} of {len(attempts)} candidates"
        return f"{test.criterion_id}: {what}{_failure(test, failing)}"
    told = [f"{count} give {answer}" for answer, count in tally.most_common(_ANSWERS)]
    others = f"of {tally.total()} candidates {', '.join(told)}"
    return f"{test.criterion_id}: {whose} ({test.name}) expects {claim}; {others}"


def _failure(test: WrittenTest, failing: Sequence[Attempt]) -> str:
    words = Counter(
        case.distilled for attempt in failing for case in attempt.failing if case.name == test.name
    )
    return f": {words.most_common(1)[0][0]}" if words else ""
