"""A real repository, real Git, real sandbox and real stores; only the model is scripted."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from agents.base import Toolbox
from agents.budget import TeamOptions
from agents.bus import Bus
from agents.orchestrator import Orchestrator
from agents.progress import silent
from agents.tools.git import Workspace
from memory.manager import MemoryManager
from memory.medium_term.repository import Repository
from memory.records import Ticket
from server.models.scripted import ScriptedModel
from tests.sample import PLANNING, REQUEST, new_repository

WRONG_SLUGIFY = """```python
def slugify(text: str) -> str:
    return text.lower().replace(" ", "-")
```"""

RULES: list[dict[str, Any]] = [
    {"contains": "Sort a message", "matches": r"Message: \"Add", "reply": '{"intent": "feature"}'},
    {"contains": "Sort a message", "matches": r"Message: \"go", "reply": '{"intent": "run"}'},
    {"contains": "Sort a message", "matches": r"Message: \"how", "reply": '{"intent": "status"}'},
    *PLANNING,
    {"agent": "project_manager", "reply": "Hello! Tell me what the software should do."},
]


async def ready_ticket(team: Orchestrator, request: str = REQUEST) -> str:
    """Let the team plan `request`, accept it, and give the id of its first ticket."""
    turn = await team.chat(request, None, silent)
    assert turn.proposal_id
    tickets, _message = await team.accept_spec(turn.proposal_id, None, silent)
    return tickets[0].id


async def reviewed(team: Orchestrator, ticket_id: str) -> Ticket:
    """The ticket once the Architect has written its review, or failed to."""
    await team._reviews.finished(ticket_id)
    return await team.ticket(ticket_id)


def slow_to_answer(tickets: Repository[Ticket]) -> asyncio.Event:
    """Make a disk slow: a write goes on, as in its thread, also if nobody waits for it any more.

    The event is set when the first one is under way.
    """
    written, replace = asyncio.Event(), tickets.replace

    async def later(ticket: Ticket) -> Ticket:
        await asyncio.sleep(0.2)
        return await replace(ticket)

    async def slow(record: Ticket) -> Ticket:
        writing = asyncio.ensure_future(later(record.model_copy(deep=True)))
        written.set()
        return await asyncio.shield(writing)

    tickets.replace = slow  # type: ignore[method-assign]
    return written


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A fresh copy of the sample package as a Git repository on branch main."""
    return new_repository(tmp_path / "répo with space")


Gather = Callable[..., Awaitable[Orchestrator]]


@pytest.fixture
async def gather(repository: Path, tmp_path: Path) -> AsyncIterator[Gather]:
    """Start a team with the given developer replies; every team shares one data folder."""
    opened: list[tuple[Orchestrator, MemoryManager]] = []

    async def start(
        *replies: str, delay: float = 0.0, rules: list[dict[str, Any]] | None = None, **options: Any
    ) -> Orchestrator:
        script = tmp_path / f"script-{len(opened)}.json"
        coded = [{"agent": "developer", "reply": r, "times": 1} for r in replies[:-1]]
        coded += [{"agent": "developer", "reply": r} for r in replies[-1:]]
        script.write_text(
            json.dumps(
                {"rules": [*(rules or []), *coded, *RULES], "delay_seconds_per_token": delay}
            )
        )
        data = tmp_path / "data"
        memory = await MemoryManager.open(data)
        tools = Toolbox(ScriptedModel(script), memory, Bus())
        workspace = await Workspace.open(repository)
        team = Orchestrator(workspace, tools, TeamOptions(data_dir=data, **options))
        await team.start()
        opened.append((team, memory))
        return team

    yield start
    for team, memory in opened:
        await team.stop()
        await memory.close()
