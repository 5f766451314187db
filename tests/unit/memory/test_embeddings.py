"""Vectors of the real embedding model rank texts by meaning."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from memory.embeddings import MiniLmEmbedder

CODE = [
    "def slugify(title):\n    return re.sub(r'[^a-z0-9]+', '-', title.lower()).strip('-')",
    "def connect(host, port):\n    return socket.create_connection((host, port), timeout=5)",
    "def mean(numbers):\n    return sum(numbers) / len(numbers)",
    "def read_json(path):\n    with open(path) as file:\n        return json.load(file)",
]


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
    embedder: MiniLmEmbedder, question: str, answer: int
) -> None:
    vectors = await embedder.embed([question, *CODE])
    assert int(np.argmax(vectors[1:] @ vectors[0])) == answer


async def test_rows_are_float32_of_unit_length_in_the_order_of_the_texts(
    embedder: MiniLmEmbedder,
) -> None:
    texts = ["long " * 1000, "", "ä 日本 🪚", *CODE, *["short"] * 20]
    vectors = await embedder.embed(texts)
    assert vectors.shape == (len(texts), 384)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    alone = await embedder.embed([CODE[2]])
    assert float(alone[0] @ vectors[5]) > 0.99  # int8 activations depend a little on the batch


async def test_no_texts_make_no_rows(embedder: MiniLmEmbedder) -> None:
    assert (await embedder.embed([])).shape == (0, 384)


async def test_a_missing_model_names_the_command(tmp_path: Path) -> None:
    absent = MiniLmEmbedder(tmp_path / "model.onnx", tmp_path / "tokenizer.json")
    with pytest.raises(FileNotFoundError, match="tenon models pull minilm-l6-v2-int8"):
        await absent.embed(["x"])
