"""Search over conversations finds by words, meaning, speaker and date, never what is gone."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from memory.conversations.index_file import Scope
from memory.embeddings import Embedder, MiniLmEmbedder, Vectors
from memory.manager import MemoryManager
from memory.records import ConversationSummary, ConversationTurn, Session


class Counting:
    """An embedder that counts what it is given."""

    def __init__(self, embedder: Embedder, name: str = "counting") -> None:
        self._embedder = embedder
        self.name = name
        self.dimensions = embedder.dimensions
        self.texts: list[str] = []

    async def embed(self, texts: Sequence[str]) -> Vectors:
        self.texts += texts
        return await self._embedder.embed(texts)

    async def embed_query(self, text: str) -> Vectors:
        self.texts.append(text)
        return await self._embedder.embed_query(text)


class Failing:
    name = "failing"
    dimensions = 384

    async def embed(self, texts: Sequence[str]) -> Vectors:
        raise RuntimeError("the model is broken")

    async def embed_query(self, text: str) -> Vectors:
        raise RuntimeError("the model is broken")


def turn(id_: str, text: str, session: str = "s", **fields: Any) -> ConversationTurn:
    return ConversationTurn(
        id=id_, session_id=session, role=fields.pop("role", "user"), text=text, **fields
    )


async def opened(folder: Path, embedder: Embedder | None = None) -> MemoryManager:
    """A manager whose work in the background is off, so that tests say when it is done."""
    memory = await MemoryManager.open(folder, embedder=embedder)
    memory.conversations.on_append = lambda _turn: None
    return memory


async def say(memory: MemoryManager, *turns: ConversationTurn, repository: str = "/r") -> None:
    for one in turns:
        if await memory.sessions.get(one.session_id) is None:
            await memory.sessions.insert(Session(id=one.session_id, repository=repository))
        await memory.conversations.append(one)


async def ids(memory: MemoryManager, query: str, **where: Any) -> list[str]:
    return [found.turn.id for found in await memory.search_conversations(query, 10, **where)]


TALK = [
    turn("t1", "The invoice exporter must round half to even, like the bank does."),
    turn("t2", "Understood, I will note it.", role="agent", agent="project_manager"),
    turn("t3", "My cat has learnt to open the fridge."),
    turn("t4", "And the slug function should drop accents."),
]


async def test_a_turn_is_found_by_its_words_without_an_embedder(tmp_path: Path) -> None:
    memory = await opened(tmp_path)
    await say(memory, *TALK)
    assert (await ids(memory, "Which function drops an accent?"))[0] == "t4"
    assert await ids(memory, "submarine volcano") == []
    await memory.close()


async def test_a_turn_is_found_by_meaning(tmp_path: Path, embedder: MiniLmEmbedder) -> None:
    memory = await opened(tmp_path, embedder)
    await say(memory, *TALK)
    await ids(memory, "x")
    await memory.turns.catch_up()
    assert (await ids(memory, "Which pet gets at the refrigerator's food?"))[0] == "t3"
    await memory.close()


async def test_search_keeps_to_its_session_or_repository(tmp_path: Path) -> None:
    memory = await opened(tmp_path)
    await say(memory, turn("a", "the walrus sings", "s1"))
    await say(memory, turn("b", "the walrus dances", "s2"), repository="/other")
    assert set(await ids(memory, "walrus")) == {"a", "b"}
    assert await ids(memory, "walrus", repository="/other") == ["b"]
    assert await ids(memory, "walrus", session_id="s1") == ["a"]
    assert await ids(memory, "walrus", session_id="s1", repository="/other") == []
    found = (await memory.search_conversations("dances", 1))[0]
    assert (found.repository, found.turn.session_id) == ("/other", "s2")
    await memory.close()


async def test_nonsense_queries_find_nothing_and_break_nothing(tmp_path: Path) -> None:
    memory = await opened(tmp_path)
    assert await ids(memory, "anything") == []
    await say(memory, *TALK)
    for query in ("", "   ", '"', "'", "NOT OR AND", "text : *", "col:x^2 (", "\0", "🪚", "-"):
        await ids(memory, query)
    assert await memory.search_conversations("accents", 0) == []
    await memory.close()


async def test_a_question_about_a_speaker_prefers_their_turns(tmp_path: Path) -> None:
    memory = await opened(tmp_path)
    await say(
        memory,
        turn("b", "I collect stamps.", role="agent", agent="Bert"),
        turn("a", "I collect stamps.", role="agent", agent="Anna"),
        turn("b2", "I collect stamps.", role="agent", agent="Bert"),
    )
    assert (await ids(memory, "What stamps does Anna have?"))[0] == "a"
    await say(memory, turn("me", "I collect stamps.", "s"))
    assert (await ids(memory, "What stamps did I mention?"))[0] == "me"
    await memory.close()


async def test_a_turn_is_found_by_its_date(tmp_path: Path) -> None:
    memory = await opened(tmp_path)
    for month in (3, 4, 5):
        said = datetime(2023, month, 2, tzinfo=UTC)
        await say(memory, turn(f"m{month}", "We sailed to the island.", created_at=said))
    assert (await ids(memory, "When did they sail in April 2023?"))[0] == "m4"
    await memory.close()


async def test_a_deleted_turn_is_not_found(tmp_path: Path) -> None:
    memory = await opened(tmp_path)
    await say(memory, *TALK)
    assert await ids(memory, "accents") == ["t4"]
    await memory._store.delete("conversations", "t4")
    assert await ids(memory, "accents") == []
    assert (await ids(memory, "fridge"))[0] == "t3"
    await memory.close()


async def test_a_forgotten_turn_leaves_no_trace_in_the_index(
    tmp_path: Path, embedder: MiniLmEmbedder
) -> None:
    memory = await opened(tmp_path, embedder)
    await say(memory, turn("s1", "The password is zanzibar77."), turn("s2", "Noted."), *TALK)
    await ids(memory, "x")
    await memory.turns.catch_up()
    await memory._store.delete("conversations", "s1")
    await memory.turns.forget(["s1"])
    await memory.turns.catch_up()
    assert "s1" not in await ids(memory, "password")
    left = await memory.turns.use(lambda file: file.rows(Scope()).ids)
    assert left == ["s2", "t1", "t2", "t3", "t4"]
    for file in (tmp_path / "conversations").iterdir():
        assert b"zanzibar" not in file.read_bytes().lower(), file.name
    await memory.close()
    vectors = _vectors(tmp_path)
    assert {name for name, _ in vectors} == {"s2", "t1", "t2", "t3", "t4"}


async def test_a_changed_turn_is_found_by_its_new_text(
    tmp_path: Path, embedder: MiniLmEmbedder
) -> None:
    memory = await opened(tmp_path, embedder)
    await say(memory, *TALK)
    await ids(memory, "x")
    await memory.turns.catch_up()
    before = _vectors(tmp_path)
    stored = await memory.conversations.get("t3")
    assert stored is not None
    changed = stored.model_copy(update={"text": "A parrot now lives with us at home."})
    await memory.conversations._turns.replace(changed)
    await memory.turns.forget(["t3"])
    await memory.turns.catch_up()
    assert (await ids(memory, "parrot"))[0] == "t3"
    after = _vectors(tmp_path)
    assert {key for key in after if before.get(key) != after[key]} == {("t3", 0)}
    assert after.keys() == before.keys()
    await memory.close()


async def test_what_the_store_forgets_leaves_the_index_and_the_summary(tmp_path: Path) -> None:
    memory = await opened(tmp_path)
    await say(memory, *TALK)
    await say(memory, turn("o", "The bridge is closed.", "other"))
    for session in ("s", "other"):
        await memory.summaries.insert(
            ConversationSummary(id=session, session_id=session, text="t", last_turn_id="", turns=1)
        )
    await ids(memory, "x")
    done = await memory.forget_text("open the fridge")
    assert done.changed["conversations"] == 1
    assert await ids(memory, "fridge") == []
    for file in (tmp_path / "conversations").iterdir():
        assert b"fridge" not in file.read_bytes().lower(), file.name
    assert await memory.summaries.get("s") is None
    assert await memory.summaries.get("other") is not None
    await memory.forget_conversation("other")
    assert await ids(memory, "bridge") == []
    assert await memory.summaries.get("other") is None
    await memory.close()


async def test_no_turn_is_embedded_twice(tmp_path: Path, embedder: MiniLmEmbedder) -> None:
    counting = Counting(embedder)
    memory = await opened(tmp_path, counting)
    await say(memory, *TALK)
    await ids(memory, "accents")
    first = await memory.turns.catch_up()
    assert first >= len(TALK)
    await memory.close()
    counting.texts.clear()
    memory = await opened(tmp_path, counting)
    await ids(memory, "accents")
    assert await memory.turns.catch_up() == 0
    assert counting.texts == ["accents"]
    await say(memory, turn("t5", "One more wish: keep the digits of a title, please."))
    await ids(memory, "digits")
    assert 0 < await memory.turns.catch_up() < first
    await memory.close()


async def test_a_model_with_a_way_of_its_own_for_questions_is_asked_so(
    tmp_path: Path, embedder: MiniLmEmbedder
) -> None:
    class Asked(Counting):
        async def embed_query(self, text: str) -> np.ndarray[Any, np.dtype[np.float32]]:
            self.texts.append(f"query: {text}")
            vector: np.ndarray[Any, np.dtype[np.float32]] = (await embedder.embed([text]))[0]
            return vector

    asked = Asked(embedder)
    memory = await opened(tmp_path, asked)
    await say(memory, *TALK)
    await ids(memory, "accents")
    await memory.turns.catch_up()
    assert (await ids(memory, "Which pet opens the refrigerator?"))[0] == "t3"
    assert asked.texts[-1] == "query: Which pet opens the refrigerator?"
    await memory.close()


async def test_vectors_of_two_models_are_never_mixed(
    tmp_path: Path, embedder: MiniLmEmbedder
) -> None:
    memory = await opened(tmp_path, Counting(embedder, "first"))
    await say(memory, *TALK)
    await ids(memory, "x")
    count = await memory.turns.catch_up()
    await memory.close()
    memory = await opened(tmp_path, Counting(embedder, "second"))
    await ids(memory, "x")
    stored = await memory.turns.use(lambda file: file.vectors("second", Scope()))
    assert len(stored.vectors) == 0
    assert await memory.turns.catch_up() == count
    await memory.close()


async def test_a_lost_or_damaged_index_is_made_anew(
    tmp_path: Path, embedder: MiniLmEmbedder, caplog: pytest.LogCaptureFixture
) -> None:
    memory = await opened(tmp_path, embedder)
    await say(memory, *TALK)
    assert (await ids(memory, "accents"))[0] == "t4"
    await memory.close()
    file = tmp_path / "conversations" / "turns.sqlite3"
    for damage in (b"not a database at all" * 100, b""):
        file.write_bytes(damage)
        memory = await opened(tmp_path, embedder)
        assert (await ids(memory, "accents"))[0] == "t4"
        assert await memory.turns.catch_up() > 0
        await memory.close()
    assert caplog.records == []


async def test_an_index_that_cannot_be_written_is_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "conversations").write_text("a file where the folder should be")
    memory = await opened(tmp_path)
    await say(memory, *TALK)
    with caplog.at_level(logging.WARNING):
        assert await ids(memory, "accents") == []
        assert await ids(memory, "accents") == []
    assert [r.getMessage().split(":")[0] for r in caplog.records] == [
        "Earlier turns cannot be searched"
    ]
    await memory.close()


@pytest.mark.parametrize("embedder_or_none", [None, Failing()])
async def test_without_a_working_embedder_words_do_and_one_warning_says_so(
    tmp_path: Path, embedder_or_none: Embedder | None, caplog: pytest.LogCaptureFixture
) -> None:
    memory = await opened(tmp_path, embedder_or_none)
    await say(memory, *TALK)
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            assert (await ids(memory, "accents"))[0] == "t4"
            await memory.turns.catch_up()
    assert len(caplog.records) == 1
    assert "by their words only" in caplog.records[0].getMessage()
    await memory.close()


async def test_two_windows_find_what_the_other_has_stored(tmp_path: Path) -> None:
    first, second = await opened(tmp_path), await opened(tmp_path)
    await say(first, *TALK[:2])
    assert (await ids(second, "exporter"))[0] == "t1"
    await say(second, *TALK[2:])
    assert (await ids(first, "accents"))[0] == "t4"
    assert (await ids(second, "accents"))[0] == "t4"
    await first.close()
    await second.close()


async def test_new_turns_are_embedded_in_the_background(
    tmp_path: Path, embedder: MiniLmEmbedder
) -> None:
    memory = await MemoryManager.open(tmp_path, embedder=embedder)
    await say(memory, *TALK, turn("o", "an older talk", "other"))
    task = memory.turns._background
    assert task is not None
    await task
    assert {name for name, _ in _vectors(tmp_path)} == {"t1", "t2", "t3", "t4", "o"}
    await memory.close()


async def test_work_in_the_background_waits_while_a_person_is_answered(
    tmp_path: Path, embedder: MiniLmEmbedder
) -> None:
    memory = await MemoryManager.open(tmp_path, embedder=embedder)
    answering = True
    memory.turns.is_quiet = lambda: not answering
    await say(memory, *TALK)
    await asyncio.sleep(0.1)
    assert _vectors(tmp_path) == {}
    answering = False
    assert memory.turns._background is not None
    await memory.turns._background
    assert len(_vectors(tmp_path)) == len(TALK)
    await memory.close()


async def test_closing_stops_the_work_in_the_background(
    tmp_path: Path, embedder: MiniLmEmbedder
) -> None:
    memory = await MemoryManager.open(tmp_path, embedder=embedder)
    await say(memory, *(turn(f"t{n}", f"Sentence number {n} about boats.") for n in range(40)))
    task = memory.turns._background
    assert task is not None
    await memory.close()
    assert task.done()
    await memory.close()


async def test_a_long_turn_is_found_by_its_end(tmp_path: Path, embedder: MiniLmEmbedder) -> None:
    filler = "The meeting went on about the budget of the harbour. " * 60
    memory = await opened(tmp_path, embedder)
    bees = "My grandmother kept bees. She sold jars of honey from eleven hives. " * 4
    await say(memory, turn("long", f"{filler} {bees}"), *TALK)
    await ids(memory, "x")
    await memory.turns.catch_up()
    assert (await ids(memory, "Which relative was an apiarist?"))[0] == "long"
    await memory.close()


def _vectors(folder: Path) -> dict[tuple[str, int], bytes]:
    """(turn, part) -> vector, read from the file itself."""
    with sqlite3.connect(folder / "conversations" / "turns.sqlite3") as connection:
        rows = connection.execute("SELECT turn, part, vector FROM vectors").fetchall()
    connection.close()
    assert all(np.frombuffer(blob, np.float16).shape == (384,) for _, _, blob in rows)
    return {(name, part): blob for name, part, blob in rows}
