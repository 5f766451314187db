"""all-MiniLM-L6-v2 on this machine's processor."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from memory.embeddings.contract import Vectors
from memory.embeddings.gate import Gate
from memory.embeddings.int8_graph import int8_graph

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Encoding, Tokenizer

_log = logging.getLogger(__name__)
DIMENSIONS = 384
_MAX_TOKENS = 256  # the length that MiniLM was trained with
_BATCH = 4  # measured: small batches with one thread each are the fastest, 2 beside 16 are not
_FEW_TEXTS = 4  # as few as that wait neither for the gate nor for those who do


class MiniLmEmbedder:
    """all-MiniLM-L6-v2 (Wang et al. 2020; Reimers and Gurevych 2019); longer texts are cut.

    The model is loaded with the first call. `embed` raises OSError when a file is missing, and
    what onnxruntime or tokenizers raise when one is damaged.
    """

    def __init__(
        self,
        model: Path,
        tokenizer: Path,
        *,
        threads: int | None = None,
        max_tokens: int = _MAX_TOKENS,
        gate: Gate | None = None,
        quantize: bool = False,
    ) -> None:
        """With `quantize`, products of matrices run in 8 bits where the processor can (VNNI)."""
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
        return f"minilm-l6-v2{'-w8a8' if self._quantize else ''}-{self._max_tokens}"

    @property
    def dimensions(self) -> int:
        """384."""
        return DIMENSIONS

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """One row per text: float32 of shape [n, 384], each of length 1."""
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
        encoded = [tokenizer.encode(text) for text in texts]
        by_length = sorted(range(len(texts)), key=lambda index: -len(encoded[index].ids))
        batches = [by_length[start : start + _BATCH] for start in range(0, len(texts), _BATCH)]
        vectors = np.empty((len(texts), DIMENSIONS), dtype=np.float32)

        def work(rows: list[int]) -> None:
            if len(texts) > _FEW_TEXTS:
                self._gate.wait()
            vectors[rows] = _run(session, [encoded[row] for row in rows])

        self._spread(work, batches)
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
        return self._loaded

    def _open_session(self) -> InferenceSession:
        _require(self._model_path)
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False  # it would keep the memory of the longest batch
        path = self._graph() if self._quantize else self._model_path
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def _graph(self) -> Path:
        try:
            return int8_graph(self._model_path)
        except Exception as error:  # many kinds; the slow graph's vectors are nearly the same
            _log.info("Embedding runs slower: %s", error)
            return self._model_path

    def _open_tokenizer(self) -> Tokenizer:
        _require(self._tokenizer_path)
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self._tokenizer_path))
        tokenizer.no_padding()
        tokenizer.enable_truncation(self._max_tokens)
        return tokenizer


def _require(path: Path) -> None:
    if not path.is_file():
        raise FileNotFoundError(
            f"The embedding model's file {path.name} is missing. Fetch it with: "
            "tenon models pull minilm-l6-v2-int8"
        )


def _run(session: Any, batch: Sequence[Encoding]) -> Vectors:
    """Mean of the last hidden state over the real tokens, scaled to length 1."""
    width = max(len(item.ids) for item in batch)
    ids = np.zeros((len(batch), width), dtype=np.int64)
    mask = np.zeros_like(ids)
    for row, item in enumerate(batch):
        ids[row, : len(item.ids)] = item.ids
        mask[row, : len(item.ids)] = 1
    inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
    hidden: Vectors = session.run(["last_hidden_state"], inputs)[0]
    weights = mask[:, :, None].astype(np.float32)
    mean = (hidden * weights).sum(axis=1) / weights.sum(axis=1)
    unit: Vectors = mean / np.linalg.norm(mean, axis=1, keepdims=True)
    return unit
