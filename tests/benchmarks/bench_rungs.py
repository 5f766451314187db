"""What each rung of the ladder took and brought: ``tenon bench pair --json`` files in, a table out.

    python -m tests.benchmarks.bench_rungs RESULTS.json [MORE.json …]

A rung is judged on what the ones before it left open: the tests that the best attempt passes after
it and did not before, and the tasks that it finished.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agents.ladder import Stage


@dataclass
class Row:
    """One rung over all tasks."""

    waves: int = 0
    tasks: int = 0
    seconds: float = 0.0
    tokens: int = 0
    candidates: int = 0
    gained: int = 0
    finished: int = 0

    @property
    def cells(self) -> list[str]:
        """For a table in Markdown."""
        cells = [self.tasks, self.waves, round(self.seconds), self.tokens, self.candidates]
        return [f"{cell:,}" for cell in (*cells, self.gained, self.finished)]


def rows(tasks: Iterable[dict[str, Any]]) -> dict[str, Row]:
    """By the rung's name, in the order of the ladder."""
    found = {str(stage): Row() for stage in Stage}
    for task in tasks:
        best, seen = 0, set[str]()
        for cost in task["rungs"]:
            row = found.setdefault(cost["rung"], Row())
            row.tasks += cost["rung"] not in seen
            seen.add(cost["rung"])
            row.waves += 1
            row.seconds += cost["seconds"]
            row.tokens += cost["completion_tokens"]
            row.candidates += cost["candidates"]
            row.gained += max(cost["best_passed"] - best, 0)
            best = max(cost["best_passed"], best)
        if task["solved"]:
            found.setdefault(task["rung"], Row()).finished += 1
    return {name: row for name, row in found.items() if row.waves}


def table(found: dict[str, Row]) -> list[str]:
    """Lines of Markdown."""
    head = ["rung", "tasks", "waves", "seconds", "tokens", "runs", "tests gained", "finished"]
    lines = [head, *([name, *row.cells] for name, row in found.items())]
    first, *rest = (f"| {' | '.join(line)} |" for line in lines)
    return [first, "|---" * len(head) + "|", *rest]


def main() -> None:
    """Read the files and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", type=Path, nargs="+")
    files = parser.parse_args().results
    tasks = [task for file in files for task in json.loads(file.read_text("utf-8"))["tasks"]]
    print("\n".join(table(rows(tasks))))


if __name__ == "__main__":
    main()
