"""Search, recall and summaries of conversations are the same on both backends."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from memory.manager import MemoryManager
from memory.records import ConversationSummary, ConversationTurn, Session
from tests.contract.conftest import Backend


@pytest.fixture
async def memory(backend: Backend, tmp_path: Path) -> AsyncIterator[MemoryManager]:
    uri = backend.address if backend.address.startswith("mongodb") else None
    opened = await MemoryManager.open(tmp_path / "data", mongodb_uri=uri)
    await opened.sessions.insert(Session(id="s", repository="/r"))
    yield opened
    await opened.close()


async def append(memory: MemoryManager, *texts: str) -> None:
    for number, text in enumerate(texts):
        turn = ConversationTurn(id=f"t{number}", session_id="s", role="user", text=text)
        await memory.conversations.append(turn)


def summary(text: str, turns: int) -> ConversationSummary:
    return ConversationSummary(
        id="s", session_id="s", text=text, last_turn_id=f"t{turns}", turns=turns
    )


async def test_turns_are_counted_and_found(memory: MemoryManager) -> None:
    await append(memory, "The walrus sings.", "Noted.", "A seal barks.")
    assert await memory.conversations.counts() == {"s": 3}
    assert (await memory.conversations.count("s"), await memory.conversations.count("x")) == (3, 0)
    assert [turn.id for turn in await memory.conversations.newest(2)] == ["t2", "t1"]
    found = await memory.search_conversations("walrus", 5, repository="/r")
    assert [item.turn.id for item in found] == ["t0"]


async def test_recall_spans_the_conversation(memory: MemoryManager) -> None:
    fact = "The walrus module is written by Ada, in the north wing of the building."
    await append(memory, fact, *(f"Remark number {n} of no weight." for n in range(12)))
    recall = await memory.recall("s", "who writes the walrus module", 80, lambda t: len(t.split()))
    assert [item.text for item in recall.earlier] == [fact]
    assert [item.turn.id for item in recall.newest] == ["t9", "t10", "t11", "t12"]


async def test_a_summary_gives_way_only_to_one_that_covers_more(memory: MemoryManager) -> None:
    assert await memory.summaries.keep(summary("eight", 8))
    assert await memory.summaries.keep(summary("sixteen", 16))
    assert not await memory.summaries.keep(summary("late", 8))
    stored = await memory.summaries.get("s")
    assert stored is not None
    assert (stored.text, stored.turns, stored.revision) == ("sixteen", 16, 1)
