"""Puts the status of the whole server together."""

from __future__ import annotations

from typing import Any

from agents.errors import TeamError
from server import convert
from server.app import App
from server.language_server import tenon_version
from server.protocol import AgentStatus, StatusResult
from server.readiness import find_problem


async def current_status(app: App) -> StatusResult:
    """What the team is doing; never fails for want of a repository or a model."""
    problem = await find_problem(app)
    repository, branch = await _where(app)
    team = app.opened_team
    code: Any = problem.problem if problem else ""
    return StatusResult(
        repository=repository,
        branch=branch,
        ready=problem is None,
        problem=str(problem) if problem else "",
        problem_code=code,
        agents=_agents(app),
        models=[convert.model(status) for status in app.models.statuses()],
        running_ticket_ids=team.running() if team else [],
        offline=app.settings.values.offline,
        version=tenon_version(),
    )


def _agents(app: App) -> list[AgentStatus]:
    states: list[Any] = list(app.opened_team.agent_states()) if app.opened_team else []
    return [AgentStatus(*state) for state in states]


async def _where(app: App) -> tuple[str | None, str | None]:
    try:
        workspace = await app.workspace()
        return str(workspace.root), (await workspace.head()).branch
    except TeamError:
        return None, None
