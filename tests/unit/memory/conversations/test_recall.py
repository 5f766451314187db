"""Recall within one conversation: what fits the budget, whole, with what it needs beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from memory.conversations.budget import CUT, Budget, cut
from memory.embeddings import MiniLmEmbedder
from memory.manager import MemoryManager
from memory.records import ConversationTurn, Session


def words(text: str) -> int:
    """A token counter."""
    return len(text.split())


def turn(number: int, text: str, **fields: str) -> ConversationTurn:
    values = {"role": "user" if number % 2 else "agent", **fields}
    return ConversationTurn(id=f"t{number}", session_id="s", text=text, **values)


async def talk(memory: MemoryManager, *texts: str) -> None:
    await memory.sessions.insert(Session(id="s", repository="/r"))
    for number, text in enumerate(texts, 1):
        await memory.conversations.append(turn(number, text))


FILLER = tuple(f"Small talk of no weight, number {number}." for number in range(30))


async def recalled(memory: MemoryManager, query: str, budget: int) -> list[str]:
    found = await memory.recall("s", query, budget, words, newest=2)
    return [item.text for item in found.turns]


async def test_the_newest_turns_are_always_in(memory: MemoryManager) -> None:
    await talk(memory, "The harbour has three cranes.", *FILLER, "One.", "Two.")
    found = await memory.recall("s", "How many cranes has the harbour?", 100, words, newest=2)
    assert [item.text for item in found.newest] == ["One.", "Two."]
    assert [item.why for item in found.newest] == ["newest", "newest"]
    assert found.earlier[0].text == "The harbour has three cranes."


async def test_the_budget_is_never_exceeded(memory: MemoryManager) -> None:
    await talk(memory, *(f"The crane number {n} lifts {n} tons of grain." for n in range(40)))
    for budget in (0, 1, 9, 10, 25, 50, 200):
        found = await memory.recall("s", "cranes and tons", budget, words)
        cost = sum(words(f"{t.turn.agent or t.turn.role}: {t.text}") for t in found.turns)
        assert cost <= budget
    assert cost > 50


async def test_what_is_recalled_stands_in_the_order_of_the_talk(memory: MemoryManager) -> None:
    first = "The cranes of the harbour were painted yellow in spring."
    second = "By autumn all of the cranes had begun to rust."
    await talk(memory, first, *FILLER, second, *FILLER[:4])
    found = await memory.recall("s", "cranes", 80, words)
    assert [t.text for t in found.earlier] == [first, second]


async def test_the_answer_to_a_recalled_question_comes_along(memory: MemoryManager) -> None:
    question, answer = "What shall the exporter do with negative amounts?", "Brackets, not a minus."
    await talk(memory, *FILLER[:10], question, answer, *FILLER[10:])
    texts = await recalled(memory, "exporter negative amounts", 80)
    assert texts[:2] == [question, answer]


async def test_a_short_reply_brings_what_it_replies_to(memory: MemoryManager) -> None:
    before = "Which colour should we paint the shed, green or the ochre of the fence?"
    await talk(memory, *FILLER[:9], before, "Vermilion!", *FILLER[10:])
    assert (await recalled(memory, "vermilion", 80))[:2] == [before, "Vermilion!"]


async def test_of_equals_the_later_turn_wins(memory: MemoryManager) -> None:
    same = "The release is planned for Thursday."
    await talk(memory, same, *FILLER, same, *FILLER[:4])
    found = await memory.recall("s", "When is the release?", 20, words, newest=1)
    assert [item.turn.id for item in found.earlier] == ["t32"]


async def test_a_turn_that_does_not_fit_is_left_out_whole(memory: MemoryManager) -> None:
    long = "Grain and cranes and tons. " * 8
    await talk(memory, long.strip(), "A crane.", *FILLER)
    texts = await recalled(memory, "cranes grain tons", 45)
    assert "A crane." in texts
    assert all(text in ("A crane.", *FILLER) for text in texts)


async def test_a_turn_longer_than_the_budget_is_cut_to_sentences(memory: MemoryManager) -> None:
    long = f"{'The weather was fine. ' * 30}The crane lifts nine tons. {'We had tea. ' * 30}"
    await talk(memory, long.strip(), *FILLER)
    found = await memory.recall("s", "How much does the crane lift?", 60, words, newest=1)
    (recalled_turn,) = [item for item in found.earlier if item.turn.id == "t1"]
    assert "The crane lifts nine tons." in recalled_turn.text
    assert CUT in recalled_turn.text
    assert not recalled_turn.whole


async def test_the_last_turn_alone_over_the_budget_is_cut(memory: MemoryManager) -> None:
    await talk(memory, "Earlier.", "First sentence here. " * 40)
    found = await memory.recall("s", "anything", 20, words)
    assert [item.turn.id for item in found.turns] == ["t2"]
    assert found.newest[0].text.startswith("First sentence here.")
    assert found.newest[0].text.endswith(CUT)


async def test_without_an_index_the_newest_are_recalled(tmp_path: Path) -> None:
    (tmp_path / "conversations").write_text("in the way")
    memory = await MemoryManager.open(tmp_path)
    await talk(memory, "The harbour has cranes.", *FILLER)
    assert await recalled(memory, "cranes", 100) == [*FILLER[-2:]]
    await memory.close()


async def test_an_unknown_or_empty_conversation_recalls_nothing(memory: MemoryManager) -> None:
    assert (await memory.recall("nowhere", "cranes", 100, words)).turns == []


async def test_a_turn_of_long_ago_is_recalled(tmp_path: Path, embedder: MiniLmEmbedder) -> None:
    memory = await MemoryManager.open(tmp_path, embedder=embedder)
    memory.conversations.on_append = lambda _turn: None
    await memory.sessions.insert(Session(id="s", repository="/r"))
    document = {"session_id": "s", "role": "user", "agent": "", "revision": 0}
    day = "2024-01-01T00:00:00.000+00:00"
    told = "The vault below the old mint opens with a bunch of tulips."
    for number in range(1_200):
        text = told if number == 700 else f"Report {number} is filed."
        await memory._store.insert(
            "conversations",
            {**document, "id": f"t{number}", "text": text, "created_at": day, "updated_at": day},
        )
    found = await memory.recall("s", "What opens the vault?", 120, words)
    assert found.earlier[0].turn.id == "t700"
    assert [item.turn.id for item in found.newest] == [f"t{n}" for n in range(1_196, 1_200)]
    await memory.close()


@pytest.mark.parametrize("text", ["", "no end", "One. Two. Three."])
def test_cutting_keeps_whole_sentences(text: str) -> None:
    shown = cut(text, lambda part: words(part) <= 2)
    assert shown in (None, "One. […]", "no end")


def test_a_budget_pays_for_the_speaker_too() -> None:
    budget = Budget(3, words)
    assert budget.take(turn(1, "one two")) == "one two"
    assert budget.left == 0
