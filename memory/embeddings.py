"""Text to vectors, on this machine."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Encoding, Tokenizer

DIMENSIONS = 384
_MAX_TOKENS = 256  # the length that MiniLM was trained with
_BATCH = 16

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Anything that turns texts into vectors of unit length."""

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """One row per text: float32 of shape [n, 384]."""


class MiniLmEmbedder:
    """all-MiniLM-L6-v2 as int8 ONNX; texts beyond 256 tokens are cut.

    The model is loaded with the first call. `embed` raises OSError when a file is missing, and
    what onnxruntime or tokenizers raise when one is damaged.
    """

    def __init__(self, model: Path, tokenizer: Path, *, threads: int | None = None) -> None:
        self._model_path = model
        self._tokenizer_path = tokenizer
        self._threads = threads or min(2, os.cpu_count() or 1)
        self._loaded: tuple[InferenceSession, Tokenizer] | None = None
        self._one_at_a_time = asyncio.Lock()

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """One row per text: float32 of shape [n, 384], each of length 1."""
        async with self._one_at_a_time:
            return await asyncio.to_thread(self._embed, list(texts))

    def _embed(self, texts: list[str]) -> Vectors:
        session, tokenizer = self._load()
        # One by one: encode_batch starts threads that complain when a process is forked later.
        encoded = [tokenizer.encode(text) for text in texts]
        vectors = np.empty((len(texts), DIMENSIONS), dtype=np.float32)
        by_length = sorted(range(len(texts)), key=lambda index: len(encoded[index].ids))
        for start in range(0, len(by_length), _BATCH):
            rows = by_length[start : start + _BATCH]
            vectors[rows] = _run(session, [encoded[row] for row in rows])
        return vectors

    def _load(self) -> tuple[InferenceSession, Tokenizer]:
        if self._loaded is None:
            self._loaded = (self._open_session(), self._open_tokenizer())
        return self._loaded

    def _open_session(self) -> InferenceSession:
        _require(self._model_path)
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.inter_op_num_threads = 1
        # Threads that spin between calls would slow the language model down.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        return onnxruntime.InferenceSession(
            str(self._model_path), options, providers=["CPUExecutionProvider"]
        )

    def _open_tokenizer(self) -> Tokenizer:
        _require(self._tokenizer_path)
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self._tokenizer_path))
        tokenizer.no_padding()
        tokenizer.enable_truncation(_MAX_TOKENS)
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
