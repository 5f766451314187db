"""Small BERT models (Devlin et al. 2018) from ONNX files, on this machine's processor."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from memory.allocator import give_back
from memory.embeddings.contract import Vectors
from memory.embeddings.gate import Gate
from memory.embeddings.int8_graph import SLOW_FUSIONS, int8_graph
from memory.embeddings.runtime import load_onnxruntime

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

_log = logging.getLogger(__name__)
_BATCH = 4  # measured: small batches with one thread each are the fastest, 2 beside 16 are not
_FEW_TEXTS = 4  # as few as that wait neither for the gate nor for those who do


@dataclass(frozen=True)
class BertModel:
    """What has to be known of a model besides its files."""

    name: str
    dimensions: int
    pooling: Literal["mean", "first"]
    """Of the last hidden state: the mean over the tokens, or the first token's."""
    pull_id: str
    """What `tenon models pull` is asked for."""


class BertEmbedder:
    """Texts to vectors; longer texts are cut.

    The model is loaded with the first call. `embed` raises OSError when a file is missing, and
    what onnxruntime or tokenizers raise when one is damaged.
    """

    def __init__(
        self,
        about: BertModel,
        model: Path,
        tokenizer: Path,
        *,
        max_tokens: int,
        threads: int | None = None,
        gate: Gate | None = None,
        quantize: bool = False,
    ) -> None:
        """With `quantize`, products of matrices run in 8 bits where the processor can (VNNI)."""
        self._about = about
        self._model_path = model
        self._tokenizer_path = tokenizer
        self._threads = threads or min(2, os.cpu_count() or 1)
        self._max_tokens = max_tokens
        self._gate = gate or Gate()
        self._quantize = quantize
        self._loaded: tuple[InferenceSession, Tokenizer] | None = None
        self._one_at_a_time = asyncio.Lock()

    @property
    def name(self) -> str:
        """The model, how it is run, and where it cuts."""
        return f"{self._about.name}{'-w8a8' if self._quantize else ''}-{self._max_tokens}"

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return self._about.dimensions

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """One row per text: float32 of shape [n, dimensions], each of length 1."""
        if len(texts) <= _FEW_TEXTS:
            return await asyncio.to_thread(self._embed, list(texts))
        async with self._one_at_a_time:
            return await asyncio.to_thread(self._embed, list(texts))

    async def embed_query(self, text: str) -> Vectors:
        """Return the vector of a question; it waits for no passages and for no gate."""
        vector: Vectors = (await asyncio.to_thread(self._embed, [text]))[0]
        return vector

    def _embed(self, texts: list[str]) -> Vectors:
        session, tokenizer = self._load()
        # One by one: encode_batch starts threads that complain when a process is forked later.
        encoded = [_cut(tokenizer.encode(text).ids, self._max_tokens) for text in texts]
        by_length = sorted(range(len(texts)), key=lambda index: -len(encoded[index]))
        batches = [by_length[start : start + _BATCH] for start in range(0, len(texts), _BATCH)]
        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)

        def work(rows: list[int]) -> None:
            if len(texts) > _FEW_TEXTS:
                self._gate.wait()
            vectors[rows] = self._run(session, [encoded[row] for row in rows])

        self._spread(work, batches)
        if len(texts) > _FEW_TEXTS:
            give_back()
        return vectors

    def _spread(self, work: Any, batches: list[list[int]]) -> None:
        """One batch a thread: faster than several threads for one batch."""
        if len(batches) < 2:
            for rows in batches:
                work(rows)
            return
        with ThreadPoolExecutor(self._threads, thread_name_prefix="tenon-embed") as pool:
            list(pool.map(work, batches))

    def _load(self) -> tuple[InferenceSession, Tokenizer]:
        if self._loaded is None:
            self._loaded = (self._open_session(), self._open_tokenizer())
            give_back()
        return self._loaded

    def _open_session(self) -> InferenceSession:
        self._require(self._model_path)
        onnxruntime = load_onnxruntime()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False  # it would keep the memory of the longest batch
        path = self._graph() if self._quantize else self._model_path
        session: InferenceSession = onnxruntime.InferenceSession(
            str(path),
            options,
            providers=["CPUExecutionProvider"],
            disabled_optimizers=SLOW_FUSIONS,
        )
        return session

    def _graph(self) -> Path:
        try:
            return int8_graph(self._model_path)
        except Exception as error:  # many kinds; the slow graph's vectors are nearly the same
            _log.info("Embedding runs slower: %s", error)
            return self._model_path

    def _open_tokenizer(self) -> Tokenizer:
        self._require(self._tokenizer_path)
        return _tokenizer(self._tokenizer_path)

    def _require(self, path: Path) -> None:
        if not path.is_file():
            raise FileNotFoundError(
                f"The embedding model's file {path.name} is missing. Fetch it with: "
                f"tenon models pull {self._about.pull_id}"
            )

    def _run(self, session: Any, batch: Sequence[Sequence[int]]) -> Vectors:
        """Pool the last hidden state over the real tokens, and scale to length 1."""
        width = max(map(len, batch))
        ids = np.zeros((len(batch), width), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, item in enumerate(batch):
            ids[row, : len(item)] = item
            mask[row, : len(item)] = 1
        inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        hidden: Vectors = session.run(["last_hidden_state"], inputs)[0]
        pooled = hidden[:, 0] if self._about.pooling == "first" else _mean(hidden, mask)
        unit: Vectors = pooled / np.linalg.norm(pooled, axis=1, keepdims=True)
        return unit


@cache
def _tokenizer(path: Path) -> Tokenizer:
    """One for all models of a process: it takes 20 MB, and small BERT models share their words.

    It does not cut, since each model does that elsewhere.
    """
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def _cut(ids: list[int], length: int) -> list[int]:
    """The first tokens and the one that ends every text."""
    return ids if len(ids) <= length else [*ids[: length - 1], ids[-1]]


def _mean(hidden: Vectors, mask: Any) -> Vectors:
    weights = mask[:, :, None].astype(np.float32)
    mean: Vectors = (hidden * weights).sum(axis=1) / weights.sum(axis=1)
    return mean
