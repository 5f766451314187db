"""How well a model foretells a text: what a change of its number formats costs it."""

from __future__ import annotations

import math

import llama_cpp
import numpy as np

from server.models.engine.batch import TokenBatch
from server.models.engine.llama import Llama

_WINDOW = 512
"""Tokens that are read without forgetting."""
_CHUNK = 64
"""Tokens of a step: each has logits of its own, of the size of the vocabulary."""


def perplexity(llama: Llama, text: str, most: int) -> float:
    """Exp of the mean negative log-likelihood of the first `most` tokens of `text`.

    The definition is that of llama.cpp's own tool (Jelinek et al., 1977). Sequence 0 is used
    and left empty.
    """
    tokens = np.asarray(llama.tokenize(text, special=False)[:most], np.int32)
    batch = TokenBatch(_CHUNK)
    windows = [tokens[start : start + _WINDOW] for start in range(0, len(tokens), _WINDOW)]
    losses = [loss for window in windows for loss in _losses(llama, batch, window)]
    return math.exp(sum(losses) / len(losses))


def _losses(llama: Llama, batch: TokenBatch, tokens: np.ndarray) -> list[float]:
    """Negative log-likelihood of each token after the first, in nats."""
    losses: list[float] = []
    for start in range(0, len(tokens) - 1, _CHUNK):
        batch.clear()
        last = min(start + _CHUNK, len(tokens) - 1)
        outputs = [
            batch.add(tokens[position : position + 1], position, 0, output=True)
            for position in range(start, last)
        ]
        llama.decode(batch)
        losses += [
            _loss(_logits(llama, output), int(token))
            for output, token in zip(outputs, tokens[start + 1 : last + 1], strict=True)
        ]
    llama.cut_sequence(0, 0)
    return losses


def _logits(llama: Llama, output: int) -> np.ndarray:
    pointer = llama_cpp.llama_get_logits_ith(llama.context, output)
    return np.ctypeslib.as_array(pointer, shape=(llama.vocab_size,)).astype(np.float64)


def _loss(logits: np.ndarray, token: int) -> float:
    most = logits.max()
    return float(most + np.log(np.exp(logits - most).sum()) - logits[token])
