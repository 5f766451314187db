"""What a message sets going, and what only asks."""

from __future__ import annotations

import pytest

from agents.progress import silent
from memory.records import TicketState
from tests.sample import SLUGIFY
from tests.team.conftest import Gather, ready_ticket

TAKEN_FOR_RUN = {"contains": "Sort a message", "reply": '{"intent": "run"}', "times": 1}
PLAN = {"contains": "Sort a message", "matches": 'Message: "Add', "reply": '{"intent": "feature"}'}


@pytest.mark.parametrize("text", ["how do I run the tests?", "What would start the tickets"])
async def test_no_ticket_is_run_for_a_message_that_only_asks(gather: Gather, text: str) -> None:
    answer = {"agent": "project_manager", "contains": text, "reply": "Like so."}
    team = await gather(SLUGIFY, rules=[PLAN, TAKEN_FOR_RUN, answer])
    ticket_id = await ready_ticket(team)
    turn = await team.chat(text, None, silent)
    assert turn.text == "Like so." and not turn.ticket_ids
    assert (await team.ticket(ticket_id)).state is TicketState.READY


@pytest.mark.parametrize("text", ["list the tickets", "Please show me all tickets"])
async def test_tickets_that_are_to_be_shown_are_shown(gather: Gather, text: str) -> None:
    team = await gather(SLUGIFY, rules=[PLAN, TAKEN_FOR_RUN])
    ticket_id = await ready_ticket(team)
    turn = await team.chat(text, None, silent)
    assert turn.text.startswith("1 ticket: 1 ready") and not turn.ticket_ids
    assert (await team.ticket(ticket_id)).state is TicketState.READY


async def test_a_start_that_goes_on_from_a_question_is_one(gather: Gather) -> None:
    status = {"contains": 'Message: "How far', "reply": '{"intent": "status"}', "times": 1}
    team = await gather(SLUGIFY, rules=[PLAN, status, TAKEN_FOR_RUN])
    ticket_id = await ready_ticket(team)
    await team.chat("How far are you?", None, silent)
    turn = await team.chat("And start the next one", None, silent)
    assert turn.ticket_ids == [ticket_id]
