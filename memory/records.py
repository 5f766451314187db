"""Records that Tenon keeps: plain, validated data without behaviour.

Every record has a collision-safe `id` and a `revision` that rises by one with each
replacement, so that two writers never overwrite each other unseen.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford base 32: no i, l, o, u


def new_id(prefix: str, length: int = 10) -> str:
    """A random id such as ``tkt-7f3kq0v9mh`` (5 bits per character)."""
    return f"{prefix}-" + "".join(secrets.choice(_ALPHABET) for _ in range(length))


def utc_now() -> datetime:
    """The current time, aware, in UTC, to the millisecond (what every backend can keep)."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


class Value(BaseModel):
    """Base of values that live inside records."""

    model_config = ConfigDict(extra="forbid")


class Record(Value):
    """Base of everything that is stored under an id of its own."""

    id: str
    revision: int = 0
    created_at: datetime = Field(default_factory=utc_now)
    updated_at: datetime = Field(default_factory=utc_now)


class Session(Record):
    """One conversation of a person with the team about one repository."""

    repository: str
    """Absolute path of the Git top level."""
    title: str = ""


class ConversationTurn(Record):
    """One message of a conversation, as acknowledged to the person."""

    session_id: str
    role: Literal["user", "agent"]
    agent: str = ""
    """Agent type of the author when `role` is ``agent``."""
    text: str
    proposal_id: str | None = None
    ticket_ids: list[str] = Field(default_factory=list)
    complete: bool = True
    """False when the person stopped the reply; the text is what had arrived."""


class ConversationSummary(Record):
    """What a conversation was about so far, written by a model; the turns stay as they are.

    Its id is that of the session.
    """

    session_id: str
    text: str
    last_turn_id: str
    """The newest turn that it covers, with all before it."""
    turns: int
    """How many turns it covers."""
    model: str = ""


class AgentLogEntry(Record):
    """One line of the agent log: a message on the bus, a step or an error."""

    repository: str
    agent: str
    kind: Literal["message", "step", "decision", "generation", "error"]
    text: str
    ticket_id: str | None = None
    data: dict[str, Any] = Field(default_factory=dict)
    """Figures of the step: tokens, tokens_per_second, seconds, remaining_seconds, …"""


class Criterion(Value):
    """An acceptance criterion; with an example when one can be run."""

    id: str
    """``AC-1`` … within its requirement."""
    text: str
    call: str | None = None
    """Python expression that exercises the criterion, e.g. ``slugify("A b")``."""
    expected: str | None = None
    """Python expression of the value that `call` must equal."""
    raises: str | None = None
    """Name of the exception type that `call` must raise."""
    origin: Literal["person", "model"] = "model"
    """Who gave the example. A person's example is binding; a model's is a suggestion."""


class Requirement(Value):
    """One requirement of the spec."""

    id: str
    """``REQ-xxxxxx``, never reused."""
    title: str
    statement: str
    """One EARS sentence (Mavin et al., 2009), or several."""
    source: str = ""
    """The person's own words, kept beside the statement so that no rule of theirs is lost."""
    criteria: list[Criterion] = Field(default_factory=list)


class RequirementChange(Value):
    """One proposed change, decided on its own."""

    requirement_id: str
    kind: Literal["add", "modify", "remove"]
    before: Requirement | None = None
    after: Requirement | None = None
    status: Literal["pending", "accepted", "rejected"] = "pending"


class SpecProposal(Record):
    """A set of proposed spec changes that a person accepts or rejects one by one."""

    repository: str
    request: str
    """The person's words that led to the proposal."""
    changes: list[RequirementChange]
    questions: list[str] = Field(default_factory=list)


class SpecVersion(Record):
    """The whole spec text after an accepted change."""

    repository: str
    path: str
    """Path of the spec file relative to the repository, with forward slashes."""
    text: str
    proposal_id: str | None = None
    commit: str | None = None


class TicketState(StrEnum):
    """Where a ticket stands; see docs/architecture.md for the transitions."""

    DRAFT = "draft"
    READY = "ready"
    TESTING = "testing"
    IMPLEMENTING = "implementing"
    REVIEW = "review"
    CONFLICTED = "conflicted"
    MERGED = "merged"
    BLOCKED = "blocked"
    REJECTED = "rejected"


class TestRunSummary(Value):
    """Outcome of one run of a test command, computed from its machine-readable report."""

    __test__ = False  # not a test class, whatever its name says to pytest

    command: str
    passed: int
    failed: int
    errors: int
    skipped: int = 0
    seconds: float
    failing: list[str] = Field(default_factory=list)
    """Ids of the tests that failed or errored."""
    message: str = ""
    """First failure, distilled to one or two lines."""
    sandbox: str = ""
    """``bubblewrap``, ``landlock`` or ``limits``: how the run was confined."""


class CheckSummary(Value):
    """What one of the repository's own checks said to the accepted code."""

    check: str
    """``ruff``, ``mypy``, ``tsc``, …"""
    kind: Literal["lint", "types", "format"]
    command: str
    seconds: float
    findings: list[str] = Field(default_factory=list)
    """Those that the code before the ticket did not have."""
    before: int = 0
    """How many the code had before."""
    problem: str = ""
    """Why it could not be run; then nothing is known."""
    sandbox: str = ""


class AcceptanceTest(Value):
    """A test file that somebody brought: it decides, and the team may only add to it."""

    path: str
    """Relative to the repository, with forward slashes."""
    text: str | None = None
    """None: the file is in the repository already, as it is at the base commit."""
    origin: Literal["person", "ticket"] = "person"
    """Who brought it: the person at work here, or the place that the ticket comes from."""


