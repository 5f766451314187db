"""Ranking turns for a question, over all conversations or within one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from memory.conversations.dates import terms_in
from memory.conversations.found import FoundTurn
from memory.conversations.index import IndexUnusableError, TurnIndex
from memory.conversations.index_file import IndexFile, Rows, Scope
from memory.conversations.scores import (
    Scores,
    Weights,
    add_around,
    add_speakers,
    less_short,
    text_scores,
)
from memory.conversations.speakers import Speakers
from memory.conversations.words import content_words
from memory.medium_term.conversations import ConversationRepository
from memory.medium_term.repository import Repository
from memory.records import Session

_NOT_OPPOSED = 0.05
"""Cosine from which a search shows a turn without a common word, at its place."""


@dataclass(frozen=True)
class Ranking:
    """Turns of a scope with their scores, as parallel columns of n entries."""

    rows: Rows
    scores: Scores
    has_words: NDArray[np.bool_]
    """Whether a turn shares a word or a date with the question."""
    similarity: Scores
    """Cosine; 0 without vectors."""

    def best(self, limit: int, least: float = _NOT_OPPOSED) -> list[int]:
        """Indexes of the best turns, best first; of equals the later one.

        Turns without a word of the question are left out below `least` similarity.
        """
        related = self.has_words | (self.similarity >= least)
        order = np.lexsort((-np.arange(len(self.scores)), -self.scores))
        return [int(index) for index in order if related[index]][:limit]


class TurnSearch:
    """Search over the turns of all sessions. Opened and closed with its index."""

    def __init__(
        self,
        index: TurnIndex,
        conversations: ConversationRepository,
        sessions: Repository[Session],
        weights: Weights = Weights(),  # noqa: B008 - frozen
    ) -> None:
        self._index = index
        self._conversations = conversations
        self._sessions = sessions
        self._weights = weights

    async def search(self, query: str, scope: Scope, limit: int) -> list[FoundTurn]:
        """The `limit` turns that answer `query` best, best first.

        What is found is read from the store, so a turn that was deleted there is not found.
        Raises StoreUnavailableError.
        """
        if limit < 1 or not query.strip():
            return []
        try:
            await self._index.refresh(scope)
            ranking = await self.rank(query, scope)
        except IndexUnusableError:
            return []
        found: list[FoundTurn] = []
        for place in ranking.best(2 * limit):
            turn = await self._conversations.get(ranking.rows.ids[place])
            if turn is not None and len(found) < limit:
                session = await self._sessions.get(turn.session_id)
                found.append(FoundTurn(turn, session, round(float(ranking.scores[place]), 4)))
        return found

    async def rank(self, query: str, scope: Scope) -> Ranking:
        """Every turn of a scope with its score. Raises IndexUnusableError."""
        rows = await self._index.use(lambda file: file.rows(scope))
        speakers = Speakers(rows)
        words = content_words(query, leave_out=speakers.words_named(query))
        lexical = await self._index.use(_lexical(words, terms_in(query), scope, rows))
        meaning = await self._meaning(speakers.as_they_say_it(query), scope, rows)
        scores = text_scores(lexical, meaning, self._weights)
        scores = less_short(scores, rows, self._weights)
        scores = add_speakers(scores, speakers.asked_about(query), self._weights)
        scores = add_around(scores, rows, self._weights)
        similarity = np.zeros(len(scores)) if meaning is None else np.nan_to_num(meaning, nan=0.0)
        return Ranking(rows, scores, lexical > 0, similarity)

    async def _meaning(self, query: str, scope: Scope, rows: Rows) -> Scores | None:
        """Cosine of each turn's best passage, shape [n]; NaN without a vector, None without any."""
        vector = await self._index.embed_query(query)
        if vector is None:
            return None
        model = self._index.model
        stored = await self._index.use(lambda file: file.vectors(model, scope))
        if not len(stored.numbers) or stored.vectors.shape[1] != len(vector):
            return None
        cosines = stored.vectors.astype(np.float32) @ vector
        return best_cosines(rows.numbers, stored.numbers, cosines)


def best_cosines(
    rows: NDArray[np.int64], numbers: NDArray[np.int64], cosines: NDArray[np.float32]
) -> Scores:
    """The best of the `cosines` of each row, of which there is one for each of `numbers`."""
    order = np.argsort(rows)
    places = np.searchsorted(rows, numbers, sorter=order).clip(max=max(len(rows) - 1, 0))
    places = order[places] if len(rows) else places
    best = np.full(len(rows), -np.inf)
    known = rows[places] == numbers if len(rows) else np.zeros(0, dtype=bool)
    np.maximum.at(best, places[known], cosines[known])
    best[np.isneginf(best)] = np.nan
    return best


def _lexical(
    words: list[str], dates: list[str], scope: Scope, rows: Rows
) -> Callable[[IndexFile], Scores]:
    def score(file: IndexFile) -> Scores:
        matches = file.matches(words, dates, scope)
        return np.array([matches.get(int(number), 0.0) for number in rows.numbers])

    return score
