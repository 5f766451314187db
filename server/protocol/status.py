"""What the team is doing."""

from __future__ import annotations

from typing import Literal

from attrs import Factory, define

from server.protocol.models import Model


@define
class StatusParams:
    """No parameters."""


@define
class AgentStatus:
    """One agent of the team."""

    agent_type: str
    state: Literal["created", "idle", "working", "waiting", "stopped", "failed"]
    detail: str = ""


@define
class StatusResult:
    """What the team is doing."""

    repository: str | None
    """Path of the Git top level; None when the folder is no Git repository."""
    branch: str | None
    ready: bool
    """True when the team can take a request."""
    problem: str = ""
    """Why it cannot, and what to do."""
    problem_code: Literal[
        "", "noFolder", "noRepository", "noCommit", "detachedHead", "noModel", "readOnly"
    ] = ""
    agents: list[AgentStatus] = Factory(list)
    models: list[Model] = Factory(list)
    running_ticket_ids: list[str] = Factory(list)
    offline: bool = True
    version: str = ""
