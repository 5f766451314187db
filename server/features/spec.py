"""The spec: read it, propose a change, decide on a proposal."""

from __future__ import annotations

from agents.errors import InvalidStateError
from agents.orchestrator import Orchestrator
from agents.progress import Report
from server import convert
from server.dispatch import Handler
from server.language_server import TenonServer
from server.protocol import (
    SpecDecisionParams,
    SpecDecisionResult,
    SpecGetParams,
    SpecProposeParams,
    SpecProposeResult,
    SpecResult,
)
from server.readiness import ready_team


async def get(server: TenonServer, _params: SpecGetParams, _report: Report) -> SpecResult:
    """The spec as it stands, and what is proposed."""
    async with server.app.team() as team:
        return await _spec(team)


async def propose(
    server: TenonServer, params: SpecProposeParams, report: Report
) -> SpecProposeResult:
    """Turn a wish into a proposal."""
    if not params.request.strip():
        raise InvalidStateError("The request is empty. Write what the program should do.")
    async with ready_team(server.app) as team:
        proposal = await team.propose_spec(params.request, report)
    return SpecProposeResult(convert.proposal(proposal))


async def accept(
    server: TenonServer, params: SpecDecisionParams, report: Report
) -> SpecDecisionResult:
    """Write the accepted requirements into the spec and plan tickets for them."""
    async with ready_team(server.app) as team:
        tickets, message = await team.accept_spec(
            params.proposal_id, params.requirement_ids, report
        )
        return SpecDecisionResult(await _spec(team), [ticket.id for ticket in tickets], message)


async def reject(
    server: TenonServer, params: SpecDecisionParams, _report: Report
) -> SpecDecisionResult:
    """Drop a proposal, or some of its changes."""
    async with server.app.team() as team:
        await team.reject_spec(params.proposal_id, params.requirement_ids)
        return SpecDecisionResult(await _spec(team))


async def _spec(team: Orchestrator) -> SpecResult:
    view = await team.spec()
    tickets = await team.tickets()
    return SpecResult(
        path=view.path,
        exists=view.exists,
        title=view.title,
        requirements=[convert.requirement(value, tickets) for value in view.requirements],
        proposals=[convert.proposal(proposal) for proposal in view.proposals],
    )


HANDLERS: dict[str, Handler] = {
    "tenon/spec/get": get,
    "tenon/spec/propose": propose,
    "tenon/spec/accept": accept,
    "tenon/spec/reject": reject,
}
