"""Green code is made simpler only where that is asked for, and only if it does the same."""

from __future__ import annotations

from typing import Any

import pytest

from agents.behaviors.simplify_code import size
from agents.developer import Developer
from agents.ladder import FINISH, SIMPLIFY, Finish
from agents.progress import silent
from memory.records import Ticket, TicketState
from tests.sample import SLUGIFY
from tests.team.conftest import Gather, ready_ticket

LONG = '''```python
import re


def slugify(text: str) -> str:
    """Turn a title into a URL slug."""
    result = ""
    found = re.findall(r"[a-z0-9]+", strip_accents(text).lower())
    for number, word in enumerate(found):
        if number > 0:
            result = result + "-"
        result = result + word
    return result
```'''
FITTED = '''```python
def slugify(text: str) -> str:
    """Turn a title into a URL slug."""
    return {"Hello, World!": "hello-world"}.get(text, "")
```'''
WRONG = '```python\ndef slugify(text: str) -> str:\n    """Slug."""\n    return text\n```'
SAME_SIZE = LONG.replace("number > 0", "number >= 1")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Developer, "finish", Finish(simplify=SIMPLIFY))


def answer(reply: str) -> list[dict[str, Any]]:
    return [{"agent": "developer", "contains": "Write it simpler", "reply": reply}]


async def worked(gather: Gather, simpler: str) -> tuple[Ticket, str]:
    team = await gather(LONG, rules=answer(simpler))
    ticket = await team.run_ticket(await ready_ticket(team), silent)
    assert ticket.state is TicketState.REVIEW, ticket.note
    files = (await team.ticket_changes(ticket.id)).files
    return ticket, next(file.after for file in files if file.path == "textkit/cleaning.py")


async def test_it_is_off_unless_the_policy_says_so(gather: Gather) -> None:
    assert FINISH.simplify is None
    ticket, code = await worked(gather, SLUGIFY)
    assert "enumerate" in code
    assert "simpler" not in [cost.rung for cost in ticket.evidence.rungs]


async def test_simpler_code_that_does_the_same_is_taken(gather: Gather, asked: None) -> None:
    ticket, code = await worked(gather, SLUGIFY)
    assert '"-".join(words)' in code
    assert ticket.evidence.rung == "simpler"
    assert ticket.evidence.rungs[-1].rung == "simpler"
    assert ticket.evidence.green_run is not None
    assert ticket.evidence.green_run.failed == 0


@pytest.mark.parametrize(
    "other", [FITTED, WRONG, SAME_SIZE, "no code"], ids=["fitted", "wrong", "same size", "none"]
)
async def test_what_does_not_do_the_same_or_is_not_simpler_is_left(
    gather: Gather, asked: None, other: str
) -> None:
    ticket, code = await worked(gather, other)
    assert "enumerate" in code
    assert ticket.evidence.rung != "simpler"


def test_docstrings_and_layout_do_not_count_as_size() -> None:
    bare = "def f(a):\n    return a\n"
    told = 'def f(a):\n    """Say it.\n\n    At length.\n    """\n\n    return a  # so\n'
    assert size(bare) == size(told) < size("def f(a):\n    b = a\n    return b\n")
