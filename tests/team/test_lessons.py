"""An accepted ticket leaves a lesson, and later work reads it."""

from __future__ import annotations

from typing import Any

import pytest

from agents import lessons as reading
from agents.orchestrator import Orchestrator
from agents.progress import silent
from memory.long_term.lessons import Lesson, LessonMemory
from memory.long_term.snippets import Snippet
from memory.records import TicketState
from tests.sample import SLUGIFY
from tests.team.conftest import WRONG_SLUGIFY, Gather, ready_ticket, reviewed

TAUGHT = r"What earlier work here has taught:\n- Mind the accents\."


def lessons_of(team: Orchestrator) -> LessonMemory:
    return team._team.tools.memory.lessons


async def kept(team: Orchestrator) -> list[Lesson]:
    return await lessons_of(team).search("slugify", 9, team._team.repository)


async def teach(team: Orchestrator, text: str, repository: str) -> None:
    await lessons_of(team).add(Lesson(repository, "tkt-0", "slugify", "", "", text))


async def test_what_failed_and_what_made_it_pass_is_kept(gather: Gather) -> None:
    team = await gather(WRONG_SLUGIFY, SLUGIFY)
    ticket_id = await ready_ticket(team)
    ticket = await team.run_ticket(ticket_id, silent)
    assert ticket.state is TicketState.REVIEW
    assert ticket.evidence.near_miss is not None
    assert await kept(team) == []
    await team.accept_ticket(ticket_id)
    (lesson,) = await kept(team)
    assert (lesson.ticket_id, lesson.symbol) == (ticket_id, "slugify")
    assert lesson.failure.rstrip(".") in ticket.evidence.near_miss.failure
    assert lesson.remedy


async def test_code_that_was_right_at_once_leaves_no_lesson(gather: Gather) -> None:
    team = await gather(SLUGIFY)
    ticket_id = await ready_ticket(team)
    ticket = await team.run_ticket(ticket_id, silent)
    assert ticket.evidence.near_miss is None
    await team.accept_ticket(ticket_id)
    assert await kept(team) == []


async def test_the_architect_reads_lessons_of_this_repository_alone(gather: Gather) -> None:
    rules = [
        {"agent": "architect", "contains": "Elsewhere.", "reply": "It looked elsewhere."},
        {"agent": "architect", "matches": TAUGHT, "reply": "Look at the accents."},
    ]
    team = await gather(SLUGIFY, rules=rules)
    await teach(team, "Mind the accents.", team._team.repository)
    await teach(team, "Elsewhere.", "/other")
    ticket = await team.run_ticket(await ready_ticket(team), silent)
    assert (await reviewed(team, ticket.id)).evidence.review == "Look at the accents."


@pytest.mark.parametrize(("lessons", "candidates"), [(0, 2), (2, 1)])
async def test_the_developer_reads_as_many_lessons_as_are_switched_on(
    gather: Gather, monkeypatch: pytest.MonkeyPatch, lessons: int, candidates: int
) -> None:
    monkeypatch.setattr(reading, "FOR_CODE", lessons)
    rules: list[dict[str, Any]] = [{"agent": "developer", "matches": TAUGHT, "reply": SLUGIFY}]
    team = await gather(WRONG_SLUGIFY, SLUGIFY, rules=rules)
    await teach(team, "Mind the accents.", team._team.repository)
    ticket = await team.run_ticket(await ready_ticket(team), silent)
    assert (ticket.state, ticket.evidence.candidates_run) == (TicketState.REVIEW, candidates)


async def test_memory_is_asked_once_however_many_questions_a_ticket_takes(
    gather: Gather, monkeypatch: pytest.MonkeyPatch
) -> None:
    team = await gather(WRONG_SLUGIFY, max_candidates=30)
    snippets = team._team.tools.memory.snippets
    asked: list[int] = []
    search = snippets.search

    async def counted(query: str, limit: int, repository: str | None = None) -> list[Snippet]:
        asked.append(limit)
        return await search(query, limit, repository)

    ticket_id = await ready_ticket(team)
    monkeypatch.setattr(snippets, "search", counted)
    ticket = await team.run_ticket(ticket_id, silent)
    assert len(ticket.evidence.rungs) > 2
    assert asked.count(2) == 1
