"""Into which file of a larger repository the Architect puts a new function.

    python -m tests.benchmarks.bench_placement [PACKAGE …] [--cases N] [--maps 1200,600]
        [--answers] [--json OUT]

Each public function of an installed package that says in words what it does is taken for a ticket
that asks for it, in the package without it; right is the file where it was. *Nearest* is the file
of the nearest indexed code, *votes* the one that has most of it (reciprocal ranks). With
`--answers` the model is asked as the product asks it, with maps of so many characters at most.
"""

from __future__ import annotations

import argparse
import ast
import asyncio
import json
import random
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from agents.architect import Architect
from agents.asking import Context
from agents.base import AgentSession, Toolbox
from agents.behaviors import plan_ticket
from agents.bus import Bus
from agents.inference import LanguageModel
from agents.tools.repo_map import RepoMap, build_repo_map
from agents.tools.repository_files import GitFiles
from memory.chunking.chunk import Chunk
from memory.long_term.contract import Filters, Hit
from memory.manager import MemoryManager
from memory.records import Requirement
from server import settings
from server.components import open_embedder, open_models
from tests.benchmarks.bench_context import copy_package

_PACKAGES = ("click", "httpx", "jinja2", "git", "_pytest")
_NEAR = 24


@dataclass(frozen=True)
class Case:
    """A function that is asked for."""

    path: str
    symbol: str
    task: str


@dataclass
class Count:
    """How often a way was right, and what it took."""

    cases: int = 0
    right: int = 0
    prompt_tokens: int = 0
    seconds: float = 0.0


def cases_in(path: str, text: str) -> Iterator[Case]:
    """The public functions of a file that are described."""
    for node in ast.parse(text).body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        words = " ".join((ast.get_docstring(node) or "").split("\n\n")[0].split())
        if not node.name.startswith("_") and len(words.split()) >= 5:
            signature = f"{node.name}({ast.unparse(node.args)})"
            yield Case(path, node.name, f"Add a function `{signature}`: {words}")


class Bench:
    """One package: its index, and the Architect that is asked about it."""

    def __init__(
        self, root: Path, texts: dict[str, str], memory: MemoryManager, models: LanguageModel
    ) -> None:
        self._root, self._texts, self._memory = root, texts, memory
        self._find = memory.code.search
        self._architect = Architect(AgentSession(str(root)), Toolbox(models, memory, Bus()))
        self.counts: dict[str, Count] = defaultdict(Count)

    async def count(self, case: Case, maps: Sequence[int]) -> None:
        """Every way to place one function."""
        hits = await self._hits(case)
        chunks = [hit.chunk for hit in hits]
        self._note("nearest", case, chunks[0].path if chunks else "")
        self._note("votes", case, _most_voted(chunks))
        for characters in maps:
            await self._ask(case, hits, characters)

    async def _hits(self, case: Case) -> list[Hit]:
        found = await self._find(case.task, _NEAR + 2, Filters(str(self._root)))
        return [hit for hit in found if (hit.chunk.path, hit.chunk.symbol) != _place(case)][:_NEAR]

    async def _ask(self, case: Case, hits: list[Hit], characters: int) -> None:
        async def search(*_: Any) -> list[Hit]:
            return hits

        context, began = Context(), time.monotonic()
        requirement = Requirement(id="REQ-1", title=case.symbol, statement=case.task)
        with (
            patch.object(self._memory.code, "search", search),
            patch.object(plan_ticket, "_SMALL_MAP_CHARACTERS", characters),
        ):
            place = await plan_ticket.PlanTicket().run(
                self._architect, requirement, case.symbol, self._map_without(case), context
            )
        count = self._note(f"map of {characters}", case, place.file)
        count.prompt_tokens += context.tally.prompt_tokens
        count.seconds += time.monotonic() - began

    def _map_without(self, case: Case) -> RepoMap:
        repo_map = build_repo_map(self._texts)
        modules = {
            path: [s for s in symbols if s.name != case.symbol]
            for path, symbols in repo_map.modules.items()
        }
        return RepoMap(modules)

    def _note(self, way: str, case: Case, path: str) -> Count:
        count = self.counts[way]
        count.cases += 1
        count.right += path == case.path
        return count


def _place(case: Case) -> tuple[str, str]:
    return case.path, case.symbol


def _most_voted(chunks: Sequence[Chunk]) -> str:
    votes = defaultdict[str, float](float)
    for rank, chunk in enumerate(chunks, 1):
        votes[chunk.path] += 1 / rank
    return max(votes, key=lambda path: votes[path], default="")


async def measure(
    name: str, folder: Path, options: argparse.Namespace, models: LanguageModel
) -> dict[str, Count]:
    """Counts of one package."""
    root = folder / "repository"
    root.mkdir()
    texts = copy_package(name, root)
    cases = [case for path, text in texts.items() for case in cases_in(path, text)]
    random.Random(0).shuffle(cases)
    memory = await MemoryManager.open(
        folder / "data", embedder=open_embedder(settings.load().values)
    )
    try:
        await memory.code_indexer(GitFiles(root), str(root)).update()
        bench = Bench(root, texts, memory, models)
        for case in cases[: options.cases]:
            await bench.count(case, options.maps if options.answers else ())
    finally:
        await memory.close()
    return bench.counts


async def run(options: argparse.Namespace) -> None:
    """Print the counts of each package as a row of JSON."""
    models = open_models(settings.load().values, print, lambda: None)
    results: dict[str, Any] = {}
    try:
        for package in options.packages:
            with tempfile.TemporaryDirectory(prefix="tenon-bench-") as name:
                counts = await measure(package, Path(name), options, models)
            results[package] = {way: vars(count) for way, count in counts.items()}
            print(json.dumps({package: results[package]}), flush=True)
    finally:
        await models.close()
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n", "utf-8")


def main() -> None:
    """Count, and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("packages", nargs="*", default=_PACKAGES)
    parser.add_argument("--cases", type=int, default=20, help="of each package at most")
    parser.add_argument(
        "--maps", type=lambda t: [int(n) for n in t.split(",")], default=[1200], metavar="N,N"
    )
    parser.add_argument("--answers", action="store_true")
    parser.add_argument("--json", type=Path)
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
