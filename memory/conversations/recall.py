"""Recall of earlier turns of one conversation, by relevance and recency, within a budget.

Recency is added to relevance, as in Park et al., Generative Agents, 2023 (arXiv 2304.03442).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from memory.conversations.budget import Budget, Recall, RecalledTurn, TokenCounter
from memory.conversations.index import IndexUnusableError, TurnIndex
from memory.conversations.index_file import Scope
from memory.conversations.search import Ranking, TurnSearch
from memory.conversations.words import content_words, word_count
from memory.medium_term.conversations import ConversationRepository
from memory.records import ConversationTurn

_RECENCY = 0.15
_HALF_LIFE = 40
"""Turns after which half of the bonus for recency is gone."""
_HITS = 8
_SIMILAR = 0.3
"""Cosine from which a turn without a common word may be about the question."""
_SHORT = 8
"""Words; a hit of fewer is shown with the turn before it."""


class TurnRecall:
    """Recall within one session. Opened and closed with its index."""

    def __init__(
        self, index: TurnIndex, search: TurnSearch, conversations: ConversationRepository
    ) -> None:
        self._index = index
        self._search = search
        self._conversations = conversations

    async def recall(
        self, session_id: str, query: str, budget_tokens: int, count: TokenCounter, newest: int = 4
    ) -> Recall:
        """The `newest` turns, and earlier ones that `query` is about, within `budget_tokens`.

        The newest come first when the budget is spent. A turn is whole, or cut to sentences if
        it alone exceeds the whole budget. Without an index only the newest are recalled. Raises
        StoreUnavailableError.
        """
        budget = Budget(budget_tokens, count)
        latest = _latest(await self._conversations.history(session_id, newest), budget)
        ranking = await self._rank(session_id, query) if budget.left > 0 else None
        if ranking is None:
            return Recall([], latest)
        kept = {recalled.turn.id for recalled in latest}
        places = [
            p for p in ranking.best(_HITS + newest, _SIMILAR) if ranking.rows.ids[p] not in kept
        ]
        earlier: dict[int, RecalledTurn] = {}
        for place in places[:_HITS]:
            await self._take(place, ranking, query, budget, earlier, kept)
        return Recall([earlier[place] for place in sorted(earlier)], latest)

    async def _rank(self, session_id: str, query: str) -> Ranking | None:
        scope = Scope(session=session_id)
        try:
            await self._index.refresh(scope)
            ranking = await self._search.rank(query, scope)
        except IndexUnusableError:
            return None
        ages = np.arange(len(ranking.scores), 0, -1)
        recency = _RECENCY * 0.5 ** (ages / _HALF_LIFE)
        return replace(ranking, scores=ranking.scores + recency)

    async def _take(
        self,
        place: int,
        ranking: Ranking,
        query: str,
        budget: Budget,
        earlier: dict[int, RecalledTurn],
        kept: set[str],
    ) -> None:
        """Take the turn at `place` and the neighbour that it needs, as far as they fit."""
        hit = await self._conversations.get(ranking.rows.ids[place])
        if hit is None or (place in earlier and earlier[place].why == "relevant"):
            return
        text = budget.take_about(hit, content_words(query)) if place not in earlier else hit.text
        if text is None:
            return
        earlier[place] = RecalledTurn(hit, text, "relevant")
        beside = _beside(place, hit, ranking)
        if beside is None or beside in earlier or ranking.rows.ids[beside] in kept:
            return
        neighbour = await self._conversations.get(ranking.rows.ids[beside])
        taken = budget.take(neighbour) if neighbour else None
        if neighbour and taken is not None:
            earlier[beside] = RecalledTurn(neighbour, taken, "neighbour")


def _latest(turns: list[ConversationTurn], budget: Budget) -> list[RecalledTurn]:
    """As many of the last turns as fit, without a gap."""
    taken: list[RecalledTurn] = []
    for turn in reversed(turns):
        text = budget.take(turn)
        if text is None:
            break
        taken.append(RecalledTurn(turn, text, "newest"))
    return taken[::-1]


def _beside(place: int, hit: ConversationTurn, ranking: Ranking) -> int | None:
    """The answer that follows a question, or what a short reply replies to."""
    if "?" in hit.text:
        return place + 1 if place + 1 < len(ranking.rows.ids) else None
    return place - 1 if word_count(hit.text) < _SHORT and place > 0 else None
