"""What became of a task."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from memory.records import Evidence, Ticket


@dataclass
class Result:
    """What became of one task."""

    task: str
    claimed: bool = False
    """The team says done: it reached review without a reservation, and was accepted and merged."""
    merged: bool = False
    """It was accepted and merged, with a reservation or without."""
    solved: bool = False
    """The acceptance tests pass on a clean checkout of what was merged."""
    minutes: float = 0.0
    tokens: int = 0
    """Written by the models."""
    tries: int = 0
    rung: str = ""
    rungs: list[dict[str, Any]] = field(default_factory=list)
    """What each step of the search took, in order (`memory.records.RungCost`)."""
    files: dict[str, str] = field(default_factory=dict)
    """What was merged, or the best attempt."""
    outvoted: dict[str, str] = field(default_factory=dict)
    """The target file with the first code that passed the team's tests, where another was merged:
    more candidates agreed with that, or it is truer to the words."""
    outvoted_solved: bool | None = None
    """Whether the acceptance tests pass with it."""
    reservation: str = ""
    """Why the team does not call it done although its tests pass."""
    doubts: list[str] = field(default_factory=list)
    """What the team asks the person to decide about what it says is done."""
    note: str = ""
    """Why nothing was merged."""
    error: str = ""
    """Why the task could not be set or worked on."""

    def count(self, evidence: Evidence) -> None:
        """Add what one ticket has cost."""
        self.tokens += evidence.completion_tokens
        self.tries += evidence.candidates_run
        self.rung = evidence.rung
        self.reservation = self.reservation or evidence.reservation
        self.doubts += evidence.doubts
        self.rungs += [cost.model_dump() for cost in evidence.rungs]


def best_attempt(ticket: Ticket) -> dict[str, str]:
    """The target file with the attempt that passed most tests, if there was one."""
    best = ticket.evidence.best_attempt
    return {ticket.target_file: best.text} if best else {}
