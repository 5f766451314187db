"""What each step of the search took, as the ticket's evidence has it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from agents.ladder import Rung
from agents.search import Search
from agents.workbench import Workbench
from memory.records import RungCost


@contextmanager
def costed(bench: Workbench, search: Search, rung: Rung) -> Iterator[None]:
    """Note in the ticket what the rung took, if it took anything."""
    evidence, tally, began = bench.ticket.evidence, bench.context.tally, monotonic()
    tokens, candidates = tally.completion_tokens, evidence.candidates_run
    try:
        yield
    finally:
        cost = RungCost(
            rung=rung.stage,
            candidates=evidence.candidates_run - candidates,
            completion_tokens=tally.completion_tokens - tokens,
            seconds=round(monotonic() - began, 1),
            best_passed=search.passed,
            tests=bench.total,
        )
        if cost.candidates or cost.completion_tokens or (rung.seconds and cost.seconds):
            evidence.rungs.append(cost)
