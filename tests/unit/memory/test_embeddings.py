"""Vectors of the real embedding model rank texts by meaning."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from memory.embeddings import BgeSmallEmbedder, Embedder, JoinedEmbedder, MiniLmEmbedder
from memory.embeddings.int8_graph import can_multiply_int8, int8_graph

CODE = [
    "def slugify(title):\n    return re.sub(r'[^a-z0-9]+', '-', title.lower()).strip('-')",
    "def connect(host, port):\n    return socket.create_connection((host, port), timeout=5)",
    "def mean(numbers):\n    return sum(numbers) / len(numbers)",
    "def read_json(path):\n    with open(path) as file:\n        return json.load(file)",
]


@pytest.mark.parametrize("model", ["embedder", "bge", "joined"])
@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("turn a title into a part of a URL", 0),
        ("open a TCP connection to a server", 1),
        ("average of a list of values", 2),
        ("load a file with JSON in it", 3),
    ],
)
async def test_the_function_that_answers_is_closest(
    request: pytest.FixtureRequest, model: str, question: str, answer: int
) -> None:
    embedder: Embedder = request.getfixturevalue(model)
    vectors = await embedder.embed(CODE)
    assert int(np.argmax(vectors @ await embedder.embed_query(question))) == answer


@pytest.mark.parametrize("model", ["embedder", "bge", "joined"])
async def test_rows_are_float32_of_unit_length_in_the_order_of_the_texts(
    request: pytest.FixtureRequest, model: str
) -> None:
    embedder: Embedder = request.getfixturevalue(model)
    texts = ["long " * 1000, "", "ä 日本 🪚", *CODE, *["short"] * 20]
    vectors = await embedder.embed(texts)
    assert vectors.shape == (len(texts), embedder.dimensions)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    alone = await embedder.embed([CODE[2]])
    assert float(alone[0] @ vectors[5]) > 0.99  # int8 activations depend a little on the batch


async def test_no_texts_make_no_rows(embedder: MiniLmEmbedder, joined: JoinedEmbedder) -> None:
    assert (await embedder.embed([])).shape == (0, 384)
    assert (await joined.embed([])).shape == (0, 768)


async def test_a_joined_cosine_is_the_mean_of_both(
    embedder: MiniLmEmbedder, bge: BgeSmallEmbedder, joined: JoinedEmbedder
) -> None:
    cosines = []
    for model in (embedder, bge, joined):
        vectors = await model.embed(CODE)
        cosines.append(vectors @ await model.embed_query("average of a list of values"))
    assert np.allclose(cosines[2], (cosines[0] + cosines[1]) / 2, atol=1e-5)
    assert not np.allclose(cosines[0], cosines[1], atol=0.01)


async def test_half_a_joined_vector_is_never_answered(
    embedder: MiniLmEmbedder, tmp_path: Path
) -> None:
    absent = BgeSmallEmbedder(tmp_path / "model.onnx", tmp_path / "tokenizer.json")
    with pytest.raises(FileNotFoundError, match=r"tenon models pull bge-small-en-v1\.5-int8"):
        await JoinedEmbedder(embedder, absent).embed(["x"])


async def test_models_joined_in_another_way_have_another_name(
    embedder: MiniLmEmbedder, bge: BgeSmallEmbedder
) -> None:
    names = {embedder.name, bge.name, JoinedEmbedder(embedder, bge).name}
    assert len(names | {JoinedEmbedder(bge, embedder).name}) == 4


async def test_a_missing_model_names_the_command(tmp_path: Path) -> None:
    absent = MiniLmEmbedder(tmp_path / "model.onnx", tmp_path / "tokenizer.json")
    with pytest.raises(FileNotFoundError, match="tenon models pull minilm-l6-v2-int8"):
        await absent.embed(["x"])


@pytest.mark.skipif(not can_multiply_int8(), reason="the graph is made for processors with VNNI")
async def test_the_lean_graph_means_the_same(embedder: MiniLmEmbedder, tmp_path: Path) -> None:
    import onnx

    model, tokenizer = tmp_path / "model.onnx", tmp_path / "tokenizer.json"
    shutil.copy(embedder._model_path, model)
    shutil.copy(embedder._tokenizer_path, tokenizer)
    lean = MiniLmEmbedder(model, tokenizer, quantize=True)
    texts = ["", "long " * 1000, *CODE]
    cosines = (await lean.embed(texts) * await embedder.embed(texts)).sum(axis=1)
    assert cosines.min() > 0.97
    operations = [node.op_type for node in onnx.load(int8_graph(model)).graph.node]
    assert operations.count("Gelu") == 6
    assert operations.count("MatMulInteger") == 36
    assert not {"Erf", "IsNaN", "SkipLayerNormalization"} & set(operations)
