"""While a person waits for a model, nothing embeds in the background."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from agents.inference import ChatTurn, CompletionRequest, Priority
from server import settings
from server.components import GATE, open_embedder, open_memory, open_models
from server.settings import Settings


@pytest.fixture
def values(tmp_path: Path) -> Settings:
    script = tmp_path / "script.json"
    script.write_text(json.dumps({"rules": [{"reply": "Here you are."}]}))
    editor = {"dataDir": str(tmp_path / "data"), "scriptedModel": str(script)}
    return settings.load(editor).values


@pytest.mark.parametrize("priority", list(Priority))
async def test_the_gate_is_held_for_a_person_alone(values: Settings, priority: Priority) -> None:
    models = open_models(values, print, lambda: None)
    messages = (ChatTurn("user", "hello"),)
    request = CompletionRequest(agent="", messages=messages, max_tokens=9, priority=priority)
    seen: list[bool] = []
    async for _ in models.complete(request, lambda _index, _text: seen.append(GATE.is_open)):
        seen.append(GATE.is_open)
    assert set(seen) == {priority is not Priority.INTERACTIVE}
    assert GATE.is_open
    await models.close()


async def test_an_answer_that_is_given_up_opens_the_gate(values: Settings) -> None:
    models = open_models(values, print, lambda: None)
    messages = (ChatTurn("user", "hello"),)
    request = CompletionRequest(
        agent="", messages=messages, max_tokens=9, priority=Priority.INTERACTIVE
    )
    answers = models.complete(request)
    await anext(answers)
    assert not GATE.is_open
    await answers.aclose()
    assert GATE.is_open
    await models.close()


async def test_turns_and_passages_stand_back_while_the_gate_is_held(values: Settings) -> None:
    memory = await open_memory(values)
    embedder = open_embedder(values)
    assert embedder is not None, "Fetch the model with: make setup"
    assert memory.turns.is_quiet()
    with GATE.held():
        assert not memory.turns.is_quiet()
        passages = asyncio.create_task(embedder.embed(["text"] * 8))
        await embedder.embed_query("a question")
        await embedder.embed(["a snippet"])
        assert not passages.done()
    assert (await passages).shape == (8, 384)
    await memory.close()
