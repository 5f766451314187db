"""How much memory a model will hold: measured before, else estimated."""

from __future__ import annotations

from pathlib import Path

from server.models.gguf_header import GgufHeader, UnreadableHeaderError, read_header
from server.models.model_card import read_card

_PROCESS_BYTES = 96 * 1024**2
"""The interpreter with the libraries, before the model."""
_STEP_TOKENS = 512
"""Tokens whose logits the compute buffer holds at a time."""
KV_WINDOWS = 4
"""The KV cache holds so many windows: sixteen answers of a quarter of one, and their prompt."""
_UNKNOWN_SHARE = 0.25
"""Of the file's size, for everything but the weights when the header cannot be read."""


def memory_need(cache_dir: Path, model_file: Path, context_window: int) -> int:
    """Bytes that the model's process will hold. Raises OSError."""
    measured = read_card(cache_dir, model_file).loads.get(context_window)
    if measured is not None and measured.memory_bytes:
        return measured.memory_bytes
    return estimate(model_file, context_window)


def estimate(model_file: Path, context_window: int) -> int:
    """Weights, KV cache and compute buffer by the file's header. Raises OSError."""
    weights = model_file.stat().st_size
    try:
        header = read_header(model_file)
    except UnreadableHeaderError:
        return int(weights * (1 + _UNKNOWN_SHARE)) + _PROCESS_BYTES
    return weights + kv_bytes(header, context_window) + _compute_bytes(header) + _PROCESS_BYTES


def kv_bytes(header: GgufHeader, context_window: int) -> int:
    """The KV cache for a context window asked for."""
    window = min(context_window, header.trained_context or context_window)
    return KV_WINDOWS * window * header.bytes_per_token


def _compute_bytes(header: GgufHeader) -> int:
    return _STEP_TOKENS * 4 * (header.vocabulary + 8 * header.embedding_length)
