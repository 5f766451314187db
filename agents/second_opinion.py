"""What is done where a ticket's examples are few: other candidates are asked what they answer.

The candidate that most others agree with is taken; one that does not do what the words say, or
breaks down on calls like the examples, is mended if it can be, and the person is told what is left.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing

from agents.behaviors.compare_candidates import Choice, calls_to_compare, choose, observed
from agents.behaviors.find_crashes import crashes
from agents.behaviors.weigh_examples import doubts_about, has_plenty
from agents.behaviors.write_code import Candidate, Hint, Question
from agents.cross_check import Afresh, CrossCheck, Judge, Predict, Tell
from agents.ladder import MEND_CRASHES, OPINIONS, Rung
from agents.questions import question_about
from agents.rung_costs import costed
from agents.search import Green, Search
from agents.workbench import Workbench

Opinions = Callable[[Rung], AsyncGenerator[Candidate, None]]
"""What a rung of the ladder brings, each candidate once."""

Ask = Callable[[Sequence[Question]], AsyncGenerator[Candidate, None]]

_TOLD = 2
"""Crashes that a question, or the person, is told of."""


class SecondOpinion:
    """The step between green code and its finishing, for one ticket."""

    def __init__(
        self,
        bench: Workbench,
        search: Search,
        *,
        judge: Judge,
        opinions: Opinions,
        ask: Ask,
        tell: Tell,
        predict: Predict,
        afresh: Afresh,
    ) -> None:
        self._bench, self._search = bench, search
        self._judge, self._opinions, self._ask, self._tell = judge, opinions, ask, tell
        self._calls, self._imports = calls_to_compare(bench)
        self._check = CrossCheck(
            *(bench, search, self._calls, self._imports),
            predict=predict,
            afresh=afresh,
            judge=judge,
            tell=tell,
        )
        self._known: dict[str, Sequence[str]] = {}

    async def settle(self, green: Green) -> Green:
        """`green`, or where tests are few the candidate that most others agree with."""
        doubts = self._bench.ticket.evidence.doubts
        if has_plenty(self._bench):
            return green
        if not self._calls or self._bench.budget.spent:
            doubts += doubts_about(green.candidate, others=0)
            return green
        choice = await self._choice(green)
        agreeing = choice.voters - self._search.votes(choice.candidate)
        doubts += [*choice.doubts, *doubts_about(choice.candidate, agreeing)]
        green = await self._taken(green, choice)
        if answers := await self._answers(green.candidate):
            green = await self._check.settle(green, answers)
        green = await self._mended(green)
        await self._bench.worktree.reset()
        await self._bench.worktree.write(self._bench.ticket.target_file, green.candidate.text)
        return green

    async def _choice(self, green: Green) -> Choice:
        others: list[Candidate] = []
        with costed(self._bench, self._search, OPINIONS):
            async with aclosing(self._opinions(OPINIONS)) as candidates:
                others += [candidate async for candidate in candidates]
        votes = [(c, self._search.votes(c)) for c in (green.candidate, *others)]
        choice = await choose(self._bench, self._calls, self._imports, votes)
        self._known.update(choice.answers)
        return choice

    async def _answers(self, candidate: Candidate) -> Sequence[str]:
        """What it gives to each of the calls; nothing if it cannot be seen."""
        text = candidate.text
        if text not in self._known:
            seen = await observed(
                self._bench, self._calls, self._imports, [candidate], tested=False
            )
            self._known[text] = seen[0].answers if seen else ()
        return self._known[text]

    async def _taken(self, green: Green, choice: Choice) -> Green:
        """The chosen candidate, if it is green as well."""
        if choice.candidate is green.candidate:
            return green
        await self._tell(f"{choice.voters} candidates pass; another agrees with most")
        better = await self._judge(choice.candidate)
        if better is None:
            return green
        self._bench.ticket.evidence.outvoted = green.candidate.text
        return better

    async def _mended(self, green: Green) -> Green:
        """`green`, or code that is as green and breaks down on fewer calls."""
        found = await self._crashes(green.candidate)
        if found and not self._bench.budget.spent:
            await self._tell(f"green, but {found[0]}: looking for code that does not")
            green, found = await self._sturdier(green, found)
        doubts = [f"{text}. Is that what you mean?" for text in found[:_TOLD]]
        self._bench.ticket.evidence.doubts += doubts
        return green

    async def _sturdier(self, green: Green, found: list[str]) -> tuple[Green, list[str]]:
        """The first answer to what was `found` that is green with fewer crashes, and these."""
        failure = "; ".join(found[:_TOLD]) + ". All tests pass; keep what it does"
        hint = Hint(attempt=green.candidate.code, failure=failure)
        rung = MEND_CRASHES
        question = question_about(self._bench, self._search, rung, hint)
        with costed(self._bench, self._search, rung):
            async with aclosing(self._ask([question])) as candidates:
                async for candidate in candidates:
                    if not self._search.is_new(candidate):
                        continue
                    fewer = await self._crashes(candidate)
                    if len(fewer) < len(found) and (better := await self._judge(candidate)):
                        return better, fewer
        return green, found

    async def _crashes(self, candidate: Candidate) -> list[str]:
        answers = await self._answers(candidate)
        tests = self._bench.tests.modules if self._bench.tests else []
        words = "\n".join([self._bench.words, *(module.source() for module in tests)])
        return crashes(self._calls, answers, candidate.code, words) if answers else []
