"""What the person's words lead to expect of a call, held against what green code gives.

Neither is believed by itself. Code is asked for anew with the expected value as one more test, and
taken if it passes the examples, does as expected and is nowhere else at odds with the words: where
the expectation is wrong, code that the examples allow hardly ever meets it.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing

from agents.behaviors.compare_candidates import observed
from agents.behaviors.predict_outputs import Prediction, contradicted, readable, telling
from agents.behaviors.write_code import Candidate
from agents.ladder import CROSS_CHECK
from agents.rung_costs import costed
from agents.search import Green, Search
from agents.workbench import Workbench

Predict = Callable[[Workbench, Sequence[str]], Awaitable[list[Prediction]]]
"""What calls return by the words."""
Afresh = Callable[[str], AsyncGenerator[Candidate, None]]
"""Answers to the ticket with one more assertion that has to hold."""
Judge = Callable[[Candidate], Awaitable[Green | None]]
Tell = Callable[[str], Awaitable[None]]
Seen = tuple[Candidate, dict[str, str]]
"""A candidate and what it gives to each call."""

CALLS = 16
"""Whose values are predicted."""
_SHARE = 1 / 3
"""Of the answers that pass, how many have to do as expected, unless all predictions agree."""
_SHARE_OF_TWO = 1 / 2
"""The same for yes and no, one of which any code says."""


class CrossCheck:
    """One ticket's check of its green code against its words."""

    def __init__(
        self,
        bench: Workbench,
        search: Search,
        calls: Sequence[str],
        imports: Sequence[str],
        *,
        predict: Predict,
        afresh: Afresh,
        judge: Judge,
        tell: Tell,
    ) -> None:
        self._bench, self._search = bench, search
        self._calls, self._imports = calls, imports
        self._predict, self._afresh = predict, afresh
        self._judge, self._tell = judge, tell
        self._predictions: list[Prediction] = []
        self._met: list[Prediction] = []

    async def settle(self, green: Green, answers: Sequence[str]) -> Green:
        """`green`, which gives `answers` to the calls, or code that is truer to the words.

        The person is told of an expectation that other code meets and this does not.
        """
        given = dict(zip(self._calls, answers, strict=True))
        with costed(self._bench, self._search, CROSS_CHECK):
            examples = [c.call for c in self._bench.ticket.criteria if c.call]
            asked = telling(readable(given, examples), CALLS)
            self._predictions = await self._predict(self._bench, asked)
            tried: list[Prediction] = []
            while expected := self._next(given, tried):
                tried.append(expected)
                better = await self._truer(green, expected, given)
                if better is not None:
                    green, given = better
        self._bench.ticket.evidence.doubts += self._doubts(given)
        return green

    def _next(self, given: dict[str, str], tried: Sequence[Prediction]) -> Prediction | None:
        """The surest of what is not as expected, while there are time and patience."""
        if self._bench.budget.spent or len(tried) >= CROSS_CHECK.starts:
            return None
        wrong = contradicted(self._predictions, given)
        return next((each for each in wrong if each not in tried), None)

    async def _truer(
        self, green: Green, expected: Prediction, given: dict[str, str]
    ) -> tuple[Green, dict[str, str]] | None:
        """Code that does as `expected`, and what it answers."""
        call, value = expected.call, expected.value
        await self._tell(f"{call} gives {given[call]}, but the words read as {value}: asking again")
        before = set(contradicted(self._predictions, given))
        passing = await self._passing(f"assert {call} == {value}")
        doing = [
            each for each in passing if expected.agrees(each[1][call]) and self._left(each) < before
        ]
        if any(expected.agrees(other[call]) for _, other in passing):
            self._met.append(expected)
        if not doing or len(doing) < _share(expected) * len(passing):
            return None
        candidate, answers = min(
            doing,
            key=lambda each: (len(self._left(each)), _changes(given, each[1]), len(each[0].code)),
        )
        better = await self._judge(candidate)
        if better is None:
            return None
        evidence = self._bench.ticket.evidence
        evidence.outvoted = evidence.outvoted or green.candidate.text
        return better, answers

    def _left(self, seen: Seen) -> set[Prediction]:
        return set(contradicted(self._predictions, seen[1]))

    async def _passing(self, test: str) -> list[Seen]:
        """Answers to a question with one more `test` that pass the ticket's own; what they give."""
        async with aclosing(self._afresh(test)) as candidates:
            answers = [candidate async for candidate in candidates]
        seen = await observed(self._bench, self._calls, self._imports, answers)
        return [
            (candidate, dict(zip(self._calls, observation.answers, strict=True)))
            for candidate, observation in zip(answers, seen, strict=False)
            if observation.sound
        ]

    def _doubts(self, given: dict[str, str]) -> list[str]:
        """At most one. What no code meets that passes the examples is a mistake of the reader."""
        return [
            f"{p.call} gives {given[p.call]}; from the words alone one would expect {p.value}. "
            "Is that what you mean?"
            for p in contradicted(self._met, given)[:1]
        ]


def _share(expected: Prediction) -> float:
    if expected.value in ("True", "False"):
        return _SHARE_OF_TWO
    return 0.0 if expected.unanimous else _SHARE


def _changes(given: dict[str, str], other: dict[str, str]) -> int:
    return sum(other[call] != answer for call, answer in given.items())
