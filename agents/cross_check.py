"""What the person's words lead to expect of a call, held against what green code gives.

Neither is believed by itself. Code is asked for anew with the expected value as one more test, and
taken if it passes the examples, does as expected and is nowhere else at odds with the words: where
the expectation is wrong, code that the examples allow hardly ever meets it.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import aclosing

from agents.behaviors.predict_outputs import Prediction, contradicted, readable, telling
from agents.behaviors.write_code import Candidate
from agents.ladder import CROSS_CHECK, Rung
from agents.means import Means
from agents.observations import Answers, Observations
from agents.rung_costs import costed
from agents.search import Green, Search
from agents.workbench import Workbench

CALLS = 16
"""Whose values are predicted."""
_SHARE = 1 / 3
"""Of the answers that pass, how many have to do as expected."""
_SHARE_OF_ALL = 1 / 4
"""The same where all predictions agree: of eight no single one, which may do so for this call."""
_SHARE_OF_TWO = 1 / 2
"""The same for yes and no, one of which any code says."""

Seen = tuple[Candidate, Answers]


class CrossCheck:
    """One ticket's check of its green code against its words."""

    def __init__(
        self, bench: Workbench, search: Search, observations: Observations, means: Means
    ) -> None:
        self._bench, self._search = bench, search
        self._observations, self._means = observations, means
        self._calls = bench.language.calls
        self._predictions: list[Prediction] = []
        self._met: list[Prediction] = []

    async def settle(self, green: Green) -> Green:
        """`green`, or code that is truer to the words.

        The person is told of an expectation that other code meets and this does not.
        """
        given = await self._observations.of(green.candidate)
        if not given:
            return green
        with costed(self._bench, self._search, CROSS_CHECK):
            self._predictions = await self._means.predict(self._asked(given))
            tried: list[Prediction] = []
            while expected := self._next(given, tried):
                tried.append(expected)
                green = await self._truer(green, given, expected)
                given = await self._observations.of(green.candidate)
        self._bench.ticket.evidence.doubts += self._doubts(given)
        return green

    def objections(self, given: Answers) -> set[Prediction]:
        """What is expected and not done by code that gives these answers."""
        return set(contradicted(self._calls, self._predictions, given))

    async def passing(self, rung: Rung, test: str) -> list[Seen]:
        """Answers to the ticket with one more `test` that pass its own; what they give."""
        async with aclosing(self._means.afresh(rung, test)) as candidates:
            answers = [candidate async for candidate in candidates]
        passing = await self._observations.passing(answers)
        return [(candidate, await self._observations.of(candidate)) for candidate in passing]

    def _asked(self, given: Answers) -> list[str]:
        examples = [c.call for c in self._bench.ticket.criteria if c.call]
        asked = readable(self._calls, given, examples)
        return telling(self._calls, asked, CALLS, self._observations.disputed())

    def _next(self, given: Answers, tried: Sequence[Prediction]) -> Prediction | None:
        """The surest of what is not as expected, while there are time and patience."""
        if self._bench.budget.spent or len(tried) >= CROSS_CHECK.starts:
            return None
        wrong = contradicted(self._calls, self._predictions, given)
        return next((each for each in wrong if each not in tried), None)

    async def _truer(self, green: Green, given: Answers, expected: Prediction) -> Green:
        """Code that does as `expected`, if there is any that is right elsewhere."""
        call, value = expected.call, expected.value
        await self._means.tell(
            f"{call} gives {given[call]}, but the words read as {value}: asking again"
        )
        passing = await self.passing(CROSS_CHECK, self._calls.assertion(call, value))
        before = self.objections(given)
        met = [seen for seen in passing if self._calls.agree(value, seen[1][call])]
        self._met += [expected] if met else []
        doing = [seen for seen in met if self.objections(seen[1]) < before]
        if not doing or len(doing) < _share(expected) * len(passing):
            return green
        return await self.taken(green, doing)

    async def taken(self, green: Green, better: Sequence[Seen]) -> Green:
        """The one of `better` that is least at odds with the words and with `green`."""
        given = await self._observations.of(green.candidate)
        candidate, _ = min(
            better,
            key=lambda seen: (
                len(self.objections(seen[1])),
                _changes(given, seen[1]),
                len(seen[0].code),
            ),
        )
        judged = await self._means.judge(candidate)
        if judged is None:
            return green
        evidence = self._bench.ticket.evidence
        evidence.outvoted = evidence.outvoted or green.candidate.text
        return judged

    def _doubts(self, given: Answers) -> list[str]:
        """At most one. What no code meets that passes the examples is a mistake of the reader."""
        return [
            f"{p.call} gives {given[p.call]}; from the words alone one would expect {p.value}. "
            "Is that what you mean?"
            for p in contradicted(self._calls, self._met, given)[:1]
        ]


def _share(expected: Prediction) -> float:
    if expected.value in ("True", "False", "true", "false"):
        return _SHARE_OF_TWO
    return _SHARE_OF_ALL if expected.unanimous else _SHARE


def _changes(given: Answers, other: Answers) -> int:
    return sum(other[call] != answer for call, answer in given.items())
