"""Stopping or killing the team at any moment loses nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from agents.base import ConflictError, InvalidStateError, NotReadyError
from agents.orchestrator import Orchestrator
from agents.progress import Progress, silent
from memory.records import ConversationTurn, TicketState
from tests.sample import REQUEST, SLUGIFY, git
from tests.team.conftest import Gather, ready_ticket, reviewed, slow_to_answer


async def _until(team: Orchestrator, ticket_id: str, state: TicketState) -> None:
    while (await team.ticket(ticket_id)).state is not state:
        await asyncio.sleep(0.02)


@pytest.mark.parametrize("state", [TicketState.TESTING, TicketState.IMPLEMENTING])
async def test_cancelled_ticket_is_ready_again_and_can_be_run(
    gather: Gather, state: TicketState, repository: Path
) -> None:
    team = await gather(SLUGIFY, delay=0.05)
    ticket_id = await ready_ticket(team)
    work = asyncio.ensure_future(team.run_ticket(ticket_id, silent))
    await asyncio.wait_for(_until(team, ticket_id, state), 30)

    ticket = await team.cancel_ticket(ticket_id)
    with pytest.raises(asyncio.CancelledError):
        await work

    assert ticket.state is TicketState.READY
    assert team.running() == []
    fast = await gather(SLUGIFY)
    assert (await fast.run_ticket(ticket_id, silent)).state is TicketState.REVIEW
    assert git(repository, "status", "--porcelain") == ""


async def test_work_that_is_cancelled_while_it_is_stored_is_ready_again(gather: Gather) -> None:
    team = await gather(SLUGIFY)
    ticket_id = await ready_ticket(team)
    written = slow_to_answer(team._team.tools.memory.tickets)
    work = asyncio.ensure_future(team.run_ticket(ticket_id, silent))
    await asyncio.wait_for(written.wait(), 30)

    ticket = await team.cancel_ticket(ticket_id)
    with pytest.raises(asyncio.CancelledError):
        await work

    assert ticket.state is TicketState.READY
    assert (await team.run_ticket(ticket_id, silent)).state is TicketState.REVIEW


async def _cancel_again_and_again(work: asyncio.Future[Any]) -> None:
    """As a person does who thinks that nothing happens."""
    while not work.done():
        work.cancel()
        await asyncio.sleep(0.05)
    assert work.cancelled()


async def test_work_that_is_cancelled_again_and_again_is_ready_once_it_has_ended(
    gather: Gather,
) -> None:
    team = await gather(SLUGIFY, delay=0.05)
    ticket_id = await ready_ticket(team)
    work = asyncio.ensure_future(team.run_ticket(ticket_id, silent))
    await asyncio.wait_for(_until(team, ticket_id, TicketState.TESTING), 30)
    slow_to_answer(team._team.tools.memory.tickets)
    await _cancel_again_and_again(work)

    assert team.running() == []
    assert (await team.ticket(ticket_id)).state is TicketState.READY


async def test_interrupted_work_is_found_ready_after_a_restart(gather: Gather) -> None:
    team = await gather(SLUGIFY)
    ticket = await team.ticket(await ready_ticket(team))
    ticket.state = TicketState.IMPLEMENTING  # what a kill leaves behind
    await team._team.tools.memory.tickets.replace(ticket)

    restarted = await gather(SLUGIFY)

    assert (await restarted.ticket(ticket.id)).state is TicketState.READY
    assert (await restarted.run_ticket(ticket.id, silent)).state is TicketState.REVIEW


async def test_merge_that_happened_before_the_kill_counts(gather: Gather, repository: Path) -> None:
    team = await gather(SLUGIFY)
    ticket_id = await ready_ticket(team)
    await team.run_ticket(ticket_id, silent)
    ticket = await reviewed(team, ticket_id)
    workspace = team._team.workspace
    merge = await workspace.prepare_merge("main", ticket.branch, "Merge")
    ticket.pending_merge = merge
    await team._team.tools.memory.tickets.replace(ticket)
    await workspace.finish_merge("main", merge)

    restarted = await gather(SLUGIFY)

    assert (await restarted.ticket(ticket_id)).state is TicketState.MERGED
    assert git(repository, "rev-parse", "HEAD") == merge


async def test_merge_that_did_not_happen_before_the_kill_can_be_accepted_again(
    gather: Gather, repository: Path
) -> None:
    team = await gather(SLUGIFY)
    ticket_id = await ready_ticket(team)
    await team.run_ticket(ticket_id, silent)
    ticket = await reviewed(team, ticket_id)
    ticket.pending_merge = await team._team.workspace.prepare_merge("main", ticket.branch, "Merge")
    await team._team.tools.memory.tickets.replace(ticket)
    head = git(repository, "rev-parse", "HEAD")

    restarted = await gather(SLUGIFY)

    assert git(repository, "rev-parse", "HEAD") == head
    assert (await restarted.accept_ticket(ticket_id)).state is TicketState.MERGED


@pytest.mark.parametrize("decision", ["accept", "reject"])
async def test_merge_that_was_cut_off_counts_before_the_next_decision(
    gather: Gather, repository: Path, decision: str
) -> None:
    """As when the request to accept is cancelled after the branch has moved."""
    team = await gather(SLUGIFY)
    ticket_id = await ready_ticket(team)
    await team.run_ticket(ticket_id, silent)
    ticket = await reviewed(team, ticket_id)
    ticket.pending_merge = await team._team.workspace.prepare_merge("main", ticket.branch, "Merge")
    await team._team.tools.memory.tickets.replace(ticket)
    await team._team.workspace.finish_merge("main", ticket.pending_merge)

    if decision == "accept":
        await team.accept_ticket(ticket_id)
    else:
        with pytest.raises(InvalidStateError, match="merged already"):
            await team.reject_ticket(ticket_id, "no", drop=True)

    merged = await team.ticket(ticket_id)
    assert merged.state is TicketState.MERGED
    assert merged.evidence.merge_commit == git(repository, "rev-parse", "main")


async def test_work_of_a_process_that_died_can_be_started_in_another(gather: Gather) -> None:
    team = await gather(SLUGIFY)
    ticket = await team.ticket(await ready_ticket(team))
    ticket.state = TicketState.IMPLEMENTING  # the other process is gone, and this one was open
    await team._team.tools.memory.tickets.replace(ticket)

    assert (await team.run_ticket(ticket.id, silent)).state is TicketState.REVIEW


async def test_accepting_a_proposal_again_after_a_kill_goes_on_where_it_stopped(
    gather: Gather, repository: Path
) -> None:
    team = await gather(SLUGIFY)
    proposal = await team.propose_spec(REQUEST, silent)
    await team.accept_spec(proposal.id, None, silent)
    stored = await team._team.tools.memory.proposals.get(proposal.id)
    assert stored is not None
    pending = [c.model_copy(update={"status": "pending"}) for c in stored.changes]
    await team._team.tools.memory.proposals.replace(stored.model_copy(update={"changes": pending}))
    spec = (repository / "docs" / "spec.md").read_text()

    tickets, _ = await team.accept_spec(proposal.id, None, silent)

    assert (repository / "docs" / "spec.md").read_text() == spec
    assert [t.id for t in await team.tickets()] == [t.id for t in tickets]


async def test_message_is_kept_even_when_its_reply_is_stopped(gather: Gather) -> None:
    team = await gather(SLUGIFY, delay=0.2)
    heard: list[Progress] = []
    chat = asyncio.ensure_future(team.chat("hello", None, heard.append))
    while not any(p.kind == "text" for p in heard):
        await asyncio.sleep(0.02)
    chat.cancel()
    with pytest.raises(asyncio.CancelledError):
        await chat

    user, agent = await team.chat_history(None, 10)
    assert user.text == "hello"
    assert not agent.complete
    assert agent.text == "".join(p.text for p in heard if p.kind == "text")


async def test_reply_that_is_stopped_again_and_again_is_kept_once_it_has_ended(
    gather: Gather, monkeypatch: pytest.MonkeyPatch
) -> None:
    team = await gather(SLUGIFY, delay=0.2)
    conversations = team._team.tools.memory.conversations
    append = conversations.append

    async def slow(turn: ConversationTurn) -> None:
        await asyncio.sleep(0.2)
        await append(turn)

    heard: list[Progress] = []
    chat = asyncio.ensure_future(team.chat("hello", None, heard.append))
    while not any(p.kind == "text" for p in heard):
        await asyncio.sleep(0.02)
    monkeypatch.setattr(conversations, "append", slow)
    await _cancel_again_and_again(chat)

    assert [turn.role for turn in await team.chat_history(None, 10)] == ["user", "agent"]


async def test_second_window_cannot_run_a_ticket_beside_the_first(gather: Gather) -> None:
    first = await gather(SLUGIFY, delay=0.05)
    second = await gather(SLUGIFY)
    ticket_id = await ready_ticket(first)
    work = asyncio.ensure_future(first.run_ticket(ticket_id, silent))
    await asyncio.wait_for(_until(first, ticket_id, TicketState.TESTING), 30)

    with pytest.raises((ConflictError, InvalidStateError), match="nother"):
        await second.run_ticket(ticket_id, silent)

    work.cancel()
    await asyncio.wait([work])


@pytest.mark.parametrize("text", ["", "   \n"])
async def test_empty_message_is_refused_with_words(gather: Gather, text: str) -> None:
    team = await gather(SLUGIFY)
    with pytest.raises(NotReadyError, match="empty"):
        await team.chat(text, None, silent)


async def test_hand_edited_requirement_is_not_overwritten(gather: Gather, repository: Path) -> None:
    team = await gather(SLUGIFY)
    proposal = await team.propose_spec(
        "Add to collapse_whitespace(text): slugs. REQ-3k9m2p", silent
    )
    assert proposal.changes[0].kind == "modify"
    spec = repository / "docs" / "spec.md"
    edited = spec.read_text().replace("trim both ends", "trim the left end")
    spec.write_text(edited)

    with pytest.raises(ConflictError, match="REQ-3k9m2p"):
        await team.accept_spec(proposal.id, None, silent)
    assert spec.read_text() == edited
