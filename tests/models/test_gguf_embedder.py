"""A GGUF file as the embedding model of long-term memory."""

import asyncio
import os
import signal
from pathlib import Path

import numpy as np
import pytest

from memory.embeddings import Gate
from memory.embeddings.hosted import Prefixes
from memory.manager import MemoryManager
from server.models.embedding_process import EmbeddingModelError
from server.models.gguf_embedder import GgufEmbedder
from server.models.system_memory import process_memory
from tests.models.tiny_bert import CONTEXT, write_bert

pytestmark = pytest.mark.model
TEXTS = [
    "def area(width, height):\n    return width * height",
    "def surface(width, height):\n    return height * width",
    "The ship left the harbour before the storm came.",
]


@pytest.fixture
async def embedder(gguf: Path):
    embedder = GgufEmbedder(gguf, threads=2)
    yield embedder
    await embedder.close()


async def test_vectors_of_like_texts_are_near(embedder: GgufEmbedder) -> None:
    vectors = await embedder.embed(TEXTS * 12)
    assert vectors.shape == (36, embedder.dimensions)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    near = vectors[:3] @ vectors[:3].T
    assert near[0, 1] > near[0, 2] + 0.05
    assert np.allclose(vectors[:3], vectors[33:], atol=0.02)
    assert np.allclose(vectors[2], await embedder.embed_query(TEXTS[2]), atol=0.02)


async def test_long_and_empty_texts_have_vectors(embedder: GgufEmbedder) -> None:
    long = "naïve 東京 " * 2000
    vectors = await embedder.embed([long, "", long + "another end"])
    assert np.isfinite(vectors).all()
    assert np.allclose(vectors[0], vectors[2], atol=0.02)


async def test_model_that_only_embeds_is_pooled_as_it_says(tmp_path: Path) -> None:
    embedder = GgufEmbedder(write_bert(tmp_path / "bert.gguf"), threads=1)
    texts = ["def a", "return b", "def b", "", "def " * 3 * CONTEXT]
    vectors = await embedder.embed(texts * 4)
    await embedder.close()
    assert vectors.shape == (20, embedder.dimensions)
    assert np.allclose(vectors[:5], vectors[15:], atol=1e-5)
    assert vectors[0] @ vectors[2] < 0.999


async def test_killed_process_is_told_and_started_again(embedder: GgufEmbedder) -> None:
    await embedder.embed(["one"])
    assert embedder.process.pid is not None
    os.kill(embedder.process.pid, signal.SIGKILL)
    with pytest.raises(EmbeddingModelError, match="ended without a word"):
        await embedder.embed(["two"])
    assert (await embedder.embed(["three"])).shape == (1, embedder.dimensions)


async def test_given_up_question_does_not_mix_up_answers(embedder: GgufEmbedder) -> None:
    first, second = await embedder.embed([TEXTS[0]]), await embedder.embed([TEXTS[2]])
    task = asyncio.create_task(embedder.embed_query(TEXTS[0]))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert np.allclose(await embedder.embed_query(TEXTS[2]), second[0], atol=0.02)
    assert not np.allclose(first, second, atol=0.02)


async def test_passages_wait_for_a_person_and_questions_do_not(gguf: Path) -> None:
    gate = Gate()
    embedder = GgufEmbedder(gguf, threads=2, gate=gate)
    with gate.held():
        passages = asyncio.create_task(embedder.embed(["text"] * 5))
        await embedder.embed_query("a question")
        assert not passages.done()
    assert (await passages).shape == (5, embedder.dimensions)
    await embedder.close()


async def test_damaged_file_is_told(gguf: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.gguf"
    with gguf.open("rb") as file:
        broken.write_bytes(file.read(1_000_000))
    with pytest.raises(EmbeddingModelError, match=r"broken\.gguf: it cannot be loaded"):
        await GgufEmbedder(broken).embed(["text"])


async def test_names_differ_with_file_and_prefix(gguf: Path, tmp_path: Path) -> None:
    other = tmp_path / gguf.name
    with gguf.open("rb") as file:
        other.write_bytes(file.read(4_000_000))
    prefixed = GgufEmbedder(gguf, prefixes=Prefixes(text="passage: "))
    assert len({GgufEmbedder(gguf).name, GgufEmbedder(other).name, prefixed.name}) == 3


async def test_memory_finds_by_it_and_ends_its_process(gguf: Path, tmp_path: Path) -> None:
    embedder = GgufEmbedder(gguf, threads=2)
    memory = await MemoryManager.open(tmp_path, embedder=embedder)
    for number, text in enumerate(TEXTS):
        await memory.snippets.add("/r", f"f{number}.py", f"name{number}", text, "tkt-1")
    found = await memory.snippets.search("lambda x, y: x * y", 2)
    assert {snippet.symbol for snippet in found} == {"name0", "name1"}
    process = embedder.process.pid
    assert process is not None
    await memory.close()
    assert embedder.process.pid is None
    assert process_memory(process) == 0
