"""Records of the team -> values of the wire."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Literal, TypeVar

import attrs

from agents.inference import ModelStatus
from memory import records
from memory.records import TicketState
from server import protocol

T = TypeVar("T")
RequirementStatus = Literal["planned", "inProgress", "review", "done", "blocked", "none"]

_RANKED: tuple[tuple[RequirementStatus, frozenset[TicketState]], ...] = (
    ("blocked", frozenset({TicketState.BLOCKED, TicketState.CONFLICTED})),
    ("inProgress", frozenset({TicketState.TESTING, TicketState.IMPLEMENTING})),
    ("review", frozenset({TicketState.REVIEW})),
    ("planned", frozenset({TicketState.DRAFT, TicketState.READY})),
    ("done", frozenset({TicketState.MERGED})),
)
"""A requirement has the first status that one of its tickets is in."""


def iso(moment: datetime) -> str:
    """A time as the wire has it."""
    return moment.isoformat()


def copy(cls: type[T], source: Any, **values: Any) -> T:
    """An instance of `cls` from the attributes of `source` that have the same name."""
    fields: Any = attrs.fields(cls)  # type: ignore[arg-type]
    for field in fields:
        if field.name not in values and hasattr(source, field.name):
            value = getattr(source, field.name)
            values[field.name] = iso(value) if isinstance(value, datetime) else value
    return cls(**values)


def turn(record: records.ConversationTurn) -> protocol.Turn:
    """One message of a conversation."""
    return copy(protocol.Turn, record)


def criteria(values: Iterable[records.Criterion]) -> list[protocol.Criterion]:
    """Acceptance criteria."""
    return [copy(protocol.Criterion, value) for value in values]


def requirement(
    value: records.Requirement, tickets: Sequence[records.Ticket] = ()
) -> protocol.Requirement:
    """A requirement, with where its tickets stand."""
    own = [ticket for ticket in tickets if value.id in ticket.requirement_ids]
    return copy(
        protocol.Requirement,
        value,
        criteria=criteria(value.criteria),
        ticket_ids=[ticket.id for ticket in own],
        status=_status(own),
    )


def _status(tickets: Sequence[records.Ticket]) -> RequirementStatus:
    states = {ticket.state for ticket in tickets}
    return next((status for status, members in _RANKED if states & members), "none")


def proposal(record: records.SpecProposal) -> protocol.SpecProposal:
    """A proposed change of the spec."""
    changes = [
        copy(
            protocol.RequirementChange,
            change,
            before=change.before and requirement(change.before),
            after=change.after and requirement(change.after),
        )
        for change in record.changes
    ]
    return copy(protocol.SpecProposal, record, changes=changes)


def ticket(record: records.Ticket, running: Iterable[str] = ()) -> protocol.Ticket:
    """One unit of work."""
    return copy(
        protocol.Ticket,
        record,
        state=str(record.state),
        criteria=criteria(record.criteria),
        running=record.id in running,
    )


def evidence(value: records.Evidence) -> protocol.Evidence:
    """What proves a ticket."""
    runs = {
        name: run and copy(protocol.TestRun, run)
        for name, run in (
            ("red_run", value.red_run),
            ("green_run", value.green_run),
            ("suite_run", value.suite_run),
        )
    }
    checks = [copy(protocol.CheckResult, check) for check in value.checks]
    return copy(protocol.Evidence, value, checks=checks, **runs)


def activity(record: records.AgentLogEntry) -> protocol.ActivityEntry:
    """One line of the agent log, with its figures if it has any."""
    data = record.data
    return copy(
        protocol.ActivityEntry,
        record,
        tokens_per_second=_figure(data, "tokens_per_second"),
        elapsed_seconds=_figure(data, "elapsed_seconds", "seconds"),
        remaining_seconds=_figure(data, "remaining_seconds"),
    )


def _figure(data: dict[str, Any], *names: str) -> float | None:
    for name in names:
        value = data.get(name)
        if isinstance(value, (int, float)):
            return float(value)
    return None


def model(status: ModelStatus) -> protocol.Model:
    """A configured model."""
    return copy(protocol.Model, status, tier=str(status.tier))
