"""One ranking of what vectors and words found.

Measured on CoSQA (docs/benchmarks.md): vectors decide, words add a little, and equal weights
are worse than vectors alone. Close neighbours among the candidates are taken down, which is
the local form of cross-domain similarity local scaling (Conneau et al. 2018) against hubs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from memory.embeddings.contract import Vectors
from memory.long_term.contract import Hit
from memory.long_term.words import words

WORD_WEIGHT = 0.03
CROWD_WEIGHT = 0.25
CROWD = 5
NAME_BONUS = 0.2


def fuse(
    query: str, near: Sequence[tuple[Hit, Vectors]], matching: Sequence[Hit], limit: int
) -> list[Hit]:
    """Return the best `limit` of both, best first; each place in a file once."""
    scores = {_place(hit): score for (hit, _), score in zip(near, _uncrowded(near), strict=True)}
    hits = {_place(hit): hit for hit in (*matching, *(hit for hit, _ in near))}
    lowest = min(scores.values(), default=0.0)
    best_match = max((hit.score for hit in matching), default=0.0) or 1.0
    wordy = {_place(hit): hit.score / best_match for hit in matching}
    asked = words(query)
    ranked = [
        replace(
            hit,
            score=scores.get(place, lowest)
            + WORD_WEIGHT * wordy.get(place, 0.0)
            + NAME_BONUS * _is_name(asked, hit),
        )
        for place, hit in hits.items()
    ]
    return sorted(ranked, key=lambda hit: -hit.score)[:limit]


def _uncrowded(near: Sequence[tuple[Hit, Vectors]]) -> list[float]:
    """Cosine less a part of the mean cosine to the nearest other candidates."""
    cosines = np.array([hit.score for hit, _ in near], dtype=np.float32)
    if len(near) <= CROWD:
        return [float(cosine) for cosine in cosines]
    vectors = np.array([vector for _, vector in near])
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    alike = vectors @ vectors.T
    np.fill_diagonal(alike, -1.0)
    crowd = np.sort(alike, axis=1)[:, -CROWD:].mean(axis=1)
    return [float(score) for score in cosines - CROWD_WEIGHT * crowd]


def _is_name(asked: Sequence[str], hit: Hit) -> bool:
    """Whether the question is the symbol's name, however it is written."""
    symbol = hit.chunk.symbol
    return bool(asked) and list(asked) in (words(symbol), words(symbol.rpartition(".")[2]))


def _place(hit: Hit) -> tuple[str, str, int, int, str]:
    chunk = hit.chunk
    return (hit.repository, chunk.path, chunk.start_line, chunk.end_line, chunk.symbol)
