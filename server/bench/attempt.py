"""The team on one task: a ticket with tests, or a wish without; then the judge."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from agents.base import Toolbox
from agents.bus import Bus
from agents.errors import TeamError
from agents.inference import LanguageModel
from agents.orchestrator import Orchestrator
from agents.progress import Report
from agents.tools.git import Workspace
from agents.tools.repository_files import GitFiles
from agents.tools.runners.choose import choose
from agents.tools.sandbox import Sandbox
from agents.tools.test_runner import TestRun, TestRunner
from memory.records import AcceptanceTest, Ticket, TicketState
from server.bench.alone import answer_alone
from server.bench.result import Result, best_attempt
from server.bench.task import Task
from server.bench.workplace import (
    clean_checkout,
    commit,
    merged_files,
    new_repository,
    write_files,
)
from server.components import open_memory, team_options
from server.settings import Settings


@dataclass(frozen=True)
class PairBench:
    """How tasks are worked on."""

    values: Settings
    models: LanguageModel
    seed: int = 0
    hidden: bool = False
    """The tests given only judge; the Tester writes its own."""
    alone: bool = False
    """No team: one greedy answer of the bare model, which is the baseline."""
    indexed: bool = False
    """The code index is brought up to date first, as it is in an editor that was open a while."""

    async def attempt(self, task: Task, report: Report) -> Result:
        """Work on `task` in a repository of its own; never raises for what the team says."""
        result = Result(task.name, error=task.problem)
        if task.problem:
            return result
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="tenon-bench-") as folder:
            place = Path(folder)
            repository = await asyncio.to_thread(new_repository, task, place / "repository")
            if self.alone:
                await self._answer(repository, task, result)
            else:
                await self._team_up(repository, place / "data", task, result, report)
            result.minutes = round((time.monotonic() - began) / 60, 3)
            await self._judge(task, repository, place, result)
        return result

    async def _answer(self, repository: Path, task: Task, result: Result) -> None:
        """The bare model's answer, committed as it is."""
        completion, text = await answer_alone(self.models, task)
        result.tokens, result.tries = completion.usage.completion_tokens, 1
        result.claimed = result.merged = bool(text)
        result.note = "" if text else "The answer holds no code for the task."
        if text:
            await asyncio.to_thread(commit, repository, {task.target_file: text})

    async def _team_up(
        self, repository: Path, data: Path, task: Task, result: Result, report: Report
    ) -> None:
        try:
            async with self._team(repository, data) as team:
                await self._work(team, task, result, report)
        except TeamError as error:
            result.note = str(error)

    @asynccontextmanager
    async def _team(self, repository: Path, data_dir: Path) -> AsyncGenerator[Orchestrator, None]:
        values = self.values.model_copy(update={"data_dir": data_dir, "mongodb_uri": None})
        memory = await open_memory(values)
        workspace = await Workspace.open(repository)
        team = Orchestrator(workspace, Toolbox(self.models, memory, Bus()), team_options(values))
        try:
            await team.start()
            if self.indexed:
                await memory.code_indexer(GitFiles(workspace.root), str(workspace.root)).update()
            yield team
        finally:
            await team.stop()
            await memory.close()

    async def _work(self, team: Orchestrator, task: Task, result: Result, report: Report) -> None:
        """Every ticket of the task up to its merge; the first that is blocked ends it."""
        tickets = await self._tickets(team, task, report)
        for planned in tickets:
            ticket = await team.run_ticket(planned.id, report, self.seed)
            result.count(ticket.evidence)
            if ticket.evidence.outvoted:
                result.outvoted[ticket.target_file] = ticket.evidence.outvoted
            if ticket.state is not TicketState.REVIEW:
                result.note = ticket.note
                result.files = best_attempt(ticket)
                return
            merged = await team.accept_ticket(ticket.id)
            if merged.state is not TicketState.MERGED:
                result.note = merged.note
                return
        result.merged = bool(tickets)
        result.claimed = result.merged and not result.reservation
        result.note = "" if tickets else "The wish led to no ticket."

    async def _tickets(self, team: Orchestrator, task: Task, report: Report) -> list[Ticket]:
        if self.hidden:
            proposal = await team.propose_spec(task.request, report)
            return (await team.accept_spec(proposal.id, None, report))[0]
        tests = [AcceptanceTest(path=p, text=t, origin="ticket") for p, t in task.tests.items()]
        title = f"Implement {task.target_symbol or task.target_file}"
        return [
            await team.add_ticket(
                title, task.instructions, task.target_file, task.target_symbol, tests
            )
        ]

    async def _judge(self, task: Task, repository: Path, place: Path, result: Result) -> None:
        """The plain test runner on a clean checkout, with the tests as they were given."""
        if not result.merged:
            return
        result.files = await asyncio.to_thread(merged_files, repository)
        checkout = await asyncio.to_thread(clean_checkout, repository, place / "checkout", task)
        run = await self._run_tests(checkout, task)
        result.solved = run.green
        if not run.green:
            result.note = f"The acceptance tests fail on a clean checkout: {run.first_failure()}"
        if result.outvoted:
            await asyncio.to_thread(write_files, checkout, result.outvoted)
            result.outvoted_solved = (await self._run_tests(checkout, task)).green

    async def _run_tests(self, checkout: Path, task: Task) -> TestRun:
        adapter = await asyncio.to_thread(
            choose, checkout, task.target_file, self.values.python, self.values.test_runner
        )
        runner = TestRunner(await Sandbox.probe(), adapter, self.values.test_timeout)
        return await runner.run(checkout, list(task.tests))
