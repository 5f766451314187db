"""Green code that breaks down on calls like the examples is asked for anew.

What is right there nobody knows, but of which type it is the examples show. On all other calls the
new code has to do as the old.
"""

from __future__ import annotations

from agents.behaviors.compare_candidates import is_refusal
from agents.behaviors.find_crashes import crashes
from agents.behaviors.write_code import Candidate
from agents.cross_check import CrossCheck
from agents.ladder import MEND_CRASHES
from agents.means import Means
from agents.observations import Answers, Observations
from agents.rung_costs import costed
from agents.search import Green, Search
from agents.workbench import Workbench

_TOLD = 2
"""Crashes that the person is told of."""


class MendCrashes:
    """One ticket's look for code that breaks down on fewer calls."""

    def __init__(
        self,
        bench: Workbench,
        search: Search,
        observations: Observations,
        check: CrossCheck,
        means: Means,
    ) -> None:
        self._bench, self._search = bench, search
        self._observations, self._check, self._means = observations, check, means

    async def settle(self, green: Green) -> Green:
        """`green`, or code that is as green and as true to the words, with fewer crashes.

        The person is told of those that are left.
        """
        found = await self._crashes(green.candidate)
        if found and not self._bench.budget.spent:
            await self._means.tell(f"green, but {_told(found)[0]}: looking for code that does not")
            with costed(self._bench, self._search, MEND_CRASHES):
                green = await self._sturdier(green, found)
            found = await self._crashes(green.candidate)
        doubts = [f"{text}. Is that what you mean?" for text in _told(found)[:_TOLD]]
        self._bench.ticket.evidence.doubts += doubts
        return green

    async def _sturdier(self, green: Green, found: dict[str, str]) -> Green:
        call = min(found, key=len)
        values = [c.expected for c in self._bench.ticket.criteria if c.expected]
        test = self._bench.language.calls.type_assertion(call, values)
        if not test:
            return green
        given = await self._observations.of(green.candidate)
        better = [
            seen
            for seen in await self._check.passing(MEND_CRASHES, test)
            if self._check.objections(seen[1]) <= self._check.objections(given)
            and _does_the_same(given, seen[1])
            and len(await self._crashes(seen[0])) < len(found)
        ]
        return await self._check.taken(green, better) if better else green

    async def _crashes(self, candidate: Candidate) -> dict[str, str]:
        given = await self._observations.of(candidate)
        tests = self._bench.tests.modules if self._bench.tests else []
        words = "\n".join([self._bench.words, *(module.source() for module in tests)])
        return crashes(self._bench.language.calls, given, candidate.code, words)


def _does_the_same(given: Answers, other: Answers) -> bool:
    """Whether nothing else is changed: what else differs may be wrong where the code was right."""
    return all(other[c] == answer for c, answer in given.items() if not is_refusal(answer))


def _told(found: dict[str, str]) -> list[str]:
    return [f"{call} raises {answer}" for call, answer in found.items()]
