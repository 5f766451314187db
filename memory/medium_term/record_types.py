"""Which record each collection and log holds."""

from __future__ import annotations

from memory.records import (
    AgentLogEntry,
    ConversationSummary,
    ConversationTurn,
    ModelCard,
    Record,
    Session,
    SpecProposal,
    SpecVersion,
    Ticket,
    TicketRun,
)

RECORD_TYPES: dict[str, type[Record]] = {
    "sessions": Session,
    "conversations": ConversationTurn,
    "summaries": ConversationSummary,
    "proposals": SpecProposal,
    "spec_versions": SpecVersion,
    "tickets": Ticket,
    "runs": TicketRun,
    "model_cards": ModelCard,
    "agent_log": AgentLogEntry,
}
"""Documents of what is not listed here have no form that is checked."""
