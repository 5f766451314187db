"""Tickets, and what is done with them."""

from __future__ import annotations

from typing import Literal

from attrs import Factory, define

from server.protocol.evidence import Evidence
from server.protocol.notifications import ActivityEntry
from server.protocol.spec import Criterion

TicketStateName = Literal[
    "draft",
    "ready",
    "testing",
    "implementing",
    "review",
    "conflicted",
    "merged",
    "blocked",
    "rejected",
]


@define
class Ticket:
    """One unit of work."""

    id: str
    revision: int
    title: str
    state: TicketStateName
    priority: int
    created_at: str
    updated_at: str
    description: str = ""
    requirement_ids: list[str] = Factory(list)
    criteria: list[Criterion] = Factory(list)
    dependencies: list[str] = Factory(list)
    target_file: str = ""
    target_symbol: str = ""
    base_branch: str = ""
    branch: str = ""
    note: str = ""
    """Why it is blocked, conflicted or rejected, and what can be done."""
    reservation: str = ""
    """In review: why the team does not call it done although its tests pass; empty: it does."""
    conflicts: list[str] = Factory(list)
    """Files of which the ticket and its base branch have changed the same lines."""
    running: bool = False
    """True while this server works on it."""


@define
class TicketListParams:
    """No parameters."""


@define
class TicketListResult:
    """Tickets by descending priority, then age."""

    tickets: list[Ticket]


@define
class BroughtTest:
    """A test file that somebody brings to a ticket."""

    path: str
    """Relative to the repository, with forward slashes."""
    text: str | None = None
    """None: the file as the checked-out branch has it."""


@define
class TicketAddParams:
    """A ticket that brings its tests; they decide, and no model writes any."""

    title: str
    target_file: str
    tests: list[BroughtTest]
    target_symbol: str = ""
    """Function, class or ``Class.method``; empty: the whole file."""
    description: str = ""


@define
class TicketParams:
    """One ticket."""

    id: str


@define
class TicketDetail:
    """A ticket with its evidence and its log."""

    ticket: Ticket
    evidence: Evidence
    log: list[ActivityEntry]
    """Agent log of the ticket, oldest first."""


@define
class FileChange:
    """One file that a ticket's branch changes. Text is empty where the file does not exist."""

    path: str
    status: Literal["added", "modified", "deleted"]
    before: str
    after: str


@define
class TicketChangesResult:
    """What accepting the ticket would merge."""

    id: str
    files: list[FileChange]
    diff: str
    """Unified diff of the branch against its merge base."""


@define
class TicketUpdateParams:
    """Fields to change; those left out stay."""

    id: str
    revision: int
    """Revision that the client last saw; a newer one in the store refuses the update."""
    title: str | None = None
    priority: int | None = None
    state: Literal["draft", "ready", "rejected"] | None = None


@define
class TicketRunParams:
    """Let the pair work on a ticket until it is in review or blocked.

    With a review the answer waits until the Architect has looked at the diff, too.
    """

    id: str
    seed: int = 0
    with_review: bool = False
    partial_result_token: str | int | None = None


@define
class TicketRebaseParams:
    """Bring finished work onto its base branch as it is now, and run its tests and the suite.

    The ticket is in review afterwards, or conflicted with its branch as it was.
    """

    id: str
    partial_result_token: str | int | None = None


@define
class TicketRejectParams:
    """Send a finished ticket back to work, or drop it."""

    id: str
    reason: str
    drop: bool = False
    """True: the ticket is rejected for good and its branch is deleted."""


@define
class TicketResult:
    """The ticket after the action."""

    ticket: Ticket
    message: str = ""
