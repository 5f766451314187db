"""Of several answers to a ticket's first question, how many pass its tests.

    python -m tests.benchmarks.bench_first_answers [--tasks FILE|FOLDER] [--plain] [--only A,B]
        [--ways product,whole,narrow,free] [--answers N] [--minutes M] [--seed N] [--json OUT]

Without `--tasks` the tickets are those of `repository_tickets.py`, which need what other files
have, or with `--plain` those of `plain_tickets.py`, which need nothing; the code index is up to
date. Each is asked about in several ways: `product`, where the answer is begun for the model up to
the body of the function, and half of the answers do not see code that nobody names; `whole`, where
all see it; `narrow`, where none does; and `free`, where all see it and the model begins the answer.
Whole runs of the search tell less: they end with the first answer that passes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, aclosing, contextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from agents import questions
from agents.asking import spread
from agents.base import IAgent
from agents.behaviors.write_code import Candidate, Question, Rejected
from agents.developer import Developer
from agents.errors import TicketBlockedError
from agents.ladder import Rung, Stage
from agents.progress import silent
from agents.search import Green, Search
from agents.tester import Tester
from agents.tools.atomic_write import replace_file
from agents.workbench import Workbench
from server import settings
from server.bench.attempt import PairBench
from server.bench.command import read_tasks
from server.bench.task import Task, wanted
from server.components import open_models
from tests.benchmarks.plain_tickets import PLAIN_TICKETS
from tests.benchmarks.repository_tickets import TICKETS

_WAYS = ("product", "whole", "narrow", "free")
_NOTE = "The answers were counted."


@dataclass
class Count:
    """What came of the answers to one question."""

    task: str
    way: str
    answers: int
    candidates: int = 0
    """Answers that give code."""
    passed: int = 0
    """Of these, how many pass every test."""
    tokens: int = 0
    seconds: float = 0.0
    """With the tests of each."""


class Counting:
    """Takes the place of the Developer's search."""

    def __init__(self, answers: int) -> None:
        self._answers = answers
        self.counts: list[Count] = []
        self.way = ""

    async def make_green(
        self, developer: Developer, bench: Workbench, source: str, _tester: Tester
    ) -> Green:
        """Judge every answer, then stop. Raises TicketBlockedError."""
        search = Search(source, language=bench.language)
        name = bench.ticket.target_symbol or bench.ticket.target_file
        count = Count(name, self.way, self._answers)
        rung = Rung(Stage.SAMPLE, spread(0.2, 0.8, self._answers))
        began = time.monotonic()
        asked = await questions.questions_of(developer, bench, search, rung, 0)
        with _noting(search) as answers:
            async with aclosing(developer._answers(bench, search, asked)) as candidates:
                async for candidate in candidates:
                    count.candidates += 1
                    count.passed += await developer._judge(bench, candidate, search) is not None
        count.tokens = sum(answer.tokens for answer in answers)
        count.seconds = round(time.monotonic() - began, 1)
        self.counts.append(count)
        raise TicketBlockedError(_NOTE)


@contextmanager
def _noting(search: Search) -> Iterator[list[Candidate | Rejected]]:
    """Every answer, also those that give no candidate."""
    answers: list[Candidate | Rejected] = []
    with patch.object(search, "note", lambda answer, _beside: answers.append(answer)):
        yield answers


def table(counts: Sequence[Count]) -> list[str]:
    """Lines of Markdown: one for each way."""
    lines = ["| answers | tickets | with one that passes | answers | candidates | pass | tokens |"]
    lines[0] += " seconds |"
    lines.append("|---" * 8 + "|")
    for way in dict.fromkeys(count.way for count in counts):
        own = [count for count in counts if count.way == way]
        cells = [
            way,
            len(own),
            sum(count.passed > 0 for count in own),
            sum(count.answers for count in own),
            sum(count.candidates for count in own),
            sum(count.passed for count in own),
            sum(count.tokens for count in own),
            round(sum(count.seconds for count in own)),
        ]
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return lines


async def run(options: argparse.Namespace) -> None:
    """Every ticket in every way; counts so far are in the file."""
    values = settings.load({"maxMinutes": options.minutes}).values
    counting = Counting(options.answers)
    models = open_models(values, print, lambda: None)

    async def make_green(*arguments: Any) -> Green:
        return await counting.make_green(*arguments)

    try:
        with patch.object(Developer, "make_green", make_green):
            for task in _tasks(options):
                for counting.way in options.ways:
                    bench = PairBench(values, models, options.seed, indexed=options.tasks is None)
                    with _way(counting.way):
                        result = await bench.attempt(task, silent)
                    if result.note != _NOTE:
                        print(f"{task.name}: {result.note or result.error}", flush=True)
                    _tell(counting.counts, options.json)
    finally:
        await models.close()
    print("\n".join(table(counting.counts)))


def _tasks(options: argparse.Namespace) -> list[Task]:
    tickets = PLAIN_TICKETS if options.plain else TICKETS
    tasks = read_tasks(options.tasks) if options.tasks else [t.task() for t in tickets]
    return wanted(tasks, options.only)


@contextmanager
def _way(way: str) -> Iterator[None]:
    with ExitStack() as stack:
        if way != "product":
            stack.enter_context(patch.object(questions, "in_two_views", partial(_one_view, way)))
        if way == "free":
            stack.enter_context(patch.object(questions, "opening_of", lambda *_: None))
        yield


async def _one_view(
    way: str, _agent: IAgent, _bench: Workbench, asked: Sequence[Question], _share: float
) -> list[Question]:
    return [replace(each, narrow=way == "narrow") for each in asked]


def _tell(counts: Sequence[Count], path: Path | None) -> None:
    for count in counts[-1:]:
        print(
            f"{count.way:<6}{count.task:<24}{count.passed} of {count.answers} pass, "
            f"{count.tokens} tokens, {count.seconds} s",
            flush=True,
        )
    if path is not None:
        body = [asdict(count) for count in counts]
        replace_file(path, json.dumps(body, indent=1).encode())


def main() -> None:
    """Count, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--tasks", type=Path)
    parser.add_argument("--plain", action="store_true")
    parser.add_argument("--only", type=lambda text: text.split(","), default=[])
    parser.add_argument("--ways", type=lambda text: text.split(","), default=_WAYS)
    parser.add_argument("--answers", type=int, default=8)
    parser.add_argument("--minutes", type=float, default=8, help="for each question")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path)
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
