"""``tenon bench memory``: how well and how fast code is found by a question."""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from memory.chunking.chunk import Chunk
from memory.embeddings import Embedder, Vectors
from memory.long_term.table import HybridChunkTable
from server.bench.fresh_server import measured, resident_megabytes
from server.components import open_embedder
from server.settings import load

_FUNCTIONS_A_FILE = 20
_DEPTH = 10


@dataclass(frozen=True)
class Question:
    """A question and the function that answers it."""

    text: str
    answer: str


async def bench_memory(options: argparse.Namespace) -> int:
    """Index the functions, ask every question, print the figures; 2 for unusable files."""
    try:
        codes = read_codes(options.codes)
        questions = read_questions(options.cosqa, codes)
    except (OSError, ValueError, LookupError, TypeError) as error:
        print(f"These files are not in CoSQA's form: {error}")
        return 2
    embedder = open_embedder(load().values)
    if embedder is None:
        print("The embedding model is missing. Run: tenon models pull minilm-l6-v2-int8")
        return 2
    with tempfile.TemporaryDirectory(prefix="tenon-bench-") as folder:
        figures = await measure(Path(folder), embedder, codes, questions, options.rows)
    print(json.dumps(figures, indent=None if options.json else 2))
    return 0


def read_codes(path: Path) -> list[str]:
    """Functions of ``code_idx_map.txt``: a JSON object of code -> index. Raises ValueError."""
    indices = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(indices, dict):
        raise ValueError(f"{path.name} is no JSON object of code and index")
    codes = [code for code, _ in sorted(indices.items(), key=lambda item: item[1])]
    if [indices[code] for code in codes] != list(range(len(codes))):
        raise ValueError(f"the indices in {path.name} are not 0, 1, 2, …")
    return codes


def read_questions(path: Path, codes: Sequence[str]) -> list[Question]:
    """Items with ``doc`` and ``retrieval_idx``. Raises ValueError, LookupError or TypeError."""
    items = json.loads(path.read_text(encoding="utf-8"))
    return [Question(item["doc"], codes[item["retrieval_idx"]]) for item in items]


async def measure(
    folder: Path, embedder: Embedder, codes: Sequence[str], questions: Sequence[Question], rows: int
) -> dict[str, Any]:
    """Put the functions into the product's table and ask it.

    Times and `server_rss_mb` are those of a new process with the real models, which only
    searches; `rss_mb` is this one's, which has indexed.
    """
    await embedder.embed(["warm"] * 16)
    table = HybridChunkTable(folder, embedder, limit_bytes=2**40)
    start = time.perf_counter()
    await _index(table, codes)
    seconds = time.perf_counter() - start
    found = await _ask(table, embedder, questions)
    figures = {**quality(found, questions), "functions_per_second": round(len(codes) / seconds, 1)}
    if rows > len(codes):
        await table.close()
        table = HybridChunkTable(folder, Repeated(embedder, codes), limit_bytes=2**40)
        await _index(table, [f"{code}\n# {n}" for n, code in enumerate(_cycle(codes, rows))], "r")
        await table.tidy()
    figures["rss_mb"] = resident_megabytes()
    await table.close()
    return figures | await measured(folder, [question.text for question in questions])


def _cycle(codes: Sequence[str], rows: int) -> list[str]:
    return [codes[n % len(codes)] for n in range(rows - len(codes))]


class Repeated:
    """For many rows: vectors near those of the functions, made without the model."""

    def __init__(self, embedder: Embedder, codes: Sequence[str]) -> None:
        self.name = embedder.name
        self.dimensions = embedder.dimensions

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Random directions, the same for the same text."""
        import numpy as np

        seeds = [abs(hash(text)) % 2**32 for text in texts]
        rows = [np.random.default_rng(seed).standard_normal(self.dimensions) for seed in seeds]
        vectors = np.asarray(rows, dtype=np.float32)
        unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit

    async def embed_query(self, text: str) -> Vectors:
        """Return the same for one text."""
        vector: Vectors = (await self.embed([text]))[0]
        return vector


async def _index(table: HybridChunkTable, codes: Sequence[str], repository: str = "cosqa") -> None:
    files = {}
    for start in range(0, len(codes), _FUNCTIONS_A_FILE):
        path = f"file{start // _FUNCTIONS_A_FILE}.py"
        part = codes[start : start + _FUNCTIONS_A_FILE]
        files[path] = [_chunk(path, line, code) for line, code in enumerate(part, 1)]
    await table.replace_files(repository, files, "")


def _chunk(path: str, line: int, code: str) -> Chunk:
    name = code.partition("def ")[2].partition("(")[0].strip()
    return Chunk(path, "python", "function", name, code, line, line)


async def _ask(
    table: HybridChunkTable, embedder: Embedder, questions: Sequence[Question]
) -> list[list[str]]:
    return [
        [hit.chunk.text for hit in await table.search(question.text, _DEPTH)]
        for question in questions
    ]


def quality(found: Sequence[Sequence[str]], questions: Sequence[Question]) -> dict[str, float]:
    """Mean reciprocal rank and recall, the whole list of 10 counting."""
    ranks = [
        answers.index(question.answer) if question.answer in answers else _DEPTH
        for answers, question in zip(found, questions, strict=True)
    ]
    count = max(len(ranks), 1)
    mrr = sum(1 / (rank + 1) for rank in ranks if rank < _DEPTH) / count
    recall = {
        f"recall_at_{depth}": round(sum(rank < depth for rank in ranks) / count, 4)
        for depth in (1, 5, _DEPTH)
    }
    return {"mrr_at_10": round(mrr, 4), **recall}
