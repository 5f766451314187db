"""Whether memory helps: related tickets with it against without, with the real model.

    python -m tests.benchmarks.bench_learning [--only A,B] [--minutes M] [--seeds N] [--lessons N]
        [--json OUT]

Each group (`learning_tasks.py`) is a row of related tickets in one repository, where a rule of the
house recurs. With memory, all of them share a data folder, so that the later ones can read the
snippets and lessons of the earlier ones; without, each begins with an empty one. Both get the same
repository: what came before is merged as the reference has it, whether or not the team solved it,
and what it did not solve is remembered as if a person had mended the best attempt.
Only the tickets after the first are counted, as the first has nothing to remember.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from agents import lessons
from agents.base import Toolbox
from agents.bus import Bus
from agents.inference import LanguageModel
from agents.languages.registry import language_of
from agents.near_misses import changed_lines
from agents.orchestrator import Orchestrator
from agents.progress import silent
from agents.tools.atomic_write import replace_file
from agents.tools.git import Workspace
from memory.manager import MemoryManager
from memory.records import AcceptanceTest, NearMiss, Ticket, TicketState
from server import settings
from server.bench.task import Task
from server.bench.workplace import new_repository
from server.components import open_memory, open_models, team_options
from server.settings import Settings
from tests.benchmarks.learning_tasks import GROUPS, Group, Step


@dataclass(frozen=True)
class Outcome:
    """One ticket with or without memory."""

    group: str
    symbol: str
    memory: bool
    seed: int
    place: int
    """In its group, from 0."""
    solved: bool
    minutes: float
    candidates: int
    tokens: int
    rung: str


@dataclass(frozen=True)
class Bench:
    """How groups are worked on."""

    values: Settings
    models: LanguageModel
    seed: int

    async def group(self, group: Group, *, remembers: bool) -> list[Outcome]:
        """Every ticket of the group in order."""
        with tempfile.TemporaryDirectory(prefix="tenon-learning-") as folder:
            place = Path(folder)
            repository = place / "repository"
            task = Task(group.name, group.about, files={group.file: group.head})
            await asyncio.to_thread(new_repository, task, repository)
            return [
                await self._step(group, number, repository, self._data(place, number, remembers))
                for number in range(len(group.steps))
            ]

    def _data(self, place: Path, number: int, remembers: bool) -> Path:
        return place / ("data" if remembers else f"data-{number}")

    async def _step(self, group: Group, number: int, repository: Path, data: Path) -> Outcome:
        step = group.steps[number]
        values = self.values.model_copy(update={"data_dir": data, "mongodb_uri": None})
        memory = await open_memory(values)
        try:
            ticket = await self._work(group, step, repository, memory, values)
            if ticket.state is not TicketState.MERGED:
                await _teach(memory, group, step, ticket)
        finally:
            await memory.close()
        await _as_the_reference(repository, group, number, ticket)
        return Outcome(
            group.name,
            step.symbol,
            data.name == "data",
            self.seed,
            number,
            ticket.state is TicketState.MERGED,
            ticket.evidence.minutes,
            ticket.evidence.candidates_run,
            ticket.evidence.completion_tokens,
            ticket.evidence.rung,
        )

    async def _work(
        self, group: Group, step: Step, repository: Path, memory: MemoryManager, values: Settings
    ) -> Ticket:
        workspace = await Workspace.open(repository)
        team = Orchestrator(workspace, Toolbox(self.models, memory, Bus()), team_options(values))
        await team.start()
        try:
            test = AcceptanceTest(
                path=f"tests/test_{step.symbol}.py", text=step.tests, origin="ticket"
            )
            added = await team.add_ticket(
                f"Implement {step.symbol}", step.task, group.file, step.symbol, [test]
            )
            done = await team.run_ticket(added.id, silent, self.seed)
            if done.state is TicketState.REVIEW:
                done = await team.accept_ticket(done.id)
            return done
        finally:
            await team.stop()


async def _teach(memory: MemoryManager, group: Group, step: Step, ticket: Ticket) -> None:
    """Remember the reference as if a person had mended the best attempt and merged it."""
    await memory.snippets.add(ticket.repository, group.file, step.symbol, step.reference, ticket.id)
    best = ticket.evidence.best_attempt
    code = best and language_of(group.file).extract(best.text, step.symbol)
    if best and code:
        ticket.evidence.near_miss = NearMiss(
            rung=best.rung, failure=best.failure, diff=changed_lines(code, step.reference)
        )
    await lessons.learn(memory, ticket)


async def _as_the_reference(repository: Path, group: Group, number: int, ticket: Ticket) -> None:
    """Bring the branch to the reference's text, so that both ways go on from the same code."""
    text = "\n\n".join([group.head.rstrip(), *(s.reference for s in group.steps[: number + 1])])
    (repository / group.file).write_text(text + "\n", "utf-8")
    command = [
        "git",
        "-C",
        str(repository),
        "-c",
        "user.name=bench",
        "-c",
        "user.email=b@b.invalid",
    ]
    commit = ["commit", "--quiet", "--all", "--allow-empty", "-m", f"As it should be: {ticket.id}"]
    process = await asyncio.create_subprocess_exec(*command, *commit)
    if await process.wait():
        raise RuntimeError(f"The reference of {ticket.title} could not be committed.")


