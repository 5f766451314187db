"""The contract between server and clients: every custom LSP method of Tenon.

`REQUESTS` and `NOTIFICATIONS` drive the server's dispatch, the TypeScript types in
`extension/src/protocol.ts`, and docs/protocol.md. Names become camelCase on the wire.
Fields that equal their default are left out on the wire, so clients treat every field with a
default as optional. Times are ISO 8601 in UTC; paths inside a repository use forward slashes.
"""

from __future__ import annotations

from typing import Literal

from attrs import Factory, define

# --------------------------------------------------------------------------- chat


@define
class ChatParams:
    """A message from the person to the team."""

    text: str
    session_id: str | None = None
    """Conversation to continue; the newest one of the repository if left out."""
    partial_result_token: str | int | None = None
    """`$/progress` token under which `ProgressValue`s arrive while the request runs."""


@define
class ProgressValue:
    """Value of a `$/progress` notification under a request's `partialResultToken`."""

    kind: Literal["text", "step"]
    """`text`: more of the reply; `step`: what an agent is doing now."""
    agent: str
    text: str
    tokens_per_second: float | None = None
    elapsed_seconds: float | None = None
    remaining_seconds: float | None = None
    """Estimate of the time left, where there is one."""


@define
class Turn:
    """One message of a conversation."""

    id: str
    session_id: str
    role: Literal["user", "agent"]
    text: str
    created_at: str
    agent: str = ""
    proposal_id: str | None = None
    ticket_ids: list[str] = Factory(list)
    complete: bool = True
    """False when the person stopped the reply."""


@define
class ChatResult:
    """The finished reply."""

    turn: Turn


@define
class ChatHistoryParams:
    """Which conversation to read."""

    session_id: str | None = None
    limit: int = 200


@define
class ChatHistoryResult:
    """Messages, oldest first."""

    turns: list[Turn]


# --------------------------------------------------------------------------- spec


@define
class Criterion:
    """An acceptance criterion, with an example when one can be run."""

    id: str
    text: str
    call: str | None = None
    expected: str | None = None
    raises: str | None = None
    origin: Literal["person", "model"] = "model"
    """Who gave the example."""


@define
class Requirement:
    """One requirement of the spec, with where its tickets stand."""

    id: str
    title: str
    statement: str
    source: str = ""
    """The person's own words that it came from."""
    criteria: list[Criterion] = Factory(list)
    ticket_ids: list[str] = Factory(list)
    status: Literal["planned", "inProgress", "review", "done", "blocked", "none"] = "none"


@define
class RequirementChange:
    """One proposed change, accepted or rejected on its own."""

    requirement_id: str
    kind: Literal["add", "modify", "remove"]
    status: Literal["pending", "accepted", "rejected"]
    before: Requirement | None = None
    after: Requirement | None = None


@define
class SpecProposal:
    """A proposed change of the spec."""

    id: str
    request: str
    created_at: str
    changes: list[RequirementChange]
    questions: list[str] = Factory(list)


@define
class SpecGetParams:
    """No parameters."""


@define
class SpecResult:
    """The spec as it stands, and what is proposed."""

    path: str
    """Path of the spec file relative to the repository."""
    exists: bool
    title: str
    requirements: list[Requirement]
    proposals: list[SpecProposal]
    """Proposals with a change still pending, oldest first."""


@define
class SpecProposeParams:
    """A wish in the person's words."""

    request: str
    partial_result_token: str | int | None = None


@define
class SpecProposeResult:
    """The proposal, not yet in the spec."""

    proposal: SpecProposal


@define
class SpecDecisionParams:
    """Accept or reject a proposal, wholly or for some requirements."""

    proposal_id: str
    requirement_ids: list[str] | None = None
    """Requirements that the decision is about; all pending ones if left out."""
    partial_result_token: str | int | None = None


@define
class SpecDecisionResult:
    """The spec after the decision, and the tickets that it led to."""

    spec: SpecResult
    ticket_ids: list[str] = Factory(list)
    message: str = ""
    """What happened besides, e.g. why the spec file was not committed."""


# --------------------------------------------------------------------------- tickets

TicketStateName = Literal[
    "draft", "ready", "testing", "implementing", "review", "merged", "blocked", "rejected"
]


@define
class TestRun:
    """Outcome of a test run, computed from its report."""

    command: str
    passed: int
    failed: int
    errors: int
    seconds: float
    skipped: int = 0
    failing: list[str] = Factory(list)
    message: str = ""
    sandbox: str = ""


@define
class Evidence:
    """What proves a ticket."""

    base_commit: str = ""
    baseline_failing: list[str] = Factory(list)
    red_run: TestRun | None = None
    test_hashes: dict[str, str] = Factory(dict)
    green_run: TestRun | None = None
    suite_run: TestRun | None = None
    commits: list[str] = Factory(list)
    merge_commit: str = ""
    models: list[str] = Factory(list)
    prompt_tokens: int = 0
    completion_tokens: int = 0
    candidates_run: int = 0
    minutes: float = 0.0
    review: str = ""


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
    """Let the pair work on a ticket until it is in review or blocked."""

    id: str
    seed: int = 0
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


