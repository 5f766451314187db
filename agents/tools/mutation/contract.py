"""What the search asks: how a language's code is changed, and what the tests say to a text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from agents.tools.mutation.evaluate import Pace, Verdict
    from agents.tools.mutation.unit import Mutation


class Part(Protocol):
    """The part of a file that may change."""

    @property
    def mutations(self) -> Sequence[Mutation]:
        """Every small change, in the order of their weights where these are equal."""

    def key(self, mutation: Mutation) -> str | None:
        """Equal for changes that give the same syntax tree; None if the result is no code."""


class Operators(Protocol):
    """How the code of one language is changed."""

    def given(self, tests: Sequence[str]) -> Operators:
        """The same, with the values that these sources of tests name."""

    def part(self, source: str, symbol: str, others: Sequence[str]) -> Part:
        """`symbol` in the file `source`; parts of `others`, files like it, may be put in.

        Raises SyntaxError, or LookupError if there is no such symbol.
        """


class Judge(Protocol):
    """Runs the tests of one repository with other texts of one file."""

    @property
    def runs(self) -> int:
        """Texts that were run so far."""

    @property
    def breadth(self) -> int:
        """So many texts at a time are run best."""

    def preload(self, modules: Sequence[str]) -> None:
        """What every run would load, if that can be done once for all."""

    async def run(
        self, sources: Sequence[str], pace: Pace = ..., *, trace: bool = False
    ) -> list[Verdict]:
        """A verdict for each source, in order; raises EvaluationError if none can be had."""
