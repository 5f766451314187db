"""The contract between server and clients: every custom LSP method of Tenon.

`REQUESTS` and `NOTIFICATIONS` drive the server's dispatch, the TypeScript types in
`extension/src/protocol.ts`, and docs/protocol.md. Names become camelCase on the wire.
Fields that equal their default are left out on the wire, so clients treat every field with a
default as optional. Times are ISO 8601 in UTC; paths inside a repository use forward slashes.
"""

from __future__ import annotations

from server.protocol.chat import (
    ChatHistoryParams,
    ChatHistoryResult,
    ChatParams,
    ChatPrepareParams,
    ChatPrepareResult,
    ChatResult,
    ProgressValue,
    Turn,
)
from server.protocol.doctor import DoctorParams, DoctorResult, Finding, SettingInForce
from server.protocol.edits import EditProposal, EditProposeParams
from server.protocol.evidence import BestAttempt, CheckResult, Evidence, RungCost, TestRun
from server.protocol.memory import CodeHit, MemorySearchParams, MemorySearchResult
from server.protocol.models import (
    Model,
    ModelPullParams,
    ModelPullResult,
    ModelsParams,
    ModelsResult,
)
from server.protocol.notifications import ActivityEntry, SpecChanged, StatusChanged, TicketsChanged
from server.protocol.registry import COMMANDS, ERROR_CODES, NOTIFICATIONS, REQUESTS
from server.protocol.spec import (
    Criterion,
    Requirement,
    RequirementChange,
    SpecDecisionParams,
    SpecDecisionResult,
    SpecGetParams,
    SpecProposal,
    SpecProposeParams,
    SpecProposeResult,
    SpecResult,
)
from server.protocol.status import AgentStatus, StatusParams, StatusResult
from server.protocol.tickets import (
    BroughtTest,
    FileChange,
    Ticket,
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
    TicketStateName,
    TicketUpdateParams,
)

__all__ = [
    "COMMANDS",
    "ERROR_CODES",
    "NOTIFICATIONS",
    "REQUESTS",
    "ActivityEntry",
    "AgentStatus",
    "BestAttempt",
    "BroughtTest",
    "ChatHistoryParams",
    "ChatHistoryResult",
    "ChatParams",
    "ChatPrepareParams",
    "ChatPrepareResult",
    "ChatResult",
    "CheckResult",
    "CodeHit",
    "Criterion",
    "DoctorParams",
    "DoctorResult",
    "EditProposal",
    "EditProposeParams",
    "Evidence",
    "FileChange",
    "Finding",
    "MemorySearchParams",
    "MemorySearchResult",
    "Model",
    "ModelPullParams",
    "ModelPullResult",
    "ModelsParams",
    "ModelsResult",
    "ProgressValue",
    "Requirement",
    "RequirementChange",
    "RungCost",
    "SettingInForce",
    "SpecChanged",
    "SpecDecisionParams",
    "SpecDecisionResult",
    "SpecGetParams",
    "SpecProposal",
    "SpecProposeParams",
    "SpecProposeResult",
    "SpecResult",
    "StatusChanged",
    "StatusParams",
    "StatusResult",
    "TestRun",
    "Ticket",
    "TicketAddParams",
    "TicketChangesResult",
    "TicketDetail",
    "TicketListParams",
    "TicketListResult",
    "TicketParams",
    "TicketRebaseParams",
    "TicketRejectParams",
    "TicketResult",
    "TicketRunParams",
    "TicketStateName",
    "TicketUpdateParams",
    "TicketsChanged",
    "Turn",
]
