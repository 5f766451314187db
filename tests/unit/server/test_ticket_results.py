"""What the person reads when work on a ticket has ended."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from memory.records import Evidence, Ticket, TicketState
from server.features.tickets import _result

TEAM: Any = SimpleNamespace(running=lambda: [])


def message(state: TicketState, reservation: str = "", note: str = "") -> str:
    ticket = Ticket(
        id="tkt-1",
        repository="r",
        title="Slugs",
        state=state,
        note=note,
        evidence=Evidence(reservation=reservation),
    )
    return _result(TEAM, ticket).message


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
