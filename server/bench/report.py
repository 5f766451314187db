"""What a run of the benchmark says: lines for a person, and a file that survives a stop."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from agents.tools.atomic_write import replace_file
from server.bench.result import Result


def line(result: Result) -> str:
    """One task in a line."""
    if result.error:
        return f"{result.task:<28} error    {result.error}"
    state = "solved" if result.solved else "WRONG" if result.claimed else "open"
    figures = f"{result.minutes:6.2f} min {result.tokens:6} tokens {result.tries:3} tries"
    unsure = f", not called done: {result.reservation}" if result.reservation else ""
    reason = "" if result.solved else _first_line(result.note)
    return f"{result.task:<28} {state:<8} {figures}  {result.rung or reason}{unsure}".rstrip()


def _first_line(text: str) -> str:
    return text.split("\n", 1)[0][:160]


def summary(results: Sequence[Result]) -> str:
    """All tasks in a line."""
    set_ = [result for result in results if not result.error]
    solved = sum(result.solved for result in set_)
    claimed = sum(result.claimed for result in set_)
    wrong = sum(result.claimed and not result.solved for result in set_)
    minutes = sum(result.minutes for result in set_)
    errors = len(results) - len(set_)
    text = f"{solved} of {len(set_)} solved, {claimed} claimed, {wrong} of them wrongly"
    text = f"{text}, {minutes:.1f} minutes"
    return f"{text}, {errors} not set" if errors else text


def write(path: Path, head: dict[str, Any], results: Sequence[Result]) -> None:
    """Put everything so far into `path` at once, so that a stopped run keeps it whole."""
    body = {**head, "tasks": [asdict(result) for result in results]}
    replace_file(path, json.dumps(body, ensure_ascii=False, indent=1).encode())
