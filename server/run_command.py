"""`tenon run`: from a sentence to merged, proved commits, without an editor."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from attrs import Factory, define

from server.headless import HeadlessClient, ServerError
from server.narration import Narrator
from server.protocol import (
    Evidence,
    SpecDecisionParams,
    SpecDecisionResult,
    SpecProposal,
    SpecProposeParams,
    Ticket,
    TicketChangesResult,
    TicketDetail,
    TicketListParams,
    TicketParams,
    TicketRunParams,
)

Ask = Callable[[str], bool]
"""Asks the person a yes-or-no question."""


@define
class BuiltTicket:
    """A ticket after its run, with what proves it."""

    ticket: Ticket
    evidence: Evidence
    diff: str


@define
class RunOutcome:
    """What `tenon run` did."""

    repository: str
    proposal: SpecProposal | None = None
    tickets: list[BuiltTicket] = Factory(list)
    problem: str = ""

    @property
    def succeeded(self) -> bool:
        """True when there were tickets and each is merged."""
        merged = [built.ticket.state == "merged" for built in self.tickets]
        return not self.problem and bool(merged) and all(merged)


class RunCommand:
    """Proposes, asks, builds, shows and merges; without `ask` everything is accepted."""

    def __init__(
        self, client: HeadlessClient, narrator: Narrator, ask: Ask | None, seed: int
    ) -> None:
        self._client = client
        self._narrator = narrator
        self._ask = ask
        self._seed = seed

    async def run(self, request: str, outcome: RunOutcome) -> None:
        """Do it all; `outcome` tells what was done even if it is stopped halfway."""
        proposed = await self._narrated("tenon/spec/propose", SpecProposeParams(request))
        outcome.proposal = proposed.proposal
        self._narrator.proposal(proposed.proposal)
        decision = await self._decide(proposed.proposal)
        if decision is None:
            outcome.problem = "No change of the spec was accepted, so there is nothing to build."
            return
        if decision.message:
            self._narrator.line(decision.message)
        if not decision.ticket_ids:
            outcome.problem = "The accepted change led to no ticket."
            return
        for ticket_id in await self._in_order(decision.ticket_ids):
            if not await self._build(ticket_id, outcome):
                return

    async def _decide(self, proposal: SpecProposal) -> SpecDecisionResult | None:
        """Ask for each change; the accepted ones go into the spec."""
        verdicts = {
            change.requirement_id: await self._asked(f"Accept {change.requirement_id}?")
            for change in proposal.changes
        }
        refused = [name for name, accepted in verdicts.items() if not accepted]
        accepted = [name for name, accepted in verdicts.items() if accepted]
        if refused:
            params = SpecDecisionParams(proposal.id, refused)
            await self._client.request("tenon/spec/reject", params)
        if not accepted:
            return None
        result: SpecDecisionResult = await self._narrated(
            "tenon/spec/accept", SpecDecisionParams(proposal.id, accepted)
        )
        return result

    async def _in_order(self, ticket_ids: list[str]) -> list[str]:
        """Dependencies first, otherwise as the server orders them: by priority."""
        listed = await self._client.request("tenon/tickets/list", TicketListParams())
        waiting = [ticket for ticket in listed.tickets if ticket.id in ticket_ids]
        ordered: list[str] = []
        while waiting:
            open_ids = {ticket.id for ticket in waiting}
            ticket = next((t for t in waiting if not open_ids & set(t.dependencies)), waiting[0])
            waiting.remove(ticket)
            ordered.append(ticket.id)
        return ordered

    async def _build(self, ticket_id: str, outcome: RunOutcome) -> bool:
        """Let the pair build one ticket and merge it; False ends the whole run."""
        params = TicketRunParams(ticket_id, self._seed, with_review=self._ask is not None)
        result = await self._narrated("tenon/tickets/run", params)
        if result.ticket.state != "review":
            outcome.tickets.append(await self._built(ticket_id))
            note = result.ticket.note or result.message
            outcome.problem = f"{ticket_id} is {result.ticket.state}: {note}"
            return False
        built = await self._built(ticket_id)
        outcome.tickets.append(built)
        self._narrator.line()
        self._narrator.diff(built.diff)
        self._narrator.evidence(built.ticket, built.evidence)
        if not await self._asked(f"Merge {ticket_id} {built.ticket.title}?"):
            outcome.problem = f"{ticket_id} was not accepted. It stays in review."
            return False
        accepted = await self._narrated("tenon/tickets/accept", TicketParams(ticket_id))
        outcome.tickets[-1] = await self._built(ticket_id, diff=built.diff)
        if accepted.ticket.state != "merged":
            outcome.problem = f"{ticket_id} is {accepted.ticket.state}: {accepted.ticket.note}"
        return not outcome.problem

    async def _built(self, ticket_id: str, diff: str | None = None) -> BuiltTicket:
        params = TicketParams(ticket_id)
        detail: TicketDetail = await self._client.request("tenon/tickets/get", params)
        return BuiltTicket(detail.ticket, detail.evidence, diff or await self._diff(params))

    async def _diff(self, params: TicketParams) -> str:
        """The diff; a ticket that was blocked early has none."""
        try:
            changes: TicketChangesResult = await self._client.request(
                "tenon/tickets/changes", params
            )
        except ServerError:
            return ""
        return changes.diff

    async def _narrated(self, method: str, params: Any) -> Any:
        takes_token = hasattr(params, "partial_result_token")
        on_progress = self._narrator.progress if takes_token else None
        return await self._client.request(method, params, on_progress)

    async def _asked(self, question: str) -> bool:
        return self._ask is None or await asyncio.to_thread(self._ask, question)


def merged_lines(outcome: RunOutcome) -> list[str]:
    """One line for each merged ticket."""
    return [
        f"merged {built.evidence.merge_commit[:12]}  {built.ticket.id}  {built.ticket.title}"
        for built in outcome.tickets
        if built.ticket.state == "merged"
    ]
