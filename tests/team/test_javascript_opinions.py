"""Code in JavaScript that passes few examples is held against other code, and against the words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agents.orchestrator import Orchestrator
from agents.progress import silent
from memory.records import Ticket, TicketState
from tests.sample import repository_of
from tests.team.conftest import Gather, ready_ticket

PLACE = "It goes into src/numbers.js. For example firstEven([1, 4, 2, 6]) returns 4 and "
WISH = (
    "Add a function firstEven(numbers) that returns the first even number, and null if there is "
    f"none. {PLACE}firstEven([8, 2, 3]) returns 8."
)


def code(body: str) -> str:
    return f"```javascript\nexport function firstEven(numbers) {{\n  {body}\n}}\n```"


FITTED = code("return numbers.length > 3 ? numbers[1] : numbers[0];")
WRONG = code("return numbers.find((n) => n % 2 === 0) ?? 0;")
RIGHT = code("return numbers.find((n) => n % 2 === 0) ?? null;")
OTHER = code("for (const n of numbers) if (n % 2 === 0) return n;\n  return null;")
CRASHING = code("let at = 0;\n  while (numbers[at].toFixed(0) % 2) at += 1;\n  return numbers[at];")
NOTHING: dict[str, Any] = {"agent": "tester", "matches": " ===$", "reply": " unclear"}
NULL: dict[str, Any] = {
    "agent": "tester", "matches": r"firstEven\(\[1\]\) ===$", "reply": " null;",
}  # fmt: skip


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A package in JavaScript, in the place of the sample in Python."""
    files = {
        "package.json": json.dumps({"type": "module", "scripts": {"test": "node --test"}}),
        "src/numbers.js": "export const ZERO = 0;\n",
    }
    return repository_of(tmp_path / "numbers", files)


async def run(team: Orchestrator) -> tuple[Ticket, str]:
    ticket = await team.run_ticket(await ready_ticket(team, WISH), silent)
    assert ticket.state is TicketState.REVIEW, ticket.note
    return ticket, str(await team.ticket_changes(ticket.id))


async def test_code_that_only_fits_the_examples_is_outvoted(gather: Gather) -> None:
    ticket, changes = await run(await gather(FITTED, RIGHT, OTHER))
    assert ticket.evidence.rung == "second opinion"
    assert "numbers.length" not in changes and "null" in changes
    assert "numbers.length" in ticket.evidence.outvoted


async def test_code_that_most_others_contradict_is_not_called_done(gather: Gather) -> None:
    more = [code(f"return numbers.find((n) => n % 2 === 0) ?? {end};") for end in ("null", "1-1")]
    ticket, _ = await run(await gather(FITTED, *more, WRONG.replace("?? 0", "?? 1")))
    assert "most other code" in ticket.evidence.reservation
    assert any("candidates give" in doubt for doubt in ticket.evidence.doubts)


async def test_code_that_others_agree_with_is_called_done(gather: Gather) -> None:
    ticket, _ = await run(await gather(RIGHT, OTHER))
    assert not ticket.evidence.reservation and not ticket.evidence.doubts


async def test_code_that_overlooks_a_clause_is_replaced(gather: Gather) -> None:
    asked = {"agent": "developer", "contains": "`assert(firstEven([1]) === null);` has to hold"}
    ticket, changes = await run(
        await gather(WRONG, rules=[NULL, NOTHING, {**asked, "reply": RIGHT}])
    )
    assert "?? null" in changes
    assert ticket.evidence.rung == "cross-check"


async def test_code_that_breaks_down_is_mended(gather: Gather) -> None:
    told = {"agent": "developer", "matches": r'`assert\(typeof firstEven\(\[1\]\) === "number"\);'}
    ticket, changes = await run(await gather(CRASHING, rules=[{**told, "reply": WRONG}]))
    assert "?? 0" in changes
    assert ticket.evidence.rung == "crashes"


async def test_where_it_cannot_be_mended_the_person_is_told(gather: Gather) -> None:
    ticket, _ = await run(await gather(CRASHING))
    assert any(
        "firstEven([1]) raises TypeError: Cannot read" in doubt for doubt in ticket.evidence.doubts
    )
