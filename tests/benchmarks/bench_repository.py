"""Whether it helps the real model to see what a ticket needs of a repository.

    python -m tests.benchmarks.bench_repository [--seen first,words,index] [--only A,B]
        [--minutes M] [--seed N] [--json OUT]

Each ticket of `repository_tickets.py` is worked on once for each way in which the Developer is
shown other files: the first twelve functions by path (`first`), what is found by names and words
(`words`), and that with the code index (`index`, which is the product in an editor).
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any
from unittest.mock import patch

from agents.behaviors import write_code
from agents.behaviors.find_helpers import Helper, Need, find_helpers
from agents.languages.contract import Language
from agents.progress import silent
from agents.tools.atomic_write import replace_file
from agents.tools.repo_map import RepoMap
from server import settings
from server.bench import report
from server.bench.attempt import PairBench
from server.bench.result import Result
from server.components import open_models
from tests.benchmarks.repository_tickets import TICKETS

_WAYS = ("first", "words", "index")
_SHOWN = 12


def first_functions(need: Need, repo_map: RepoMap, language: Language) -> list[Helper]:
    """What was shown before anything was chosen."""
    found = [
        Helper(path, symbol)
        for path, symbols in repo_map.modules.items()
        for symbol in symbols
        if path != need.target and language.owns(path) and symbol.kind == "function"
    ]
    return found[:_SHOWN]


def table(outcomes: Sequence[tuple[str, Result]]) -> list[str]:
    """Lines of Markdown: one for each way."""
    lines = ["| seen | tickets | solved | right at once | minutes | tries | tokens |"]
    lines.append("|---|---|---|---|---|---|---|")
    for way in dict.fromkeys(way for way, _ in outcomes):
        results = [result for each, result in outcomes if each == way]
        cells = [
            way,
            len(results),
            sum(r.solved for r in results),
            sum(r.solved and r.tries == 1 for r in results),
            round(sum(r.minutes for r in results), 2),
            sum(r.tries for r in results),
            sum(r.tokens for r in results),
        ]
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return lines


async def run(options: argparse.Namespace) -> None:
    """Every ticket in every way; results so far are in the file."""
    values = settings.load({"maxMinutes": options.minutes}).values
    tickets = [t for t in TICKETS if not options.only or t.symbol in options.only]
    models = open_models(values, print, lambda: None)
    outcomes: list[tuple[str, Result]] = []
    try:
        for ticket in tickets:
            for way in options.seen:
                find = first_functions if way == "first" else find_helpers
                bench = PairBench(values, models, options.seed, indexed=way == "index")
                with patch.object(write_code, "find_helpers", find):
                    outcomes.append((way, await bench.attempt(ticket.task(), silent)))
                print(f"{way:<6} {report.line(outcomes[-1][1])}", flush=True)
                _write(options.json, outcomes)
    finally:
        await models.close()
    print("\n".join(table(outcomes)))


def _write(path: Path | None, outcomes: Sequence[tuple[str, Result]]) -> None:
    if path is not None:
        body: list[dict[str, Any]] = [{"seen": way, **asdict(r)} for way, r in outcomes]
        replace_file(path, json.dumps(body, indent=1).encode())


def main() -> None:
    """Run the tickets and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--seen", type=lambda text: text.split(","), default=_WAYS)
    parser.add_argument("--only", type=lambda text: text.split(","), default=[])
    parser.add_argument("--minutes", type=float, default=1.5, help="for each ticket")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path)
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
