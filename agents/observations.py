"""What a ticket's candidates answer to calls like its examples, each asked once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from agents.behaviors.compare_candidates import Choice, calls_to_compare, choose, observed
from agents.behaviors.write_code import Candidate
from agents.workbench import Workbench

Answers = dict[str, str]
"""What code gives to each call, as source, or as ``IndexError: words``."""


class Observations:
    """The fresh calls of one ticket and what is known of the answers to them."""

    def __init__(self, bench: Workbench) -> None:
        self._bench = bench
        self._known: dict[str, Sequence[str]] = {}

    @cached_property
    def _compared(self) -> tuple[Sequence[str], Sequence[str]]:
        """The calls and their imports; made when they are asked for, which takes a moment."""
        return calls_to_compare(self._bench)

    @property
    def calls(self) -> Sequence[str]:
        """Fresh calls like the ticket's examples."""
        return self._compared[0]

    async def choice(self, votes: Sequence[tuple[Candidate, int]]) -> Choice:
        """The candidate that most of the others agree with."""
        choice = await choose(self._bench, self.calls, self._compared[1], votes)
        self._known.update(choice.answers)
        return choice

    async def of(self, candidate: Candidate) -> Answers:
        """Nothing if it cannot be seen."""
        text = candidate.text
        if text not in self._known:
            seen = await observed(
                self._bench, self.calls, self._compared[1], [candidate], tested=False
            )
            self._known[text] = seen[0].answers if seen else ()
        return dict(zip(self.calls, self._known[text], strict=False))

    async def passing(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """Those that pass the ticket's tests."""
        seen = await observed(self._bench, self.calls, self._compared[1], candidates)
        pairs = list(zip(candidates, seen, strict=False))
        self._known.update((candidate.text, one.answers) for candidate, one in pairs if one.sound)
        return [candidate for candidate, one in pairs if one.sound]

    def disputed(self) -> set[str]:
        """The calls that code which passes the tests has answered differently so far."""
        columns = zip(*filter(None, self._known.values()), strict=True)
        pairs = zip(self.calls, columns, strict=False)
        return {call for call, column in pairs if len(set(column)) > 1}
