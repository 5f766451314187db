"""Whoever has read a proposal does not wait for its tickets to be planned."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from agents.orchestrator import Orchestrator
from agents.progress import silent
from memory.records import SpecProposal
from tests.sample import REQUEST, git
from tests.team.conftest import Gather

ASKED_ONCE: dict[str, Any] = {
    "agent": "architect",
    "contains": "Map of",
    "reply": '{"file": "textkit/__init__.py"}',
    "times": 1,
}
TWO = (
    'Add a function shout(text) that gives capitals. For example shout("a") returns "A". '
    'Add a function whisper(text) that gives small letters. For example whisper("A") returns "a".'
)


async def read(team: Orchestrator, request: str = REQUEST) -> SpecProposal:
    """A proposal that the person has read for as long as planning took."""
    proposal = await team.propose_spec(request, silent)
    await asyncio.wait(team._spec._planning._tasks.values())
    return proposal


async def test_a_proposal_is_planned_while_it_is_read(gather: Gather) -> None:
    team = await gather("", rules=[ASKED_ONCE])
    proposal = await read(team)
    assert await team.tickets() == []  # nothing is decided yet
    tickets, _ = await team.accept_spec(proposal.id, None, silent)
    assert [ticket.target_file for ticket in tickets] == ["textkit/__init__.py"]


async def test_what_was_committed_since_is_planned_with(gather: Gather, repository: Path) -> None:
    team = await gather("", rules=[ASKED_ONCE])
    proposal = await read(team)
    (repository / "textkit" / "urls.py").write_text("def slugify(text): ...\n")
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "-m", "a stub")
    tickets, _ = await team.accept_spec(proposal.id, None, silent)
    assert [ticket.target_file for ticket in tickets] == ["textkit/urls.py"]


async def test_a_refused_change_leaves_no_ticket_and_nobody_waits_for_it(gather: Gather) -> None:
    team = await gather("", rules=[{**ASKED_ONCE, "times": 2}])
    proposal = await read(team, TWO)
    first, second = (change.requirement_id for change in proposal.changes)
    await team.reject_spec(proposal.id, [first])
    (ticket,), _ = await team.accept_spec(proposal.id, [second], silent)
    assert (ticket.target_symbol, ticket.dependencies) == ("whisper", [])
    assert ticket.target_file == "textkit/__init__.py", "planned anew"
    assert await team.tickets() == [ticket]
