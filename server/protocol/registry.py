"""The tables that drive dispatch: requests, notifications, commands and error codes."""

from __future__ import annotations

from server.protocol.chat import (
    ChatHistoryParams,
    ChatHistoryResult,
    ChatParams,
    ChatPrepareParams,
    ChatPrepareResult,
    ChatResult,
)
from server.protocol.doctor import DoctorParams, DoctorResult
from server.protocol.edits import EditProposal, EditProposeParams
from server.protocol.memory import MemorySearchParams, MemorySearchResult
from server.protocol.models import ModelPullParams, ModelPullResult, ModelsParams, ModelsResult
from server.protocol.notifications import ActivityEntry, SpecChanged, StatusChanged, TicketsChanged
from server.protocol.spec import (
    SpecDecisionParams,
    SpecDecisionResult,
    SpecGetParams,
    SpecProposeParams,
    SpecProposeResult,
    SpecResult,
)
from server.protocol.status import StatusParams, StatusResult
from server.protocol.tickets import (
    TicketAddParams,
    TicketChangesResult,
    TicketDetail,
    TicketListParams,
    TicketListResult,
    TicketParams,
    TicketRebaseParams,
    TicketRejectParams,
    TicketResult,
    TicketRunParams,
    TicketUpdateParams,
)

REQUESTS: dict[str, tuple[type, type]] = {
    "tenon/chat": (ChatParams, ChatResult),
    "tenon/chat/prepare": (ChatPrepareParams, ChatPrepareResult),
    "tenon/chat/history": (ChatHistoryParams, ChatHistoryResult),
    "tenon/spec/get": (SpecGetParams, SpecResult),
    "tenon/spec/propose": (SpecProposeParams, SpecProposeResult),
    "tenon/spec/accept": (SpecDecisionParams, SpecDecisionResult),
    "tenon/spec/reject": (SpecDecisionParams, SpecDecisionResult),
    "tenon/tickets/list": (TicketListParams, TicketListResult),
    "tenon/tickets/add": (TicketAddParams, TicketResult),
    "tenon/tickets/get": (TicketParams, TicketDetail),
    "tenon/tickets/changes": (TicketParams, TicketChangesResult),
    "tenon/tickets/update": (TicketUpdateParams, TicketResult),
    "tenon/tickets/run": (TicketRunParams, TicketResult),
    "tenon/tickets/cancel": (TicketParams, TicketResult),
    "tenon/tickets/accept": (TicketParams, TicketResult),
    "tenon/tickets/rebase": (TicketRebaseParams, TicketResult),
    "tenon/tickets/reject": (TicketRejectParams, TicketResult),
    "tenon/edits/propose": (EditProposeParams, EditProposal),
    "tenon/memory/search": (MemorySearchParams, MemorySearchResult),
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
