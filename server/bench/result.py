"""What became of a task."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from agents.tools.edits import merge_symbols
from memory.records import Evidence, Ticket
from server.bench.task import Task

_BEST = re.compile(r"Its code:\n\n(.*)\n\nMake the requirement", re.DOTALL)
"""Where the Developer says in a blocked ticket's note what came closest."""


@dataclass
class Result:
    """What became of one task."""

    task: str
    claimed: bool = False
    """The team says done: it reached review, and was accepted and merged."""
    solved: bool = False
    """The acceptance tests pass on a clean checkout of what was merged."""
    minutes: float = 0.0
    tokens: int = 0
    """Written by the models."""
    tries: int = 0
    rung: str = ""
    files: dict[str, str] = field(default_factory=dict)
    """What was merged, or the best attempt."""
    note: str = ""
    """Why nothing was merged."""
    error: str = ""
    """Why the task could not be set or worked on."""

    def count(self, evidence: Evidence) -> None:
        """Add what one ticket has cost."""
        self.tokens += evidence.completion_tokens
        self.tries += evidence.candidates_run
        self.rung = evidence.rung


def best_attempt(ticket: Ticket, task: Task) -> dict[str, str]:
    """The file with the attempt that passed most tests, as the ticket's note tells it."""
    found = _BEST.search(ticket.note)
    if found is None:
        return {}
    path = ticket.target_file
    if not ticket.target_symbol:
        return {path: found[1]}
    return {path: merge_symbols(task.files.get(path, ""), found[1]).text}
