"""Every run of a pair on a ticket is kept with its evidence, and a kill tells what it had."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest

from agents.base import NotReadyError
from agents.orchestrator import Orchestrator
from agents.progress import silent
from memory.manager import MemoryManager
from memory.records import TicketState
from tests.sample import SLUGIFY, git
from tests.team.conftest import WRONG_SLUGIFY, Gather, ready_ticket


def memory_of(team: Orchestrator) -> MemoryManager:
    return team._team.tools.memory


async def test_each_run_of_a_ticket_is_kept_with_its_evidence(gather: Gather) -> None:
    failing = await gather(WRONG_SLUGIFY, max_candidates=1)
    ticket_id = await ready_ticket(failing)
    blocked = await failing.run_ticket(ticket_id, silent, seed=3)
    team = await gather(SLUGIFY)
    finished = await team.run_ticket(ticket_id, silent)

    first, second = await memory_of(team).runs.of_ticket(ticket_id)

    assert blocked.state is TicketState.BLOCKED
    assert (first.outcome, second.outcome) == ("blocked", "review")
    assert (first.note, first.seed) == (blocked.note, 3)
    assert first.evidence == blocked.evidence
    assert first.evidence.best_attempt is not None
    assert second.evidence == finished.evidence
    assert second.branch == finished.branch
    for run in (first, second):
        assert run.started_at is not None
        assert run.started_at <= run.created_at
    assert await memory_of(team).runs.recent(finished.repository, 1) == [second]


async def test_a_run_that_a_person_stops_is_kept_as_stopped(gather: Gather) -> None:
    team = await gather(SLUGIFY, delay=0.05)
    ticket_id = await ready_ticket(team)
    work = asyncio.ensure_future(team.run_ticket(ticket_id, silent))
    while (await team.ticket(ticket_id)).state is not TicketState.IMPLEMENTING:
        await asyncio.sleep(0.02)
    await team.cancel_ticket(ticket_id)
    with suppress(asyncio.CancelledError):
        await work
    [run] = await memory_of(team).runs.of_ticket(ticket_id)
    assert run.outcome == "stopped"
    assert run.evidence.red_run is not None


@pytest.mark.parametrize(
    ("state", "agent"),
    [(TicketState.TESTING, "tester"), (TicketState.IMPLEMENTING, "developer")],
)
async def test_after_a_kill_the_ticket_says_how_far_the_pair_had_come(
    gather: Gather, state: TicketState, agent: str
) -> None:
    team = await gather(SLUGIFY)
    ticket = await team.ticket(await ready_ticket(team))
    ticket.state = state  # what a kill leaves behind
    await memory_of(team).tickets.replace(ticket)
    await memory_of(team).short_term.remember(ticket.id, {"progress": "2 of 3 pass"}, agent)

    restarted = await gather(SLUGIFY)

    found = await restarted.ticket(ticket.id)
    assert found.state is TicketState.READY
    assert "interrupted" in found.note
    assert "2 of 3 pass" in found.note
    [run] = await memory_of(restarted).runs.of_ticket(ticket.id)
    assert (run.outcome, run.note) == ("interrupted", found.note)


async def test_the_working_set_of_a_pair_follows_its_work(gather: Gather) -> None:
    team = await gather(WRONG_SLUGIFY, SLUGIFY)
    ticket_id = await ready_ticket(team)
    await team.run_ticket(ticket_id, silent)
    short_term = memory_of(team).short_term
    assert await short_term.recall(ticket_id, "tester") == [
        {"progress": "the tests are being written"}
    ]
    developer = [item["progress"] for item in await short_term.recall(ticket_id, "developer")]
    assert developer[0].endswith("tests are red, no code was run yet")
    assert developer[-1].endswith("and the whole suite")


async def test_a_run_whose_record_a_kill_prevented_is_added_at_the_next_start(
    gather: Gather,
) -> None:
    team = await gather(SLUGIFY)
    ticket_id = await ready_ticket(team)
    await team.run_ticket(ticket_id, silent)
    [run] = await memory_of(team).runs.of_ticket(ticket_id)
    await memory_of(team).runs.delete(run.id)

    for _ in range(2):
        restarted = await gather(SLUGIFY)
        [again] = await memory_of(restarted).runs.of_ticket(ticket_id)
        assert (again.id, again.outcome, again.evidence) == (run.id, "review", run.evidence)


async def test_a_run_that_could_not_begin_is_none(gather: Gather, repository: Path) -> None:
    team = await gather(SLUGIFY)
    ticket_id = await ready_ticket(team)
    git(repository, "switch", "--detach")
    with pytest.raises(NotReadyError):
        await team.run_ticket(ticket_id, silent)
    assert await memory_of(team).runs.of_ticket(ticket_id) == []
