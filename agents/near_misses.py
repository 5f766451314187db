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
    return NearMiss(
        rung=failed.candidate.origin,
        failure=failed.failure,
        diff=changed_lines(failed.candidate.code, green.candidate.code),
    )


def changed_lines(before: str, after: str) -> str:
    """The lines that differ, with one around them, as in a unified diff without its headers."""
    diff = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=1)
    lines = [line for line in diff if not line.startswith(("---", "+++", "@@"))]
    return "\n".join(lines[:_DIFF_LINES])
