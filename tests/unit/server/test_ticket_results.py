"""What the person reads when work on a ticket has ended."""

from __future__ import annotations

from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from agents.project_manager import describe_status
from memory.records import Evidence, Ticket, TicketState
from server import convert
from server.commands import _show_tickets
from server.features.tickets import _result
from server.narration import Narrator
from server.protocol import TicketListResult

TEAM: Any = SimpleNamespace(running=lambda: [])


def ticket(state: TicketState, reservation: str = "", note: str = "") -> Ticket:
    return Ticket(
        id="tkt-1",
        repository="r",
        title="Slugs",
        state=state,
        note=note,
        evidence=Evidence(reservation=reservation),
    )


def message(state: TicketState, reservation: str = "", note: str = "") -> str:
    return _result(TEAM, ticket(state, reservation, note)).message


def test_a_review_with_a_reservation_says_that_it_is_not_called_done() -> None:
    told = message(TicketState.REVIEW, "most other code gives something else")
    assert told == (
        "Its tests pass, but the team does not call it done: most other code gives something else."
    )


@pytest.mark.parametrize(
    ("state", "reservation", "note", "told"),
    [
        (TicketState.REVIEW, "", "", ""),
        (TicketState.BLOCKED, "of an earlier run", "The minutes are used up.", "The minutes are"),
        (TicketState.MERGED, "the person has decided", "", ""),
    ],
)
def test_nothing_is_said_where_there_is_nothing_to_decide(
    state: TicketState, reservation: str, note: str, told: str
) -> None:
    found = message(state, reservation, note)
    assert found.startswith(told) and bool(found) == bool(told)


def test_the_chat_and_the_list_tell_what_is_not_called_done_until_the_person_has_decided() -> None:
    told = {}
    for state in (TicketState.REVIEW, TicketState.MERGED):
        doubted = ticket(state, "other code says otherwise")
        listed_on = StringIO()
        _show_tickets(
            Narrator(Console(file=listed_on, width=200)),
            TicketListResult([convert.ticket(doubted)]),
        )
        told[state] = describe_status([doubted], []), listed_on.getvalue()

    status, listed = told[TicketState.REVIEW]
    assert "- **Slugs**: review, not called done: other code says otherwise" in status
    assert "Slugs (not called done)" in listed
    assert "not called done" not in "".join(told[TicketState.MERGED])
