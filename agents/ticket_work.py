"""Runs one ticket: worktree and branch, the pair, and what is left when it stops."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from agents.asking import Context
from agents.base import InvalidStateError, NotReadyError, TeamError
from agents.budget import Budget
from agents.bus import TicketsChanged
from agents.errors import TicketBlockedError
from agents.fault_points import fault_point
from agents.inference import ModelError
from agents.languages.contract import Language
from agents.pair import Pair
from agents.progress import Progress
from agents.python_names import slug
from agents.repository_reader import read_snapshot
from agents.spec_document import parse_spec
from agents.spec_keeper import SpecKeeper
from agents.team import Team, repository_key
from agents.tools.checks import Check, find_checks
from agents.tools.commits import HookRefusedError, SigningFailedError
from agents.tools.git import Worktree
from agents.tools.runners.choose import choose
from agents.tools.sandbox import Sandbox
from agents.tools.test_runner import TestRunner
from agents.uninterrupted import uninterrupted
from agents.workbench import Workbench
from memory.errors import DuplicateIdError, MemoryStoreError
from memory.records import (
    Evidence,
    Requirement,
    RunOutcome,
    Ticket,
    TicketRun,
    TicketState,
    new_id,
    utc_now,
)

logger = logging.getLogger(__name__)

_SUITE_FACTOR = 10
"""How much longer the whole suite may take than a ticket's own tests."""
_NOT_STARTABLE = {
    TicketState.DRAFT,
    TicketState.REVIEW,
    TicketState.MERGED,
    TicketState.REJECTED,
}
"""In all other states there is no finished work, and nobody works: the ticket is held here."""
_BLOCKING = (TicketBlockedError, HookRefusedError, SigningFailedError, ModelError)
"""What a person has to see to before the ticket can go on."""
_ENDED: dict[TicketState, RunOutcome] = {
    TicketState.READY: "stopped",
    TicketState.BLOCKED: "blocked",
    TicketState.REVIEW: "review",
    TicketState.CONFLICTED: "review",
}
"""What a ticket that nobody works on says of its latest run."""
_STOPPED = "The work was stopped before it was finished; run the ticket to start anew."


