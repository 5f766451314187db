"""Tickets of a proposal, planned while the person still reads it.

On a slow machine a map of a repository takes a minute to read. What comes of it is kept in memory
only, and counts only if nothing has been committed since: whoever accepts gets what planning then
would have given.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from agents.asking import Context
from agents.base import TeamError
from agents.behaviors.plan_ticket import order_by_need
from agents.inference import ModelError, Priority
from agents.progress import Progress
from agents.repository_reader import read_snapshot
from agents.team import Team
from memory.errors import MemoryStoreError
from memory.records import RequirementChange, SpecProposal, Ticket

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Plan:
    commit: str
    """HEAD when it was made."""
    tickets: list[Ticket]


class PlanningAhead:
    """The Architect's plans for the open proposals of one team."""

    def __init__(self, team: Team) -> None:
        self._team = team
        self._tasks: dict[str, asyncio.Task[_Plan | None]] = {}

    def later(self, proposal: SpecProposal) -> None:
        """Plan all of `proposal` in the background."""
        task = asyncio.get_running_loop().create_task(self._ahead(proposal))
        self._tasks[proposal.id] = task

    async def stop(self, proposal_id: str | None = None) -> None:
        """End planning for a proposal, or for all."""
        ids = [name for name in self._tasks if proposal_id in (None, name)]
        tasks = [self._tasks.pop(name) for name in ids]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def tickets(
        self, proposal: SpecProposal, chosen: Sequence[RequirementChange], context: Context
    ) -> list[Ticket]:
        """Drafts for the chosen changes, in order of need: as planned ahead, or else now."""
        plan = await self._waited(proposal, context)
        if plan is None or plan.commit != (await self._team.workspace.head()).commit:
            plan = await self._plan(proposal, chosen, context)
        ids = {change.requirement_id for change in chosen}
        tickets = [ticket for ticket in plan.tickets if ids & set(ticket.requirement_ids)]
        order_by_need(tickets)
        return tickets

    async def _waited(self, proposal: SpecProposal, context: Context) -> _Plan | None:
        task = self._tasks.pop(proposal.id, None)
        if task is None:
            return None
        if not task.done():
            agent = self._team.architect.agent_type
            context.report(Progress("step", agent, "choosing where the code belongs"))
        return await task

    async def _ahead(self, proposal: SpecProposal) -> _Plan | None:
        try:
            return await self._plan(proposal, proposal.changes, Context(priority=Priority.REVIEW))
        except (ModelError, MemoryStoreError, TeamError) as error:
            logger.debug("Proposal %s is not planned ahead: %s", proposal.id, error)
            return None

    async def _plan(
        self, proposal: SpecProposal, changes: Sequence[RequirementChange], context: Context
    ) -> _Plan:
        head = await self._team.workspace.head()
        snapshot = await read_snapshot(self._team.workspace, head.commit)
        context = replace(context, language=snapshot.language_for(proposal.request))
        repo_map = snapshot.repo_map
        tickets = await self._team.architect.plan(proposal, changes, repo_map, context)
        return _Plan(head.commit, tickets)
