"""How often what a model reads off a task's words, for single calls, is what they return.

    python -m tests.benchmarks.bench_predictions HumanEval.jsonl.gz [--only A,B] [--minutes M]
        [--seed N] [--json OUT]

Each task goes the way of `tenon bench pair --tests written` up to the code. There the file's own
solution stands in for the Developer's, so that every expectation which it does not meet is wrong:
the cross-check (`agents/cross_check.py`) would ask for other code then.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from agents.behaviors.compare_candidates import calls_to_compare, observed
from agents.behaviors.predict_outputs import contradicted, readable, telling
from agents.behaviors.weigh_examples import has_plenty
from agents.behaviors.write_code import candidate_of
from agents.cross_check import CALLS
from agents.developer import Developer
from agents.errors import TicketBlockedError
from agents.ladder import Stage
from agents.progress import silent
from agents.search import Green
from agents.tester import Tester
from agents.workbench import Workbench
from server import settings
from server.bench.attempt import PairBench
from server.bench.command import read_tasks
from server.bench.human_eval import read_lines
from server.bench.task import Task, wanted
from server.components import open_models

_NOTE = "The predictions were counted."


@dataclass
class Count:
    """What was read off the words of one task."""

    task: str
    calls: int = 0
    """That the model was asked about."""
    sure: int = 0
    """Of these, for how many most answers agree."""
    sure_right: int = 0
    unanimous: int = 0
    unanimous_right: int = 0
    seconds: float = 0.0
    left_out: str = ""
    """Why nothing was asked."""


class Counting:
    """Takes the place of the Developer's search."""

    def __init__(self, solutions: dict[str, str]) -> None:
        self._solutions = solutions
        self.counts: list[Count] = []
        self.task = ""

    async def make_green(self, bench: Workbench, tester: Tester) -> Green:
        """Count, then stop. Raises TicketBlockedError."""
        count = Count(self.task)
        self.counts.append(count)
        solution = candidate_of(bench, self._solutions[self.task], Stage.FIRST)
        calls, imports = calls_to_compare(bench)
        seen = await observed(bench, calls, imports, [solution]) if calls else []
        if has_plenty(bench) or not seen:
            count.left_out = "examples enough" if has_plenty(bench) else "no calls"
        elif not seen[0].sound:
            count.left_out = "the solution does not pass the examples"
        else:
            await self._count(bench, tester, count, dict(zip(calls, seen[0].answers, strict=True)))
        raise TicketBlockedError(_NOTE)

    async def _count(
        self, bench: Workbench, tester: Tester, count: Count, answers: dict[str, str]
    ) -> None:
        examples = [c.call for c in bench.ticket.criteria if c.call]
        calls = bench.language.calls
        asked = telling(calls, readable(calls, answers, examples), CALLS)
        began = time.monotonic()
        predictions = await tester.predict(bench, asked)
        count.seconds = round(time.monotonic() - began, 1)
        wrong = contradicted(calls, predictions, answers)
        count.calls, count.sure = len(asked), len(predictions)
        count.sure_right = count.sure - len(wrong)
        count.unanimous = sum(p.unanimous for p in predictions)
        count.unanimous_right = count.unanimous - sum(p.unanimous for p in wrong)


async def run(options: argparse.Namespace) -> None:
    """Every task; prints a line for each and the sums."""
    values = settings.load({"maxMinutes": options.minutes}).values
    counting = Counting(_solutions(options.tasks))
    models = open_models(values, print, lambda: None)

    async def make_green(_developer: Developer, bench: Workbench, *others: Any) -> Green:
        return await counting.make_green(bench, others[-1])

    try:
        with patch.object(Developer, "make_green", make_green):
            for task in wanted(read_tasks(options.tasks), options.only):
                await _attempt(PairBench(values, models, options.seed, hidden=True), task, counting)
    finally:
        await models.close()
    print(_sums(counting.counts))
    if options.json:
        body = [asdict(count) for count in counting.counts]
        options.json.write_text(json.dumps(body, indent=1), "utf-8")


async def _attempt(bench: PairBench, task: Task, counting: Counting) -> None:
    counting.task = task.name
    result = await bench.attempt(task, silent)
    if result.note != _NOTE:
        print(f"{task.name}: {result.note or result.error}", flush=True)
        return
    count = counting.counts[-1]
    told = count.left_out or (
        f"{count.sure_right} of {count.sure} right, {count.unanimous_right} of {count.unanimous} "
        f"unanimous, {count.calls} calls, {count.seconds} s"
    )
    print(f"{task.name:<24}{told}", flush=True)


def _solutions(path: Path) -> dict[str, str]:
    """The file's own solutions by task."""
    tasks = [json.loads(line) for line in read_lines(path)]
    return {task["task_id"]: task["prompt"] + task["canonical_solution"] for task in tasks}


def _sums(counts: Sequence[Count]) -> str:
    asked = [count for count in counts if not count.left_out]
    total = {
        name: sum(getattr(count, name) for count in asked)
        for name in ("calls", "sure", "sure_right", "unanimous", "unanimous_right")
    }
    objected = sum(count.sure_right < count.sure for count in asked)
    return (
        f"{len(asked)} of {len(counts)} tasks asked about; of {total['calls']} calls "
        f"{total['sure']} sure and {total['sure_right']} of them right; {total['unanimous']} "
        f"unanimous and {total['unanimous_right']} right; {objected} right solutions objected to"
    )


def main() -> None:
    """Count, and print the sums."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("tasks", type=Path)
    parser.add_argument("--only", type=lambda text: text.split(","), default=[])
    parser.add_argument("--minutes", type=float, default=2, help="for each ticket")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path)
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
