"""What is done where a ticket's examples are few: other candidates are asked what they answer.

The candidate that most others agree with is taken; one that does not do what the words say, or
breaks down on calls like the examples, is mended if it can be, and the person is told what is left.
"""

from __future__ import annotations

from contextlib import aclosing

from agents.behaviors.compare_candidates import Choice
from agents.behaviors.weigh_examples import doubts_about, has_plenty, reservation
from agents.behaviors.write_code import Candidate
from agents.cross_check import CrossCheck
from agents.ladder import OPINIONS
from agents.means import Means
from agents.mend_crashes import MendCrashes
from agents.observations import Observations
from agents.rung_costs import costed
from agents.search import Green, Search
from agents.workbench import Workbench


class SecondOpinion:
    """The step between green code and its finishing, for one ticket."""

    def __init__(self, bench: Workbench, search: Search, means: Means) -> None:
        self._bench, self._search, self._means = bench, search, means
        self._observations = Observations(bench)

    async def settle(self, green: Green) -> Green:
        """`green`, or where tests are few the code that most agree with and the words allow."""
        if has_plenty(self._bench):
            return green
        if not self._observations.calls or self._bench.budget.spent:
            self._note_doubts(green, Choice(green.candidate), agreeing=0)
            return green
        choice = await self._choice(green)
        green = await self._mended(await self._taken(green, choice))
        agreeing = choice.voters - self._search.votes(choice.candidate)
        self._note_doubts(green, choice, agreeing)
        await self._bench.worktree.reset()
        await self._bench.worktree.write(self._bench.ticket.target_file, green.candidate.text)
        return green

    def _note_doubts(self, green: Green, choice: Choice, agreeing: int) -> None:
        """What the person has to decide about `green`, which may be other code than was chosen."""
        evidence = self._bench.ticket.evidence
        chosen = green.candidate is choice.candidate
        bent = chosen and agreeing == 0 and green.candidate.mutated
        outnumbered = chosen and choice.outnumbered
        evidence.reservation = reservation(self._bench, bent=bent, outnumbered=outnumbered)
        if chosen:
            evidence.doubts += [*choice.doubts, *doubts_about(green.candidate, agreeing)]

    async def _choice(self, green: Green) -> Choice:
        others: list[Candidate] = []
        with costed(self._bench, self._search, OPINIONS):
            async with aclosing(self._means.opinions(OPINIONS)) as candidates:
                others += [candidate async for candidate in candidates]
        votes = [(c, self._search.votes(c)) for c in (green.candidate, *others)]
        return await self._observations.choice(votes)

    async def _taken(self, green: Green, choice: Choice) -> Green:
        """The chosen candidate, if it is green as well."""
        if choice.candidate is green.candidate:
            return green
        await self._means.tell(f"{choice.voters} candidates pass; another agrees with most")
        better = await self._means.judge(choice.candidate)
        if better is None:
            return green
        self._bench.ticket.evidence.outvoted = green.candidate.text
        return better

    async def _mended(self, green: Green) -> Green:
        """`green`, or code that is truer to the words and breaks down on fewer calls."""
        shared = self._bench, self._search, self._observations
        check = CrossCheck(*shared, self._means)
        green = await check.settle(green)
        return await MendCrashes(*shared, check, self._means).settle(green)
