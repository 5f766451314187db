"""What the steps between green code and its finishing have to work with."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass

from agents.behaviors.predict_outputs import Prediction
from agents.behaviors.write_code import Candidate
from agents.ladder import Rung
from agents.search import Green


@dataclass(frozen=True)
class Means:
    """The Developer's, and the Tester's reading, for one ticket."""

    judge: Callable[[Candidate], Awaitable[Green | None]]
    """Runs the tests and the whole suite."""
    tell: Callable[[str], Awaitable[None]]
    """Says what is done, to the person and in the log."""
    opinions: Callable[[Rung], AsyncGenerator[Candidate, None]]
    """What a rung of the ladder brings, each candidate once."""
    afresh: Callable[[Rung, str], AsyncGenerator[Candidate, None]]
    """Answers to the ticket as it was first asked, with one more assertion that has to hold."""
    predict: Callable[[Sequence[str]], Awaitable[list[Prediction]]]
    """What calls return by the words."""
