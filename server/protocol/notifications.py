"""What the server tells unasked."""

from __future__ import annotations

from typing import Literal

from attrs import define

from server.protocol.status import StatusResult


@define
class TicketsChanged:
    """Tickets were created or changed."""

    ticket_ids: list[str]


@define
class SpecChanged:
    """The spec file or its proposals changed."""


@define
class ActivityEntry:
    """One line of the agent log."""

    id: str
    created_at: str
    agent: str
    kind: Literal["message", "step", "decision", "generation", "error"]
    text: str
    ticket_id: str | None = None
    tokens_per_second: float | None = None
    elapsed_seconds: float | None = None
    remaining_seconds: float | None = None


@define
class StatusChanged:
    """The team's status changed."""

    status: StatusResult