def summary(outcomes: Sequence[Outcome]) -> list[str]:
    """A table in Markdown over the tickets that had something to remember."""
    rows = ["| memory | tickets | solved | minutes | candidates | tokens | right at once |"]
    rows.append("|---|---|---|---|---|---|---|")
    for remembers in (False, True):
        told = [o for o in outcomes if o.memory is remembers and o.place > 0]
        if told:
            cells = [
                "with" if remembers else "without",
                len(told),
                sum(o.solved for o in told),
                round(sum(o.minutes for o in told), 2),
                sum(o.candidates for o in told),
                sum(o.tokens for o in told),
                sum(o.solved and o.candidates == 1 for o in told),
            ]
            rows.append("| " + " | ".join(map(str, cells)) + " |")
    return rows


async def run(options: argparse.Namespace) -> None:
    """Every group without and with memory, for each seed; results so far are in the file."""
    values = settings.load({"maxMinutes": options.minutes}).values
    lessons.FOR_CODE = options.lessons
    wanted = [g for g in GROUPS if not options.only or g.name in options.only]
    models = open_models(values, print, lambda: None)
    outcomes: list[Outcome] = []
    try:
        for seed in range(options.seeds):
            for group in wanted:
                for remembers in (False, True):
                    bench = Bench(values, models, seed)
                    for outcome in await bench.group(group, remembers=remembers):
                        outcomes.append(outcome)
                        print(_line(outcome), flush=True)
                    _write(options.json, outcomes)
    finally:
        await models.close()
    print("\n".join(summary(outcomes)))


def _line(outcome: Outcome) -> str:
    how = "with" if outcome.memory else "without"
    state = "solved" if outcome.solved else "open"
    figures = f"{outcome.minutes:5.2f} min {outcome.candidates:4} candidates {outcome.tokens:6}"
    return f"{outcome.group:<10} {outcome.symbol:<16} {how:<8} {state:<7} {figures} {outcome.rung}"


def _write(path: Path | None, outcomes: Sequence[Outcome]) -> None:
    if path is not None:
        body: list[dict[str, Any]] = [asdict(outcome) for outcome in outcomes]
        replace_file(path, json.dumps(body, indent=1).encode())


def main() -> None:
    """Run the groups and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--only", type=lambda text: text.split(","), default=[])
    parser.add_argument("--minutes", type=float, default=1.5, help="for each ticket")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--lessons", type=int, default=2, help="that the Developer reads at most")
    parser.add_argument("--json", type=Path)
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
