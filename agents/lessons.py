"""What earlier tickets taught, kept in memory and read again by the pair and the Architect."""

from __future__ import annotations

from agents.behaviors.learn_lesson import lesson_of
from memory.manager import MemoryManager
from memory.records import Ticket

FOR_CODE = 0
"""Not until a benchmark (`tests/benchmarks/bench_learning.py`) shows that lessons help to write
code, which its first run did not: they lengthen every prompt of the Developer."""
_FOR_REVIEW = 2
_PLACES = 4


async def learn(memory: MemoryManager, ticket: Ticket) -> bool:
    """Keep what an accepted ticket teaches; whether that is anything."""
    lesson = lesson_of(ticket)
    if lesson is None:
        return False
    await memory.lessons.add(lesson)
    return True


async def lessons_for_code(memory: MemoryManager, query: str, repository: str) -> list[str]:
    """Texts of lessons of the repository that code for `query` may need, best first."""
    return await _lessons_about(memory, query, FOR_CODE, repository)


async def lessons_for_review(memory: MemoryManager, query: str, repository: str) -> list[str]:
    """Texts of lessons of the repository that a review of `query` may need, best first."""
    return await _lessons_about(memory, query, _FOR_REVIEW, repository)


async def _lessons_about(
    memory: MemoryManager, query: str, limit: int, repository: str
) -> list[str]:
    return [lesson.text for lesson in await memory.lessons.search(query, limit, repository)]


async def places_of_similar(memory: MemoryManager, query: str, repository: str) -> list[str]:
    """Where accepted code like what `query` asks for lies: ``symbol in path``, best first."""
    found = await memory.snippets.search(query, _PLACES, repository)
    return list(dict.fromkeys(place_of(snippet.symbol, snippet.path) for snippet in found))


def place_of(symbol: str, path: str) -> str:
    """Where a piece of code lies, for a prompt."""
    return f"{symbol} in {path}" if symbol else path
