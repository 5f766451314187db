"""What the person's words say of a call is held against what green code gives."""

from __future__ import annotations

from typing import Any

from agents.orchestrator import Orchestrator
from agents.progress import silent
from memory.records import Ticket, TicketState
from tests.team.conftest import Gather, ready_ticket

REQUEST = (
    "Add a function first_even(numbers) that returns the first even number, and None if there is "
    "none. For example first_even([1, 4, 2, 6]) returns 4 and first_even([8, 2, 3]) returns 8."
)
CODE = """```python
def first_even(numbers):
    return next((n for n in numbers if n % 2 == 0), {otherwise})
```"""
WRONG, RIGHT = CODE.format(otherwise=0), CODE.format(otherwise="None")
FITTED = """```python
def first_even(numbers):
    return {(1, 4, 2, 6): 4, (8, 2, 3): 8}.get(tuple(numbers))
```"""


def read_as(call: str, value: str, **more: Any) -> dict[str, Any]:
    """The words say so of the call."""
    return {"agent": "tester", "matches": rf"{call} ==$", "reply": f" {value}", **more}


def asked_for(test: str, reply: str) -> dict[str, Any]:
    """The answer of the model once it is asked to mind the test."""
    return {"agent": "developer", "contains": f"`assert {test}` has to hold", "reply": reply}


NONE = read_as(r"first_even\(\[1\]\)", "None")
MIND_NONE = "first_even([1]) == None"


UNCLEAR: dict[str, Any] = {"agent": "tester", "matches": " ==$", "reply": " unclear"}


async def run(team: Orchestrator) -> tuple[Ticket, str]:
    ticket = await team.run_ticket(await ready_ticket(team, REQUEST), silent)
    assert ticket.state is TicketState.REVIEW
    return ticket, str(await team.ticket_changes(ticket.id))


def told(ticket: Ticket) -> list[str]:
    return [doubt for doubt in ticket.evidence.doubts if "would expect" in doubt]


async def test_code_that_overlooks_a_clause_is_replaced(gather: Gather) -> None:
    ticket, changes = await run(
        await gather(WRONG, rules=[NONE, UNCLEAR, asked_for(MIND_NONE, RIGHT)])
    )
    assert ", None)" in changes
    assert ticket.evidence.rung == "cross-check"
    assert ticket.evidence.outvoted and ", 0)" in ticket.evidence.outvoted
    assert not told(ticket)


async def test_what_no_code_does_changes_nothing_and_is_not_told(gather: Gather) -> None:
    wrong = read_as(r"first_even\(\[1\]\)", "7")
    ticket, changes = await run(await gather(RIGHT, rules=[wrong, UNCLEAR]))
    assert ", None)" in changes
    assert ticket.evidence.rung == "first answer"
    assert not told(ticket)


async def test_code_that_errs_elsewhere_is_not_taken_and_the_person_is_told(gather: Gather) -> None:
    other = read_as(r"first_even\(\[8\]\)", "8")
    ticket, changes = await run(
        await gather(WRONG, rules=[NONE, other, UNCLEAR, asked_for(MIND_NONE, FITTED)])
    )
    assert ", 0)" in changes
    (doubt,) = told(ticket)
    assert "first_even([1]) gives 0" in doubt and "expect None" in doubt


async def test_what_predictions_differ_about_is_not_believed(gather: Gather) -> None:
    unsure = [read_as(r"first_even\(\[1\]\)", v, times=3) for v in ("None", "0")]
    ticket, changes = await run(
        await gather(WRONG, rules=[*unsure, UNCLEAR, asked_for(MIND_NONE, RIGHT)])
    )
    assert ", 0)" in changes
    assert not told(ticket)


async def test_code_that_does_as_expected_is_asked_nothing(gather: Gather) -> None:
    ticket, _ = await run(await gather(RIGHT, rules=[NONE, UNCLEAR]))
    assert [cost.rung for cost in ticket.evidence.rungs] == [
        "first answer",
        "second opinion",
        "cross-check",
    ]
    assert ticket.evidence.rungs[-1].candidates == 0
    assert not told(ticket)


async def test_a_model_that_cannot_read_on_leaves_the_code_as_it_is(gather: Gather) -> None:
    ticket, changes = await run(await gather(WRONG))
    assert ", 0)" in changes
    assert [cost.rung for cost in ticket.evidence.rungs] == ["first answer", "second opinion"]
