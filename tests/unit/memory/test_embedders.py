"""Embedders that run elsewhere, and the gate for those that run here."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence

import httpx
import numpy as np
import pytest

from memory.embeddings import Gate, MiniLmEmbedder
from memory.embeddings.endpoint import EndpointEmbedder
from memory.embeddings.hosted import HostedEmbedder, Prefixes


async def test_an_endpoint_is_asked_in_batches_and_answers_are_put_in_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        texts = json.loads(request.content)["input"]
        data = [{"index": n, "embedding": [float(t), 3.0]} for n, t in enumerate(texts)]
        return httpx.Response(200, json={"data": data[::-1]})

    client = httpx.AsyncClient
    monkeypatch.setattr(
        httpx, "AsyncClient", lambda **kw: client(transport=httpx.MockTransport(answer), **kw)
    )
    embedder = EndpointEmbedder("http://127.0.0.1:9/v1/", "m", 2, api_key="k")
    vectors = await embedder.embed([str(n) for n in range(100)])
    assert [str(request.url) for request in asked] == ["http://127.0.0.1:9/v1/embeddings"] * 2
    assert asked[0].headers["authorization"] == "Bearer k"
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0)
    assert np.allclose(vectors[4], [0.8, 0.6])
    with pytest.raises(ValueError, match="shape"):
        await EndpointEmbedder("http://127.0.0.1:9/v1", "m", 3).embed(["1"])


async def test_a_hosted_model_gets_its_prefixes() -> None:
    seen: list[str] = []

    async def run(texts: Sequence[str]) -> list[list[float]]:
        seen.extend(texts)
        return [[2.0, 0.0] for _ in texts]

    embedder = HostedEmbedder("gguf:x", 2, run, Prefixes(query="query: ", text="text: "))
    assert (await embedder.embed([])).shape == (0, 2)
    assert (await embedder.embed(["a"])).tolist() == [[1.0, 0.0]]
    assert (await embedder.embed_query("b")).tolist() == [1.0, 0.0]
    assert seen == ["text: a", "query: b"]


def test_vectors_with_other_prefixes_of_texts_are_of_another_name() -> None:
    async def run(texts: Sequence[str]) -> list[list[float]]:
        return [[1.0] for _ in texts]

    def name(prefixes: Prefixes) -> str:
        return HostedEmbedder("m", 1, run, prefixes).name

    assert name(Prefixes()) == name(Prefixes(query="query: ")) == "m"
    assert len({"m", name(Prefixes(text="a: ")), name(Prefixes(text="b: "))}) == 3


async def test_numbers_that_are_none_are_refused() -> None:
    async def run(texts: Sequence[str]) -> list[list[float]]:
        return [[float("nan"), 0.0]]

    with pytest.raises(ValueError, match="finite"):
        await HostedEmbedder("gguf:x", 2, run).embed(["a"])


async def test_passages_wait_for_the_gate_and_questions_do_not(embedder: MiniLmEmbedder) -> None:
    gate = Gate()
    embedder._gate = gate
    with gate.held():
        passages = asyncio.create_task(embedder.embed(["text"] * 8))
        assert (await embedder.embed_query("a question")).shape == (384,)
        assert not passages.done()
    assert (await passages).shape == (8, 384)
    assert gate.is_open