class TicketWork:
    """Takes tickets from `ready` to `review` or `blocked`."""

    def __init__(self, team: Team, spec: SpecKeeper) -> None:
        self._team = team
        self._spec = spec
        self._sandbox: Sandbox | None = None
        self._idle = [Pair(*pair, self.save) for pair in team.pairs]

    @property
    def worktrees(self) -> Path:
        """The folder of the repository's worktrees: in the data folder, never in the workspace."""
        return self._team.options.data_dir / "worktrees" / repository_key(self._team.workspace)

    def worktree_folder(self, ticket: Ticket) -> Path:
        """Where the ticket's worktree lies."""
        return self.worktrees / ticket.id

    async def save(self, ticket: Ticket) -> None:
        """Store the ticket and tell the bus; the object then carries the new revision.

        It does so also when the caller is cancelled meanwhile, who may then save the ticket again.
        """
        await uninterrupted(self._save(ticket))

    async def _save(self, ticket: Ticket) -> None:
        stored = await self._team.tools.memory.tickets.replace(ticket)
        ticket.revision, ticket.updated_at = stored.revision, stored.updated_at
        self._team.tools.bus.publish(TicketsChanged((ticket.id,)))

    async def run(self, ticket: Ticket, context: Context) -> Ticket:
        """Work on `ticket`; on cancellation it is ready again and its worktree is clean."""
        async with self._team.resource_director.admit(ticket.id, context.report):
            fresh = await self._team.tools.memory.tickets.get(ticket.id)
            ticket = fresh or ticket
            await self._require_startable(ticket)
            pair = self._idle.pop()
            started = utc_now()
            try:
                await pair.work(await self._bench(ticket, context))
            except _BLOCKING as error:
                await self._block(ticket, str(error), context)
                await self.keep_run(ticket, "blocked", started, context.seed)
                if isinstance(error, ModelError):
                    raise
            except BaseException as error:
                note = str(error) if isinstance(error, TeamError) else _STOPPED
                await uninterrupted(self._give_up(ticket, note, error, started, context.seed))
                raise
            else:
                await self.keep_run(ticket, "review", started, context.seed)
            finally:
                self._idle.append(pair)
            return ticket

    async def _give_up(
        self, ticket: Ticket, note: str, error: BaseException, started: datetime, seed: int
    ) -> None:
        await self._back_to_ready(ticket, note)
        if not ticket.run_id:
            return  # it had not begun
        stopped = isinstance(error, asyncio.CancelledError | TeamError)
        await self.keep_run(ticket, "stopped" if stopped else "failed", started, seed)

    async def statement(self, ticket: Ticket) -> str:
        """What the ticket's requirements say, or else its title."""
        return _statement(ticket, await self._requirements(ticket))

    async def keep_run(
        self,
        ticket: Ticket,
        outcome: RunOutcome,
        started: datetime | None = None,
        seed: int = 0,
    ) -> None:
        """Add the run to the ticket's history, once; work is not lost because that fails."""
        run = run_of(ticket, outcome).model_copy(update={"started_at": started, "seed": seed})
        try:
            with contextlib.suppress(DuplicateIdError):  # no new run had begun, or it is there
                await self._team.tools.memory.runs.insert(run)
        except MemoryStoreError as error:
            logger.warning("The run of %s is not in the history: %s", ticket.id, error)

    async def complete_history(self, tickets: Iterable[Ticket]) -> None:
        """Add runs whose end was stored, but not their record, when the process was killed."""
        for ticket in tickets:
            outcome = _ENDED.get(ticket.state)
            if outcome is None or not ticket.run_id:
                continue
            if await self._team.tools.memory.runs.get(ticket.run_id) is None:
                await self.keep_run(ticket, outcome)

    async def suite_runner(self, ticket: Ticket) -> TestRunner:
        """The runner for the whole suite of the repository, in the ticket's language."""
        return (await self.runner(ticket)).patient(_SUITE_FACTOR)

    async def runner(self, ticket: Ticket) -> TestRunner:
        """The runner for a ticket's own tests."""
        if self._sandbox is None:
            turns = self._team.resource_director.test_turns
            self._sandbox = replace(await Sandbox.probe(), turns=turns)
        options = self._team.options
        adapter = await asyncio.to_thread(
            choose,
            self._team.workspace.root,
            ticket.target_file,
            options.python,
            options.test_runner,
        )
        return TestRunner(self._sandbox, adapter, options.test_timeout)

    async def worktree(self, ticket: Ticket) -> Worktree:
        """The ticket's worktree, made or mended if need be."""
        return await self._team.workspace.create_worktree(
            self.worktree_folder(ticket),
            ticket.branch,
            ticket.evidence.base_commit,
            hooks=self._team.options.git_hooks,
        )

    async def _prepared(self, ticket: Ticket, context: Context) -> Worktree:
        """A worktree in which everything that the ticket needs can be done.

        Raises TicketBlockedError and SigningFailedError.
        """
        worktree = await self.worktree(ticket)
        fault_point("run: worktree made")
        brought = (test.path for test in ticket.acceptance_tests)
        await worktree.require_changeable([ticket.target_file, *brought])
        await worktree.require_signing()
        director = self._team.resource_director
        for remark in (*worktree.remarks, *_about_hooks(await worktree.skipped_hooks())):
            context.report(Progress("step", director.agent_type, remark))
            await director.log("step", remark, ticket.id)
        return worktree

    async def _require_startable(self, ticket: Ticket) -> None:
        if ticket.state in _NOT_STARTABLE:
            raise InvalidStateError(
                f"The ticket is {ticket.state.value}; only a ready or blocked one can be run."
            )
        for dependency in ticket.dependencies:
            other = await self._team.tools.memory.tickets.get(dependency)
            if other is not None and other.state is not TicketState.MERGED:
                raise InvalidStateError(
                    f"It waits for the ticket “{other.title}”, which is {other.state.value}."
                )

    async def _bench(self, ticket: Ticket, context: Context) -> Workbench:
        head = await self._team.workspace.head()
        if head.branch is None:
            raise NotReadyError(
                "No branch is checked out (detached HEAD), so there is nothing to merge into. "
                "Check out a branch: git switch <branch>.",
                "detachedHead",
            )
        context.report(Progress("step", "resource_director", "preparing branch and worktree"))
        await self._begin_anew(ticket, head.branch, head.commit)
        snapshot = await read_snapshot(self._team.workspace, head.commit)
        requirements = await self._requirements(ticket)
        worktree, runner = await self._prepared(ticket, context), await self.runner(ticket)
        language = snapshot.language_of(ticket.target_file).with_runner(runner.adapter.name)
        return Workbench(
            ticket=ticket,
            worktree=worktree,
            runner=runner,
            suite_runner=await self.suite_runner(ticket),
            repo_map=snapshot.repo_map,
            files=snapshot.files,
            context=replace(context, language=language),
            budget=Budget(self._team.options.max_minutes, self._team.options.max_candidates),
            words=_words(ticket, requirements, language),
            statement=_statement(ticket, requirements),
            checks=await self._checks(worktree, runner, ticket.target_file),
        )

    async def _checks(self, worktree: Worktree, runner: TestRunner, path: str) -> tuple[Check, ...]:
        root, workspace = worktree.root, self._team.workspace.root
        return tuple(await asyncio.to_thread(find_checks, root, workspace, runner.python, path))

    async def _begin_anew(self, ticket: Ticket, base_branch: str, base_commit: str) -> None:
        """A fresh branch from the base; what an earlier run committed is kept under a ref."""
        old = ticket.branch
        if old:
            await self._team.workspace.archive_branch(old, ticket.id)
            fault_point("run: old branch archived")
        ticket.state = TicketState.READY
        ticket.base_branch = base_branch
        ticket.branch = f"tenon/{ticket.id}-{slug(ticket.title, 32)}"
        ticket.run_id = new_id("run", 14)
        ticket.note = ""
        ticket.conflicts = []
        ticket.pending_rebase = None
        ticket.evidence = Evidence(base_commit=base_commit)
        await self.save(ticket)
        fault_point("run: branch noted")
        await self._team.workspace.remove_worktree(self.worktree_folder(ticket), old or None)
        fault_point("run: old branch removed")

    async def _requirements(self, ticket: Ticket) -> list[Requirement]:
        """The ticket's requirements as the spec file has them now."""
        found = parse_spec(await self._spec.text()).requirements
        return [r for r in found if r.id in ticket.requirement_ids]

    async def _block(self, ticket: Ticket, reason: str, context: Context) -> None:
        ticket.state = TicketState.BLOCKED
        ticket.note = reason
        await self.save(ticket)
        context.report(Progress("step", "resource_director", f"blocked: {reason}"))

    async def _back_to_ready(self, ticket: Ticket, note: str) -> None:
        ticket.state = TicketState.READY
        ticket.note = note
        await self.save(ticket)


