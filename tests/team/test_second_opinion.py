"""Where examples are few, the code that most candidates agree with is taken."""

from __future__ import annotations

from agents.ladder import OPINIONS
from agents.orchestrator import Orchestrator
from agents.progress import silent
from memory.records import Ticket, TicketState
from tests.sample import SLUGIFY
from tests.team.conftest import WRONG_SLUGIFY, Gather, ready_ticket

FITTED = '''```python
def slugify(text: str) -> str:
    """Turn a title into a URL slug."""
    return {"Hello, World!": "hello-world"}.get(text, "")
```'''
OTHER = SLUGIFY.replace("[a-z0-9]+", "[0-9a-z]+")


async def built(team: Orchestrator) -> Ticket:
    return await team.run_ticket(await ready_ticket(team), silent)


async def test_code_that_only_fits_the_examples_is_outvoted(gather: Gather) -> None:
    team = await gather(FITTED, SLUGIFY, OTHER)
    ticket = await built(team)

    assert ticket.state is TicketState.REVIEW
    assert ticket.evidence.rung == "second opinion"
    changes = await team.ticket_changes(ticket.id)
    assert '"hello-world"}' not in str(changes)


async def test_a_bare_majority_does_not_outvote_the_first_code(gather: Gather) -> None:
    team = await gather(SLUGIFY, SLUGIFY, FITTED)
    ticket = await built(team)
    assert '"hello-world"}' not in str(await team.ticket_changes(ticket.id))


async def test_code_that_most_others_contradict_is_not_called_done(gather: Gather) -> None:
    ends = ("[:11]", "[0:11]")
    others = [SLUGIFY.replace("join(words)", f"join(words){end}") for end in ends]
    ticket = await built(await gather(SLUGIFY, *others, WRONG_SLUGIFY))
    assert ticket.evidence.rung == "first answer"
    assert "most other code" in ticket.evidence.reservation


async def test_code_that_most_others_agree_with_is_called_done(gather: Gather) -> None:
    ticket = await built(await gather(SLUGIFY, SLUGIFY, OTHER, FITTED))
    assert not ticket.evidence.reservation


async def test_where_candidates_differ_the_person_is_told(gather: Gather) -> None:
    keeping = SLUGIFY.replace("[a-z0-9]+", "[a-z0-9_]+")
    capital = SLUGIFY.replace('"-".join(words)', '"-".join(words)[:12]')
    team = await gather(SLUGIFY, SLUGIFY, keeping, capital, capital.replace("12", "11"))
    ticket = await built(team)

    assert ticket.state is TicketState.REVIEW
    assert any("candidates give" in doubt for doubt in ticket.evidence.doubts)


async def test_what_the_opinions_took_is_in_the_evidence(gather: Gather) -> None:
    team = await gather(SLUGIFY)
    ticket = await built(team)
    assert [cost.rung for cost in ticket.evidence.rungs] == ["first answer", "second opinion"]
    assert ticket.evidence.rungs[0].completion_tokens > 0


async def test_the_last_of_the_opinions_are_not_waited_for(gather: Gather) -> None:
    team = await gather(SLUGIFY)
    ticket = await built(team)
    _, opinions = ticket.evidence.rungs
    tokens = len(SLUGIFY.split())  # as the scripted model counts
    assert OPINIONS.enough is not None and OPINIONS.enough < len(OPINIONS.temperatures)
    assert opinions.completion_tokens == OPINIONS.enough * tokens