class RungCost(Value):
    """What one rung of the search took and came to."""

    rung: str
    candidates: int
    completion_tokens: int
    seconds: float
    best_passed: int
    """Tests that the best attempt so far passes, of `tests`."""
    tests: int


class BestAttempt(Value):
    """What came closest where no code passed every test."""

    text: str
    """The whole target file."""
    rung: str
    passed: int
    tests: int
    failure: str


class NearMiss(Value):
    """What came closest before the accepted code was found, and what was still to change."""

    rung: str
    failure: str
    """Of its first failing test, in short."""
    diff: str
    """From its code to the accepted code: lines that begin with ``-``, ``+`` or a blank."""


class Evidence(Value):
    """What proves a ticket: computed from exit codes, hashes and commits, never claimed."""

    base_commit: str = ""
    baseline_failing: list[str] = Field(default_factory=list)
    red_run: TestRunSummary | None = None
    test_hashes: dict[str, str] = Field(default_factory=dict)
    """SHA-256 of each locked test file by repository path."""
    test_origins: dict[str, Literal["tester", "person", "ticket"]] = Field(default_factory=dict)
    """Who brought each of them."""
    green_run: TestRunSummary | None = None
    suite_run: TestRunSummary | None = None
    checks: list[CheckSummary] = Field(default_factory=list)
    """The repository's own checks of the accepted code."""
    repairs: list[str] = Field(default_factory=list)
    """What tools changed in it after it was found, in words."""
    commits: list[str] = Field(default_factory=list)
    merge_commit: str = ""
    models: list[str] = Field(default_factory=list)
    prompt_tokens: int = 0
    completion_tokens: int = 0
    candidates_run: int = 0
    rung: str = ""
    """Stage of the search that the accepted code comes from."""
    rungs: list[RungCost] = Field(default_factory=list)
    """Every step of the search, in order."""
    mutations: list[str] = Field(default_factory=list)
    """What mutation changed in the accepted code, in words: no model wrote that."""
    mutated_lines: list[int] = Field(default_factory=list)
    """Lines of the target file that mutation changed, from 1."""
    reservation: str = ""
    """Why the team does not call the ticket done although its tests pass; empty: it does."""
    doubts: list[str] = Field(default_factory=list)
    """Tests that candidates contradict, and calls to which they answer otherwise, in words."""
    best_attempt: BestAttempt | None = None
    """Of a blocked ticket."""
    near_miss: NearMiss | None = None
    """Of a ticket whose code was not right at once."""
    outvoted: str = ""
    """The target file with the first code that passed every test, where another was taken instead:
    more candidates agreed with that, or it is truer to the words."""
    minutes: float = 0.0
    review: str = ""
    """The Architect's remarks on the finished diff."""


class Ticket(Record):
    """A unit of work: one branch, one pair, one merge."""

    repository: str
    title: str
    description: str = ""
    proposal_id: str | None = None
    """Spec proposal that the ticket carries out."""
    requirement_ids: list[str] = Field(default_factory=list)
    criteria: list[Criterion] = Field(default_factory=list)
    dependencies: list[str] = Field(default_factory=list)
    """Ids of tickets that must be merged first."""
    priority: int = 0
    """Higher runs first."""
    state: TicketState = TicketState.DRAFT
    target_file: str = ""
    """Source file to change, relative to the repository, with forward slashes."""
    target_symbol: str = ""
    """Function, class or ``Class.method`` to add or change; empty: the whole file."""
    acceptance_tests: list[AcceptanceTest] = Field(default_factory=list)
    """Tests that came with the ticket. With them, no model writes any."""
    base_branch: str = ""
    branch: str = ""
    run_id: str = ""
    """Id of the `TicketRun` of the latest run, which is written when the run ends."""
    note: str = ""
    """Why the ticket is blocked, conflicted or rejected, in words for a person."""
    conflicts: list[str] = Field(default_factory=list)
    """Files of which the ticket and its base branch have changed the same lines."""
    feedback: list[str] = Field(default_factory=list)
    """What the person said when sending the work back."""
    pending_merge: str | None = None
    """Merge commit that an accept has prepared but not yet confirmed (the journal)."""
    pending_rebase: Evidence | None = None
    """What holds as soon as the branch is at its last commit (the journal of a rebase)."""
    evidence: Evidence = Field(default_factory=Evidence)

    @property
    def reservation(self) -> str:
        """Why the ticket is in review and yet not called done; empty in any other state."""
        return self.evidence.reservation if self.state is TicketState.REVIEW else ""


RunOutcome = Literal["review", "blocked", "stopped", "failed", "interrupted"]


class TicketRun(Record):
    """One run of a pair on a ticket, written when it ends and never changed."""

    repository: str
    ticket_id: str
    outcome: RunOutcome
    """``stopped`` by a person, ``failed`` by an error, ``interrupted`` by a kill."""
    title: str = ""
    """Of the ticket, as it was."""
    note: str = ""
    """Why it did not get to review, in words for a person."""
    started_at: datetime | None = None
    """None where a kill left no trace of it."""
    seed: int = 0
    branch: str = ""
    evidence: Evidence = Field(default_factory=Evidence)


class ModelCard(Record):
    """What `tenon models probe` measured of one version of a model file on one machine."""

    machine: str
    """Name of the machine, and the architecture of its processor."""
    file_name: str
    size_bytes: int
    modified_ns: int
    card: dict[str, Any]
    """As server/models/model_card.py has it."""