def run_of(ticket: Ticket, outcome: RunOutcome) -> TicketRun:
    """The record of a run that has left the ticket as it is."""
    return TicketRun(
        id=ticket.run_id or new_id("run", 14),
        repository=ticket.repository,
        ticket_id=ticket.id,
        outcome=outcome,
        title=ticket.title,
        note=ticket.note,
        branch=ticket.branch,
        evidence=ticket.evidence.model_copy(deep=True),
    )


def _about_hooks(names: list[str]) -> list[str]:
    if not names:
        return []
    hooks = f"Your Git hook{'s' if len(names) > 1 else ''} {', '.join(names)}"
    return [f"{hooks} will not run for the ticket's commits; TENON_GIT_HOOKS=1 runs them."]


def _statement(ticket: Ticket, requirements: list[Requirement]) -> str:
    return " ".join(r.statement for r in requirements) or ticket.title


def _words(ticket: Ticket, requirements: list[Requirement], language: Language) -> str:
    """The person's words, unless they were about several things at once.

    What comes with tests is about one thing, however many names it has.
    """
    if ticket.acceptance_tests and ticket.description:
        return ticket.description
    words = "\n".join(r.source for r in requirements if r.source) or ticket.description
    return words if len(language.subjects(words, set(), set())) <= 1 else ""
