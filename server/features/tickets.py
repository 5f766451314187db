"""Tickets: see them, change them, let the pair work, decide on the result."""

from __future__ import annotations

from agents.orchestrator import Orchestrator
from agents.progress import Report
from memory.records import AcceptanceTest, Ticket
from server import convert
from server.dispatch import Handler
from server.language_server import TenonServer
from server.protocol import (
    FileChange,
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
from server.readiness import ready_team


async def list_tickets(
    server: TenonServer, _params: TicketListParams, _report: Report
) -> TicketListResult:
    """Tickets by descending priority, then age."""
    async with server.app.team() as team:
        running = team.running()
        return TicketListResult([convert.ticket(t, running) for t in await team.tickets()])


async def add(server: TenonServer, params: TicketAddParams, _report: Report) -> TicketResult:
    """A ready ticket with tests that somebody brings."""
    tests = [AcceptanceTest(path=each.path, text=each.text) for each in params.tests]
    async with server.app.team() as team:
        ticket = await team.add_ticket(
            params.title, params.description, params.target_file, params.target_symbol, tests
        )
        return _result(team, ticket)


async def get(server: TenonServer, params: TicketParams, _report: Report) -> TicketDetail:
    """A ticket with its evidence and its log."""
    async with server.app.team() as team:
        ticket = await team.ticket(params.id)
        log = await team.ticket_log(ticket.id)
        return TicketDetail(
            convert.ticket(ticket, team.running()),
            convert.evidence(ticket.evidence),
            [convert.activity(entry) for entry in log],
        )


async def changes(
    server: TenonServer, params: TicketParams, _report: Report
) -> TicketChangesResult:
    """What accepting the ticket would merge."""
    async with server.app.team() as team:
        ticket = await team.ticket(params.id)
        result = await team.ticket_changes(ticket.id)
        files = [convert.copy(FileChange, file) for file in result.files]
        return TicketChangesResult(ticket.id, files, result.diff)


async def update(server: TenonServer, params: TicketUpdateParams, _report: Report) -> TicketResult:
    """Change a ticket's title, priority or state."""
    async with server.app.team() as team:
        ticket = await team.update_ticket(
            params.id,
            params.revision,
            title=params.title,
            priority=params.priority,
            state=params.state,
        )
        return _result(team, ticket)


async def run(server: TenonServer, params: TicketRunParams, report: Report) -> TicketResult:
    """Work on a ticket until it is in review or blocked."""
    async with ready_team(server.app) as team:
        ticket = await team.run_ticket(
            params.id, report, params.seed, with_review=params.with_review
        )
        return _result(team, ticket)


async def cancel(server: TenonServer, params: TicketParams, _report: Report) -> TicketResult:
    """Stop the work on a ticket."""
    async with server.app.team() as team:
        return _result(team, await team.cancel_ticket(params.id))


async def rebase(server: TenonServer, params: TicketRebaseParams, report: Report) -> TicketResult:
    """Bring finished work onto its base branch as it is now."""
    async with server.app.team() as team:
        return _result(team, await team.rebase_ticket(params.id, report))


async def accept(server: TenonServer, params: TicketParams, _report: Report) -> TicketResult:
    """Merge a finished ticket, or find it conflicted."""
    async with server.app.team() as team:
        return _result(team, await team.accept_ticket(params.id))


async def reject(server: TenonServer, params: TicketRejectParams, _report: Report) -> TicketResult:
    """Send a finished ticket back to work, or drop it."""
    async with server.app.team() as team:
        ticket = await team.reject_ticket(params.id, params.reason, params.drop)
        return _result(team, ticket)


def _result(team: Orchestrator, ticket: Ticket) -> TicketResult:
    return TicketResult(convert.ticket(ticket, team.running()), ticket.note or _reserved(ticket))


def _reserved(ticket: Ticket) -> str:
    if not ticket.reservation:
        return ""
    return f"Its tests pass, but the team does not call it done: {ticket.reservation}."


HANDLERS: dict[str, Handler] = {
    "tenon/tickets/list": list_tickets,
    "tenon/tickets/add": add,
    "tenon/tickets/get": get,
    "tenon/tickets/changes": changes,
    "tenon/tickets/update": update,
    "tenon/tickets/run": run,
    "tenon/tickets/cancel": cancel,
    "tenon/tickets/accept": accept,
    "tenon/tickets/rebase": rebase,
    "tenon/tickets/reject": reject,
}
