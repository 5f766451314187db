"""The Architect's review comes to a ticket that the person can decide on already."""

from __future__ import annotations

import asyncio

import pytest

from agents.architect import Architect
from agents.inference import GenerationFailedError
from agents.progress import Progress, silent
from memory.records import TicketState
from tests.sample import SLUGIFY
from tests.team.conftest import Gather, ready_ticket, reviewed, slow_to_answer

LONG = [{"agent": "architect", "contains": "+def slugify", "reply": "Look at it. " * 2000}]


async def test_a_review_is_added_to_the_finished_ticket(gather: Gather) -> None:
    team = await gather(SLUGIFY)
    finished = await team.run_ticket(await ready_ticket(team), silent)
    assert (finished.state, finished.evidence.review) == (TicketState.REVIEW, "")

    ticket = await reviewed(team, finished.id)

    assert ticket.state is TicketState.REVIEW
    assert ticket.evidence.review == "It adds slugify; look at the pattern for words."
    assert ticket.evidence.completion_tokens > finished.evidence.completion_tokens
    assert (await team.accept_ticket(ticket.id)).evidence.review == ticket.evidence.review


async def test_who_asks_for_the_review_gets_the_ticket_with_it(gather: Gather) -> None:
    team = await gather(SLUGIFY)
    said: list[Progress] = []
    ticket = await team.run_ticket(await ready_ticket(team), said.append, with_review=True)
    assert (ticket.state, bool(ticket.evidence.review)) == (TicketState.REVIEW, True)
    assert ("architect", "reviewing the change") in [(p.agent, p.text) for p in said]


async def test_nobody_waits_for_a_review(gather: Gather) -> None:
    team = await gather(SLUGIFY, rules=LONG, delay=0.02)  # a review of more than a minute
    ticket_id = await ready_ticket(team)
    await team.run_ticket(ticket_id, silent)
    while ("architect", "working", "reviewing") not in team.agent_states():
        await asyncio.sleep(0.01)

    merged = await team.accept_ticket(ticket_id)

    assert (merged.state, merged.evidence.review) == (TicketState.MERGED, "")
    assert ("architect", "idle", "") in team.agent_states()


async def test_a_decision_while_the_review_is_stored_counts(gather: Gather) -> None:
    team = await gather(SLUGIFY, delay=0.02)
    ticket = await team.run_ticket(await ready_ticket(team), silent)
    await asyncio.wait_for(slow_to_answer(team._team.tools.memory.tickets).wait(), 30)

    merged = await team.accept_ticket(ticket.id)

    assert merged.state is TicketState.MERGED
    assert merged.evidence.review == "It adds slugify; look at the pattern for words."


async def test_a_review_that_fails_costs_no_finished_work(
    gather: Gather, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> str:
        raise GenerationFailedError("The model has died.")

    monkeypatch.setattr(Architect, "review", fail)
    team = await gather(SLUGIFY)
    ticket = await team.run_ticket(await ready_ticket(team), silent)

    ticket = await reviewed(team, ticket.id)

    assert (ticket.state, ticket.evidence.review) == (TicketState.REVIEW, "")
    assert (await team.accept_ticket(ticket.id)).state is TicketState.MERGED
