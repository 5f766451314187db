"""What earlier tickets taught, kept in memory and read again by the pair and the Architect."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from agents.behaviors.learn_lesson import TaughtLesson, lesson_of
from memory.manager import MemoryManager
from memory.records import Ticket

FOR_CODE = 2
FOR_REVIEW = 2
_PLACES = 4


class StoredLesson(Protocol):
    """A lesson as a search finds it."""

    @property
    def text(self) -> str:
        """What failed and what made it pass, in the words that go into a prompt."""


class LessonMemory(Protocol):
    """What is asked of the table of lessons; when it cannot be used, a search finds nothing."""

    async def add(self, lesson: TaughtLesson) -> None:
        """Keep a lesson; one that is kept already is not kept twice."""

    async def search(
        self, query: str, limit: int, repository: str | None = None
    ) -> Sequence[StoredLesson]:
        """The `limit` lessons closest in meaning, best first."""


async def learn(memory: MemoryManager, ticket: Ticket) -> bool:
    """Keep what an accepted ticket teaches; whether that is anything."""
    lessons, lesson = _lessons(memory), lesson_of(ticket)
    if lessons is None or lesson is None:
        return False
    await lessons.add(lesson)
    return True


async def lessons_about(
    memory: MemoryManager, query: str, limit: int, repository: str
) -> list[str]:
    """Texts of lessons of the repository that `query` may need, best first."""
    lessons = _lessons(memory)
    if lessons is None:
        return []
    return [lesson.text for lesson in await lessons.search(query, limit, repository)]


async def places_of_similar(memory: MemoryManager, query: str, repository: str) -> list[str]:
    """Where accepted code like what `query` asks for lies: ``symbol in path``, best first."""
    found = await memory.snippets.search(query, _PLACES, repository)
    places = (f"{s.symbol} in {s.path}" if s.symbol else s.path for s in found)
    return list(dict.fromkeys(places))


def _lessons(memory: MemoryManager) -> LessonMemory | None:
    lessons: LessonMemory | None = getattr(memory, "lessons", None)
    return lessons
