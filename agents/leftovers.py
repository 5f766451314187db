"""Clears away what a crash left behind, and what a removal that failed did."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from agents.base import ConflictError, TeamError
from agents.team import Team
from agents.ticket_work import TicketWork
from memory.records import Ticket, TicketState

logger = logging.getLogger(__name__)

_WITH_A_BRANCH = {
    TicketState.TESTING,
    TicketState.IMPLEMENTING,
    TicketState.REVIEW,
    TicketState.CONFLICTED,
    TicketState.BLOCKED,
}


class Leftovers:
    """Worktrees and branches that no ticket needs any more, and locks of a killed Git.

    A ticket that another process holds is left alone. The tips of branches are kept under
    ``refs/tenon/archive/``.
    """

    def __init__(self, team: Team, work: TicketWork) -> None:
        self._team = team
        self._work = work

    async def sweep(self, tickets: Sequence[Ticket]) -> None:
        """Remove them; a failure is logged, as nobody waits for it."""
        workspace = self._team.workspace
        await workspace.drop_stale_locks("heads/tenon", "tenon")
        branches = await workspace.branches("tenon")
        folders = await workspace.worktrees_in(self._work.worktrees)
        names = {folder.name for folder in folders}
        for ticket in tickets:
            own = [name for name in branches if name.startswith(f"tenon/{ticket.id}-")]
            if (own or ticket.id in names) and ticket.state not in _WITH_A_BRANCH:
                await self._try(self._remove, ticket, own)
        known = {ticket.id for ticket in tickets}
        for folder in folders:
            if folder.name not in known:
                await self._try(workspace.remove_worktree, folder, None)

    async def _remove(self, ticket: Ticket, branches: Sequence[str]) -> None:
        workspace = self._team.workspace
        with self._team.resource_director.claim(ticket.id):
            fresh = await self._team.tools.memory.tickets.get(ticket.id)
            if fresh is None or fresh.state in _WITH_A_BRANCH:
                return
            await workspace.remove_worktree(self._work.worktree_folder(ticket), None)
            for branch in branches:
                await workspace.archive_branch(branch, ticket.id)
                await workspace.delete_branch(branch)

    async def _try(self, work: Callable[..., Awaitable[None]], *arguments: Any) -> None:
        try:
            await work(*arguments)
        except ConflictError:
            pass
        except TeamError as error:
            logger.warning("Something is left behind: %s", error)
