"""The spec, and proposed changes of it."""

from __future__ import annotations

from typing import Literal

from attrs import Factory, define


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
