"""How turns are ranked: words and meaning together, with what stands around them.

Words and meaning are joined as a convex combination of scores, each scaled to its best (Bruch,
Gai and Ingber, An Analysis of Fusion Functions for Hybrid Retrieval, 2022, arXiv 2210.11934).
The weights were chosen by `tests/benchmarks/bench_recall.py`, see docs/benchmarks.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from memory.conversations.index_file import Rows

Scores = NDArray[np.float64]


@dataclass(frozen=True)
class Weights:
    """How much each kind of evidence counts; the best possible text alone scores 1."""

    meaning: float = 0.65
    """Of similarity in meaning; BM25 has the rest."""
    speaker: float = 0.15
    """For a turn of the one who is asked about."""
    short: float = 0.5
    """Against a turn that says next to nothing, which is similar to everything."""
    short_words: float = 6.0
    """Words from which on that fades."""
    around: float = 0.3
    """Of the best turn near by: what was said first of a matter is rarely all of it."""
    reach: int = 3
    """Turns before and behind that are near by."""
    fading: float = 0.8
    """What is left of `around` with each turn further away."""


def text_scores(lexical: Scores, meaning: Scores | None, weights: Weights) -> Scores:
    """BM25 and cosines of n turns, joined; a cosine is NaN where a turn has no vector yet."""
    words = lexical / lexical.max() if lexical.size and lexical.max() > 0 else lexical
    if meaning is None or np.isnan(meaning).all():
        return words
    return (1 - weights.meaning) * words + weights.meaning * _scaled(meaning)


def _scaled(meaning: Scores) -> Scores:
    """The mean of all turns becomes 0 and the best becomes 1; what has no vector is average."""
    mean, best = np.nanmean(meaning), np.nanmax(meaning)
    scaled = (meaning - mean) / (best - mean) if best > mean else np.zeros_like(meaning)
    filled: Scores = np.nan_to_num(scaled, nan=0.0)
    return filled


def less_short(scores: Scores, rows: Rows, weights: Weights) -> Scores:
    """Scores less what is held against short turns."""
    result: Scores = scores - weights.short * np.exp(-rows.lengths / weights.short_words)
    return result


def add_around(scores: Scores, rows: Rows, weights: Weights) -> Scores:
    """Scores with a share of that of the best turn near by in the same session."""
    sessions = np.unique(np.array(rows.sessions, dtype=str), return_inverse=True)[1]
    best = np.zeros_like(scores)
    for distance in range(1, min(weights.reach, len(scores) - 1) + 1):
        share = weights.fading ** (distance - 1)
        together = sessions[distance:] == sessions[:-distance]
        ahead, behind = best[:-distance], best[distance:]
        np.maximum(ahead, np.where(together, share * scores[distance:], 0.0), out=ahead)
        np.maximum(behind, np.where(together, share * scores[:-distance], 0.0), out=behind)
    result: Scores = scores + weights.around * best
    return result


def add_speakers(scores: Scores, asked: NDArray[np.bool_] | None, weights: Weights) -> Scores:
    """Scores with a bonus for the turns of the one who is asked about."""
    return scores if asked is None else scores + weights.speaker * asked
