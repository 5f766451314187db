"""What came closest before the accepted code, as the ticket's evidence has it."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from agents.search import Attempt, Green
from memory.records import NearMiss

_DIFF_LINES = 16


def near_miss(best: Sequence[Attempt], green: Green) -> NearMiss | None:
    """The best attempt that failed, against the accepted code; None if there was none."""
    failed = next((attempt for attempt in best if attempt.failure), None)
    if failed is None:
        return None
    diff = difflib.unified_diff(
        failed.candidate.code.splitlines(), green.candidate.code.splitlines(), lineterm="", n=1
    )
    lines = [line for line in diff if not line.startswith(("---", "+++", "@@"))]
    return NearMiss(
        rung=failed.candidate.origin, failure=failed.failure, diff="\n".join(lines[:_DIFF_LINES])
    )
