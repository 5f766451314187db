"""Few examples of yes or no are fitted by wrong code; such code is the last that is taken."""

from __future__ import annotations

from agents.orchestrator import Orchestrator
from agents.progress import Progress
from memory.records import Ticket, TicketState
from tests.team.conftest import Gather, ready_ticket

REQUEST = (
    "Add a function is_palindrome(text) that tells whether a text reads the same backwards, "
    "ignoring case, white space and punctuation. For example "
    'is_palindrome("A man, a plan, a canal: Panama") returns True, is_palindrome("Tenon") returns '
    'False and is_palindrome("") returns True.'
)
NEAR_MISS = """```python
def is_palindrome(text):
    text = collapse_whitespace(strip_accents(text.lower()))
    return text == text[::-1]
```"""
RIGHT = """```python
def is_palindrome(text):
    letters = [c for c in text.lower() if c.isalnum()]
    return letters == letters[::-1]
```"""


async def run(team: Orchestrator) -> tuple[Ticket, str, list[str]]:
    """The ticket, the code that it proposes, and what was told meanwhile."""
    said: list[Progress] = []
    ticket = await team.run_ticket(await ready_ticket(team, REQUEST), said.append)
    return ticket, str(await team.ticket_changes(ticket.id)), [progress.text for progress in said]


async def test_a_change_that_fits_them_gives_way_to_code_that_the_model_wrote(
    gather: Gather,
) -> None:
    wave = [NEAR_MISS] * 9
    ticket, changes, said = await run(await gather(*wave, RIGHT))
    assert ticket.state is TicketState.REVIEW
    assert any("easily fitted" in text for text in said)
    assert "c.isalnum()" in changes and "<=" not in changes
    assert not [d for d in ticket.evidence.doubts if "since the search changed" in d]
    assert not ticket.evidence.reservation


async def test_where_nothing_else_passes_it_is_taken_with_a_doubt(gather: Gather) -> None:
    ticket, changes, said = await run(await gather(NEAR_MISS))
    assert any("easily fitted" in text for text in said)
    assert ticket.state is TicketState.REVIEW and "is_palindrome" in changes
    assert [d for d in ticket.evidence.doubts if "since the search changed" in d]
    assert "only after changes by search" in ticket.evidence.reservation, "it is not called done"


async def test_code_as_the_model_wrote_it_ends_the_search(gather: Gather) -> None:
    ticket, _, said = await run(await gather(RIGHT))
    assert ticket.evidence.rung == "first answer"
    assert not any("easily fitted" in text for text in said)
