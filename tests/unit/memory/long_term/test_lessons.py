"""A lesson is found when it fits, kept once, and gone when it is removed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from memory.long_term.lessons import Lesson, LessonMemory
from tests.unit.memory.long_term.conftest import WordEmbedder

EMPTY = Lesson(
    "/r", "tkt-1", "mean", "ZeroDivisionError for []", "return 0.0 first", "Averages of empty lists"
)
ROMAN = Lesson(
    "/it's", "tkt-2", "roman", 'roman(4) gave "IIII"\n', "subtract pairs", "Roman numerals 😀"
)


async def test_the_lesson_that_fits_comes_back_whole(tmp_path: Path, words: WordEmbedder) -> None:
    memory = LessonMemory(tmp_path, words)
    for lesson in (EMPTY, ROMAN, EMPTY):
        await memory.add(lesson)
    assert await memory.search("roman numerals", 1) == [ROMAN]
    assert await memory.search("averages", 9, "/r") == [EMPTY]
    assert len(await memory.search("averages roman", 9)) == 2
    await memory.close()


async def test_a_removed_and_a_forgotten_lesson_are_gone(
    tmp_path: Path, words: WordEmbedder
) -> None:
    memory = LessonMemory(tmp_path, words)
    await memory.add(EMPTY)
    await memory.add(ROMAN)
    await memory.remove(EMPTY)
    await memory.remove(replace(EMPTY, text="never there"))
    assert await memory.search("averages roman", 9) == [ROMAN]
    assert await memory.forget("subtract pairs") == 1
    assert await memory.search("averages roman", 9) == []
    await memory.close()


async def test_lessons_are_found_by_words_without_an_embedder(tmp_path: Path) -> None:
    memory = LessonMemory(tmp_path, None)
    await memory.add(ROMAN)
    assert await memory.search("numerals", 3) == [ROMAN]
    await memory.close()