# --------------------------------------------------------------------------- edits


@define
class EditProposeParams:
    """Ask for a change of a document: fix it, or write a test for it."""

    kind: Literal["fix", "test"]
    uri: str
    text: str
    """The document as the editor shows it, saved or not."""
    version: int
    start_line: int
    """First line of the selection or diagnostic, from 0."""
    end_line: int
    """Last line, inclusive, from 0."""
    diagnostic: str | None = None
    partial_result_token: str | int | None = None


@define
class EditProposal:
    """A proposed new text of one document. Nothing is written by the server."""

    id: str
    uri: str
    """Document to change; for a test it may be a file that does not exist yet."""
    version: int | None
    """Version of the document that the proposal was made for; None for a new file."""
    before: str
    after: str
    title: str
    explanation: str = ""


# --------------------------------------------------------------------------- models, status


@define
class ModelsParams:
    """No parameters."""


@define
class Model:
    """A configured model."""

    id: str
    tier: Literal["standard", "heavy", "mega"]
    kind: Literal["local", "remote", "scripted"]
    state: Literal["missing", "stopped", "starting", "ready", "stopping", "failed"]
    detail: str = ""
    path: str = ""
    size_bytes: int = 0
    context_window: int = 0
    licence: str = ""


@define
class ModelsResult:
    """Every configured model."""

    models: list[Model]


@define
class ModelPullParams:
    """Fetch a model of the catalogue into the cache."""

    id: str
    partial_result_token: str | int | None = None


@define
class ModelPullResult:
    """The model after the download."""

    model: Model


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


@define
class DoctorParams:
    """No parameters."""


@define
class SettingInForce:
    """One setting, its value and where it came from."""

    name: str
    value: str
    source: Literal["environment", "editor", "default"]


@define
class Finding:
    """One thing that was checked."""

    name: str
    level: Literal["ok", "warning", "error"]
    text: str
    remedy: str = ""
    """Command or setting that mends it."""


@define
class DoctorResult:
    """Settings in force and what is missing."""

    settings: list[SettingInForce]
    findings: list[Finding]


# --------------------------------------------------------------------------- notifications


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


# --------------------------------------------------------------------------- registry

REQUESTS: dict[str, tuple[type, type]] = {
    "tenon/chat": (ChatParams, ChatResult),
    "tenon/chat/history": (ChatHistoryParams, ChatHistoryResult),
    "tenon/spec/get": (SpecGetParams, SpecResult),
    "tenon/spec/propose": (SpecProposeParams, SpecProposeResult),
    "tenon/spec/accept": (SpecDecisionParams, SpecDecisionResult),
    "tenon/spec/reject": (SpecDecisionParams, SpecDecisionResult),
    "tenon/tickets/list": (TicketListParams, TicketListResult),
    "tenon/tickets/get": (TicketParams, TicketDetail),
    "tenon/tickets/changes": (TicketParams, TicketChangesResult),
    "tenon/tickets/update": (TicketUpdateParams, TicketResult),
    "tenon/tickets/run": (TicketRunParams, TicketResult),
    "tenon/tickets/cancel": (TicketParams, TicketResult),
    "tenon/tickets/accept": (TicketParams, TicketResult),
    "tenon/tickets/reject": (TicketRejectParams, TicketResult),
    "tenon/edits/propose": (EditProposeParams, EditProposal),
    "tenon/models/list": (ModelsParams, ModelsResult),
    "tenon/models/pull": (ModelPullParams, ModelPullResult),
    "tenon/status": (StatusParams, StatusResult),
    "tenon/doctor": (DoctorParams, DoctorResult),
}
"""Method -> (parameters, result)."""

NOTIFICATIONS: dict[str, type] = {
    "tenon/ticketsChanged": TicketsChanged,
    "tenon/specChanged": SpecChanged,
    "tenon/activity": ActivityEntry,
    "tenon/statusChanged": StatusChanged,
}
"""Server to client notification -> parameters."""

COMMANDS: dict[str, str] = {
    "tenon.server.cancelTicket": "tenon/tickets/cancel",
    "tenon.server.acceptTicket": "tenon/tickets/accept",
    "tenon.server.rejectTicket": "tenon/tickets/reject",
    "tenon.server.updateTicket": "tenon/tickets/update",
    "tenon.server.acceptSpec": "tenon/spec/accept",
    "tenon.server.rejectSpec": "tenon/spec/reject",
    "tenon.server.status": "tenon/status",
}
"""`workspace/executeCommand` id -> the request whose parameters object is its one argument."""

ERROR_CODES: dict[str, int] = {
    "notReady": -32031,
    "notFound": -32032,
    "conflict": -32033,
    "modelUnavailable": -32034,
    "promptTooLong": -32035,
    "invalidState": -32036,
    "gitRefused": -32037,
}
"""Tenon's own JSON-RPC error codes, clear of those that JSON-RPC and LSP have taken."""
