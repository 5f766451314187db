"""What the team is doing, and whether it can take a request."""

from __future__ import annotations

from agents.progress import Report
from server.dispatch import Handler
from server.language_server import TenonServer
from server.protocol import StatusParams, StatusResult
from server.status import current_status


async def status(server: TenonServer, _params: StatusParams, _report: Report) -> StatusResult:
    """The status now."""
    return await current_status(server.app)


HANDLERS: dict[str, Handler] = {"tenon/status": status}
