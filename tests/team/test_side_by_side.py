"""Several tickets of one repository at once, in one process and in several."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from agents.base import ConflictError, InvalidStateError
from agents.orchestrator import Orchestrator
from agents.progress import Progress, silent
from memory.records import AcceptanceTest, Ticket, TicketState
from tests.sample import git
from tests.team.conftest import Gather

NAMES = ("alpha", "beta", "gamma")
RULES: list[dict[str, Any]] = [
    {
        "agent": "developer",
        "contains": name,
        "reply": f"```python\ndef {name}():\n    return {name!r}\n```",
    }
    for name in NAMES
]


async def add(team: Orchestrator, name: str) -> str:
    """A ticket whose test asks for a function of that name in a file of its own."""
    text = (
        f"from textkit.{name} import {name}\n\n\n"
        f"def test_{name}():\n    assert {name}() == {name!r}\n"
    )
    test = AcceptanceTest(path=f"tests/test_{name}.py", text=text)
    ticket = await team.add_ticket(f"Add {name}", "", f"textkit/{name}.py", name, [test])
    return ticket.id


async def under_way(team: Orchestrator, ticket_id: str) -> None:
    while (await team.ticket(ticket_id)).state is not TicketState.IMPLEMENTING:
        await asyncio.sleep(0.02)


async def stopped(*tasks: asyncio.Future[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


async def test_two_tickets_run_at_once_each_with_its_own_branch_and_progress(
    gather: Gather, repository: Path
) -> None:
    team = await gather("", rules=RULES, delay=0.3, parallel_tickets=2)
    ids = [await add(team, name) for name in NAMES[:2]]
    said: dict[str, list[Progress]] = {id_: [] for id_ in ids}
    runs = [asyncio.ensure_future(team.run_ticket(id_, said[id_].append)) for id_ in ids]
    await asyncio.wait_for(asyncio.gather(*(under_way(team, id_) for id_ in ids)), 60)
    assert sorted(team.running()) == sorted(ids), "both at once"

    tickets = await asyncio.gather(*runs)

    for name, ticket in zip(NAMES, tickets, strict=False):
        assert ticket.state is TicketState.REVIEW
        files = [f.path for f in (await team.ticket_changes(ticket.id)).files]
        assert files == [f"tests/test_{name}.py", f"textkit/{name}.py"]
        told = " ".join(step.text for step in said[ticket.id])
        assert "1 of 1 tests pass" in told
        assert not any(other in told for other in set(NAMES) - {name})
        assert (await team.accept_ticket(ticket.id)).state is TicketState.MERGED
    assert git(repository, "branch", "--list", "tenon/*") == ""
    assert git(repository, "rev-list", "--merges", "--count", "main") == "2"


async def test_a_ticket_beyond_the_limit_waits_and_says_so(gather: Gather) -> None:
    team = await gather("", rules=RULES, delay=0.3)
    first, second = [await add(team, name) for name in NAMES[:2]]
    said: list[Progress] = []
    running = asyncio.ensure_future(team.run_ticket(first, silent))
    await asyncio.wait_for(under_way(team, first), 60)

    waiting = asyncio.ensure_future(team.run_ticket(second, said.append))

    done = await asyncio.gather(running, waiting)
    assert "waiting for a ticket" in said[0].text
    assert [ticket.state for ticket in done] == [TicketState.REVIEW] * 2


async def test_two_processes_share_the_limit_and_never_a_ticket(gather: Gather) -> None:
    options = {"rules": RULES, "delay": 0.3, "parallel_tickets": 2}
    one, other = await gather("", **options), await gather("", **options)
    ids = [await add(one, name) for name in NAMES]
    first = asyncio.ensure_future(one.run_ticket(ids[0], silent))
    await asyncio.wait_for(under_way(one, ids[0]), 60)

    with pytest.raises(ConflictError, match="works on this ticket"):
        await other.run_ticket(ids[0], silent)
    with pytest.raises(ConflictError, match="works on this ticket"):
        await other.reject_ticket(ids[0], "stop it", drop=True)
    second = asyncio.ensure_future(other.run_ticket(ids[1], silent))
    await asyncio.wait_for(under_way(other, ids[1]), 60)
    with pytest.raises(ConflictError, match="2 tickets run at a time"):
        await other.run_ticket(ids[2], silent)

    assert (await first).state is TicketState.REVIEW
    assert (await second).state is TicketState.REVIEW


async def test_a_team_that_starts_leaves_the_tickets_of_others_alone(
    gather: Gather, repository: Path
) -> None:
    one = await gather("", rules=RULES, delay=0.3)
    ticket_id = await add(one, "alpha")
    work = asyncio.ensure_future(one.run_ticket(ticket_id, silent))
    await asyncio.wait_for(under_way(one, ticket_id), 60)

    other = await gather("")

    assert (await other.ticket(ticket_id)).state is TicketState.IMPLEMENTING
    assert (await work).state is TicketState.REVIEW


async def test_a_ticket_is_merged_while_another_runs(gather: Gather) -> None:
    team = await gather("", rules=RULES, delay=0.3)
    done, runs = [await add(team, name) for name in NAMES[:2]]
    await team.run_ticket(done, silent)
    work = asyncio.ensure_future(team.run_ticket(runs, silent))
    await asyncio.wait_for(under_way(team, runs), 60)

    assert (await team.accept_ticket(done)).state is TicketState.MERGED

    assert (await work).state is TicketState.REVIEW
    assert (await team.accept_ticket(runs)).state is TicketState.MERGED


async def test_merges_of_one_process_take_turns(gather: Gather, repository: Path) -> None:
    team = await gather("", rules=RULES)
    ids = [await add(team, name) for name in NAMES]
    for id_ in ids:
        assert (await team.run_ticket(id_, silent)).note == ""

    merged = await asyncio.gather(*map(team.accept_ticket, ids))

    assert {ticket.state for ticket in merged} == {TicketState.MERGED}
    assert git(repository, "rev-list", "--merges", "--count", "main") == "3"


async def test_two_processes_do_not_merge_at_once(gather: Gather, repository: Path) -> None:
    one, other = await gather("", rules=RULES), await gather("", rules=RULES)
    ids = [await add(one, name) for name in NAMES[:2]]
    for id_ in ids:
        await one.run_ticket(id_, silent)
    async with one._team.resource_director.merging():
        with pytest.raises(ConflictError, match="merges a ticket"):
            await other.accept_ticket(ids[0])
    assert (await other.accept_ticket(ids[0])).state is TicketState.MERGED


async def test_chat_starts_as_many_ready_tickets_as_may_run(gather: Gather) -> None:
    team = await gather("", rules=RULES, delay=0.3, parallel_tickets=2)
    for name in NAMES:
        await add(team, name)
    most = 0
    await team.chat("go on", None, silent)
    async with asyncio.timeout(60):
        while {ticket.state for ticket in await team.tickets()} != {TicketState.REVIEW}:
            most = max(most, len(team.running()))
            await asyncio.sleep(0.02)
    assert most == 2


async def test_runs_of_tests_take_turns(gather: Gather, tmp_path: Path) -> None:
    """Tests of tickets side by side see the machine to themselves."""
    team = await gather("", rules=RULES, parallel_tickets=2)
    director = team._team.resource_director
    director.test_turns = asyncio.Semaphore(1)
    runner = await team._work.runner(
        Ticket(id="tkt-1", repository="", title="", target_file="a.py")
    )
    folders = []
    for number in range(2):
        folder = tmp_path / f"tests-{number}"
        folder.mkdir()
        (folder / "test_turn.py").write_text(
            "import pathlib, time\n\n\ndef test_turn():\n"
            "    here = pathlib.Path(__file__).parent\n"
            "    begin = time.monotonic()\n    time.sleep(0.3)\n"
            "    (here / 'span.txt').write_text(f'{begin} {time.monotonic()}')\n"
        )
        folders.append(folder)
    await asyncio.gather(*(runner.run(folder) for folder in folders))
    spans = sorted(
        tuple(map(float, (folder / "span.txt").read_text().split())) for folder in folders
    )
    assert spans[0][1] <= spans[1][0]


async def test_a_running_ticket_cannot_be_decided_on(gather: Gather) -> None:
    team = await gather("", rules=RULES, delay=0.3)
    ticket_id = await add(team, "alpha")
    work = asyncio.ensure_future(team.run_ticket(ticket_id, silent))
    await asyncio.wait_for(under_way(team, ticket_id), 60)
    for decide in (
        team.accept_ticket(ticket_id),
        team.reject_ticket(ticket_id, "x", drop=True),
        team.rebase_ticket(ticket_id, silent),
    ):
        with pytest.raises(InvalidStateError, match="worked on"):
            await decide
    await stopped(work)
