"""Green code that breaks down on calls like the examples is mended, or the person is told."""

from __future__ import annotations

from agents.orchestrator import Orchestrator
from agents.progress import silent
from memory.records import Ticket, TicketState
from tests.team.conftest import Gather, ready_ticket

REQUEST = (
    "Add a function in_turn(items) that takes the smallest of the items, then the largest of the "
    "rest, and so on. For example in_turn([1, 2, 3, 4]) returns [1, 4, 2, 3] and in_turn([]) "
    "returns []."
)
EVEN = """```python
def in_turn(items):
    rest, found = sorted(items), []
    while rest:
        found.append(rest.pop(0))
        found.append(rest.pop())
    return found
```"""
RIGHT = """```python
def in_turn(items):
    rest, found = sorted(items), []
    while rest:
        found.append(rest.pop(-(len(found) % 2)))
    return found
```"""


async def run(team: Orchestrator) -> tuple[Ticket, str]:
    ticket = await team.run_ticket(await ready_ticket(team, REQUEST), silent)
    assert ticket.state is TicketState.REVIEW
    return ticket, str(await team.ticket_changes(ticket.id))


async def test_code_that_breaks_down_is_mended(gather: Gather) -> None:
    told = {"agent": "developer", "matches": r"`assert isinstance\(in_turn\(\[\d\]\), list\)` has"}
    ticket, changes = await run(await gather(EVEN, rules=[{**told, "reply": RIGHT}]))
    assert "len(found) % 2" in changes
    assert ticket.evidence.rung == "crashes"
    assert not [doubt for doubt in ticket.evidence.doubts if "IndexError" in doubt]


async def test_where_it_cannot_be_mended_the_person_is_told(gather: Gather) -> None:
    ticket, changes = await run(await gather(EVEN))
    assert "rest.pop(0)" in changes
    assert [d for d in ticket.evidence.doubts if "IndexError: pop from empty list" in d]


async def test_code_that_does_not_is_asked_nothing(gather: Gather) -> None:
    ticket, _ = await run(await gather(RIGHT))
    assert [cost.rung for cost in ticket.evidence.rungs] == ["first answer", "second opinion"]
