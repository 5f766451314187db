"""An accepted ticket leaves a lesson, and later work reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from types import SimpleNamespace
from typing import Any

from agents.behaviors.learn_lesson import TaughtLesson
from agents.orchestrator import Orchestrator
from agents.progress import silent
from memory.records import TicketState
from tests.sample import SLUGIFY
from tests.team.conftest import WRONG_SLUGIFY, Gather, ready_ticket


@dataclass
class Lessons:
    """Holds lessons in a list; a search finds all of the repository."""

    kept: list[dict[str, str]] = field(default_factory=list)

    async def add(self, lesson: TaughtLesson) -> None:
        self.kept.append(asdict(lesson))

    async def search(
        self, query: str, limit: int, repository: str | None = None
    ) -> Sequence[SimpleNamespace]:
        assert query
        mine = [lesson for lesson in self.kept if lesson["repository"] == repository]
        return [SimpleNamespace(text=lesson["text"]) for lesson in mine[:limit]]


async def with_lessons(
    gather: Gather, *replies: str, **options: Any
) -> tuple[Orchestrator, Lessons]:
    team, lessons = await gather(*replies, **options), Lessons()
    vars(team._team.tools.memory)["lessons"] = lessons
    return team, lessons


async def test_what_failed_and_what_made_it_pass_is_kept(gather: Gather) -> None:
    team, lessons = await with_lessons(gather, WRONG_SLUGIFY, SLUGIFY)
    ticket_id = await ready_ticket(team)
    ticket = await team.run_ticket(ticket_id, silent)
    assert ticket.state is TicketState.REVIEW
    assert ticket.evidence.near_miss is not None
    assert lessons.kept == []
    await team.accept_ticket(ticket_id)
    (lesson,) = lessons.kept
    assert (lesson["ticket_id"], lesson["symbol"]) == (ticket_id, "slugify")
    assert lesson["failure"].rstrip(".") in ticket.evidence.near_miss.failure
    assert lesson["remedy"]


async def test_code_that_was_right_at_once_leaves_no_lesson(gather: Gather) -> None:
    team, lessons = await with_lessons(gather, SLUGIFY)
    ticket_id = await ready_ticket(team)
    ticket = await team.run_ticket(ticket_id, silent)
    assert ticket.evidence.near_miss is None
    await team.accept_ticket(ticket_id)
    assert lessons.kept == []


async def test_the_developer_and_the_architect_read_lessons(gather: Gather) -> None:
    taught = r"What earlier work here has taught:\n- Mind the accents\."
    rules = [
        {"agent": "developer", "matches": taught, "reply": SLUGIFY},
        {"agent": "architect", "matches": taught, "reply": "Look at the accents."},
    ]
    team, lessons = await with_lessons(gather, WRONG_SLUGIFY, rules=rules)
    lesson = {"text": "Mind the accents.", "repository": team._team.repository}
    lessons.kept += [lesson, {"text": "Elsewhere.", "repository": "/other"}]
    ticket = await team.run_ticket(await ready_ticket(team), silent)
    assert (ticket.state, ticket.evidence.candidates_run) == (TicketState.REVIEW, 1)
    assert ticket.evidence.review == "Look at the accents."


async def test_lessons_of_other_repositories_stay_out(gather: Gather) -> None:
    rules = [{"agent": "developer", "contains": "earlier work", "reply": WRONG_SLUGIFY}]
    team, lessons = await with_lessons(gather, SLUGIFY, rules=rules)
    lessons.kept.append({"text": "Elsewhere.", "repository": "/other"})
    ticket = await team.run_ticket(await ready_ticket(team), silent)
    assert ticket.evidence.candidates_run == 1
