"""Choose among candidates that pass the tests by what they answer to fresh calls.

Few examples let wrong code pass. Candidates that were written apart agree where they are
right and differ where they are wrong, so the one that agrees most is taken (after minimum
Bayes risk decoding by execution, Shi et al., 2022, arXiv 2204.11454), and where they differ
the person is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from agents.behaviors.find_crashes import is_extreme_call
from agents.behaviors.write_code import Candidate
from agents.languages.calls import Calls
from agents.tools.fresh_inputs import fresh_calls
from agents.tools.fresh_values import named_numbers
from agents.tools.observe import NO_ANSWER, Observation, observe
from agents.workbench import Workbench

_CALLS = 100
_HEAD_START = 2
"""Votes of the first candidate beside its own. It was decoded nearly without chance, the others to
differ from it: of eleven that were outvoted by bare majorities seven were as right, two right where
the other was wrong, and none wrong where the other was right (docs/benchmarks.md)."""
_DOUBTS = 3
_DOUBTED = 0.25
"""Share of the votes against an answer that makes it worth telling."""


@dataclass(frozen=True)
class Choice:
    """The candidate to take, and where others of good standing differ from it."""

    candidate: Candidate
    doubts: tuple[str, ...] = ()
    voters: int = 0
    outnumbered: bool = False
    """Whether most of the votes go against it on a call that is like the examples."""
    answers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What each candidate that passes gives to each call, by its text."""


def calls_to_compare(bench: Workbench) -> tuple[list[str], tuple[str, ...]]:
    """Fresh calls like the ticket's examples, and the imports that they need."""
    calls, symbol = bench.language.calls, bench.ticket.target_symbol
    examples = [c.call for c in bench.ticket.criteria if c.call]
    claims = (calls.claim(test.source) for test in (bench.tests.tests if bench.tests else []))
    examples = examples or [claim.call for claim in claims if claim is not None]
    imports = calls.imports(examples, symbol, bench.import_of)
    if imports is None:
        return [], ()
    literals = [found for each in examples if (found := calls.literals(each)) is not None]
    numbers = named_numbers(bench.words, symbol)
    return fresh_calls(literals, _CALLS, bench.context.seed, numbers), imports


async def observed(
    bench: Workbench,
    calls: Sequence[str],
    imports: Sequence[str],
    candidates: Sequence[Candidate],
    *,
    tested: bool = True,
) -> list[Observation]:
    """What each candidate answers to each call; nothing where they cannot be run.

    An observation is sound if the ticket's tests pass, where they are `tested`. The worktree is
    reset.
    """
    await bench.worktree.reset()
    return await observe(
        bench.runner,
        bench.worktree.root,
        bench.ticket.target_file,
        [bench.tests.path] if tested and bench.tests else [],
        bench.language.calls.probe(bench.test_path, imports, calls),
        [candidate.text for candidate in candidates],
    )


async def choose(
    bench: Workbench,
    calls: Sequence[str],
    imports: Sequence[str],
    votes: Sequence[tuple[Candidate, int]],
) -> Choice:
    """The best of the candidates with their numbers of votes, the first one if all are equal.

    The first one has a head start. Only what passes the ticket's tests has a vote. Of several that
    answer the same it is the shortest.
    """
    seen = await observed(bench, calls, imports, [candidate for candidate, _ in votes])
    sound = [(c, n, o) for (c, n), o in zip(votes, seen, strict=False) if o.sound]
    if not sound:
        return Choice(votes[0][0])
    answers = {c.text: o.answers for c, _, o in sound}
    ahead = [(c, n + _HEAD_START * (c is votes[0][0]), o) for c, n, o in sound]
    weighed, tallies = (_tallies(each, len(calls)) for each in (ahead, sound))
    scores = [_score(observation, weighed) for _, _, observation in sound]
    best = max(scores)
    close = [entry for entry, score in zip(sound, scores, strict=True) if best - score < 1e-9]
    alike = [entry for entry in close if entry[2].answers == close[0][2].answers]
    candidate, _, observation = min(alike, key=lambda entry: len(entry[0].code))
    voters = sum(count for _, count, _ in sound)
    doubts = tuple(_doubts(calls, observation, tallies))
    against = _is_outnumbered(bench.language.calls, calls, observation, tallies)
    return Choice(candidate, doubts, voters, against, answers)


def _tallies(sound: Sequence[tuple[Candidate, int, Observation]], calls: int) -> list[Counter[str]]:
    """Votes for each answer to each call; none where most say that the call is no good."""
    tallies: list[Counter[str]] = []
    for number in range(calls):
        tally: Counter[str] = Counter()
        for _, count, observation in sound:
            tally[observation.answers[number]] += count
        wrong = sum(n for answer, n in tally.items() if is_refusal(answer))
        tallies.append(tally if 2 * wrong <= tally.total() else Counter())
    return tallies


def is_refusal(answer: str) -> bool:
    """Whether the answer is an exception (``IndexError: words``) or none at all."""
    name = answer.split(":", 1)[0]
    return answer == NO_ANSWER or (":" in answer and name.isidentifier())


def _score(observation: Observation, tallies: Sequence[Counter[str]]) -> float:
    """How many votes agree with the answers, as a share, over all calls."""
    return sum(
        tally[answer] / tally.total()
        for answer, tally in zip(observation.answers, tallies, strict=True)
        if tally
    )


def _is_outnumbered(
    language: Calls,
    calls: Sequence[str],
    observation: Observation,
    tallies: Sequence[Counter[str]],
) -> bool:
    return any(
        2 * tally[answer] < tally.total()
        for call, answer, tally in zip(calls, observation.answers, tallies, strict=True)
        if tally and not is_extreme_call(language, call)
    )


def _doubts(
    calls: Sequence[str], observation: Observation, tallies: Sequence[Counter[str]]
) -> list[str]:
    """Where many differ, in words; the most doubted first, each other answer once."""
    found: list[tuple[float, str]] = []
    for call, answer, tally in zip(calls, observation.answers, tallies, strict=True):
        others = Counter({a: n for a, n in tally.items() if a != answer})
        if not others or others.total() / tally.total() < _DOUBTED:
            continue
        other, count = others.most_common(1)[0]
        share = others.total() / tally.total()
        text = f"{call} gives {answer}; {count} of {tally.total()} candidates give {other}"
        found.append((-share, text))
    return [text for _, text in sorted(found)[:_DOUBTS]]
