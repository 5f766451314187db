"""While a person waits for a model, nothing embeds in the background."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from agents.inference import ChatTurn, CompletionRequest, Priority
from memory.embeddings.int8_graph import can_multiply_int8
from server import settings
from server.components import GATE, open_embedder, open_memory, open_models
from server.settings import Settings
from tests.unit.memory.long_term.conftest import WordEmbedder


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


def test_an_endpoint_that_is_set_embeds_and_its_key_comes_from_the_environment_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TENON_EMBEDDING_ENDPOINT_API_KEY", "of-environment")
    url = {"embeddingEndpointUrl": "http://127.0.0.1:9/v1", "embeddingEndpointModel": "nomic"}
    loaded = settings.load({**url, "embeddingEndpointApiKey": "of-file"})
    assert [finding.name for finding in loaded.findings] == ["setting embedding_endpoint_api_key"]
    assert "command" not in loaded.findings[0].remedy
    assert loaded.values.embedding_endpoint_api_key == "of-environment"
    assert all("of-environment" not in line.value for line in loaded.in_force())
    embedder = open_embedder(loaded.values)
    assert embedder is not None
    assert (embedder.name, embedder.dimensions) == ("endpoint:nomic-768", 768)


async def test_each_table_has_a_folder_of_the_object_store(
    values: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.components.open_embedder", lambda _values: WordEmbedder())
    uri = (tmp_path / "shared").as_uri()
    memory = await open_memory(values.model_copy(update={"long_term_uri": uri}))
    await memory.snippets.add("/r", "a.py", "f", "def f(): ...", "tkt-1")
    await memory.code.replace_file("/r", "a.py", "c", [])
    assert [snippet.symbol for snippet in await memory.snippets.search("f", 5)] == ["f"]
    await memory.close()
    assert {path.name for path in (tmp_path / "shared").iterdir()} == {"snippets", "code"}
    assert not (tmp_path / "data" / "snippets" / "lance").exists()


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
    assert (await passages).shape == (8, embedder.dimensions)
    await memory.close()


@pytest.mark.skipif(not can_multiply_int8(), reason="two models would be slow without VNNI")
async def test_two_models_embed_and_one_alone_where_the_other_is_missing(
    values: Settings, tmp_path: Path
) -> None:
    both = open_embedder(values)
    assert both is not None, "Fetch the models with: make setup"
    assert both.dimensions == 768
    other = values.model_copy(update={"cache_dir": tmp_path})
    assert open_embedder(other) is None
    other.models_dir.mkdir()
    folder = "minilm-l6-v2-int8"
    (other.models_dir / folder).symlink_to(values.models_dir / folder)
    alone = open_embedder(other)
    assert alone is not None
    assert alone.dimensions == 384
    assert alone.name != both.name


def test_embedding_file_that_is_none_is_told_and_others_embed(tmp_path: Path) -> None:
    broken = tmp_path / "notes.gguf"
    broken.write_text("no model")
    for path, reason in ((broken, "not a GGUF file"), (tmp_path / "none.gguf", "cannot be read")):
        loaded = settings.load({"embeddingModel": str(path)})
        assert [finding.name for finding in loaded.findings] == ["setting embedding_model"]
        assert reason in loaded.findings[0].text
        assert loaded.values.embedding_model is None
