"""Which turns fit a token budget, and how a turn that alone does not is cut."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Literal

from memory.conversations.passages import sentences, speaker_of
from memory.conversations.words import word_set
from memory.records import ConversationTurn

TokenCounter = Callable[[str], int]
"""Text -> tokens."""

CUT = "[…]"
"""Stands where sentences were left out."""


@dataclass(frozen=True)
class RecalledTurn:
    """An earlier turn, and why it was recalled."""

    turn: ConversationTurn
    text: str
    """The turn's text; of one that alone exceeds the budget the sentences that fit."""
    why: Literal["newest", "relevant", "neighbour"]

    @property
    def whole(self) -> bool:
        """Whether nothing was left out."""
        return self.text == self.turn.text


@dataclass(frozen=True)
class Recall:
    """What of a conversation goes into a prompt; both parts oldest first."""

    earlier: list[RecalledTurn]
    newest: list[RecalledTurn]
    """The end of the conversation, without a gap."""

    @property
    def turns(self) -> list[RecalledTurn]:
        """All of it."""
        return [*self.earlier, *self.newest]


class Budget:
    """Tokens that are left; a turn costs what its line ``speaker: text`` costs."""

    def __init__(self, tokens: int, count: TokenCounter) -> None:
        self._tokens = tokens
        self._count = count
        self.left = tokens

    def take(self, turn: ConversationTurn) -> str | None:
        """The text of a turn that fits what is left, which shrinks; None if it does not.

        A turn that would not even fit the whole budget is cut to sentences.
        """
        cost = self._cost(turn, turn.text)
        if cost <= self.left:
            self.left -= cost
            return turn.text
        if cost <= self._tokens:
            return None
        text = cut(turn.text, lambda text: self._cost(turn, text) <= self.left)
        if text is not None:
            self.left -= self._cost(turn, text)
        return text

    def take_about(self, turn: ConversationTurn, words: Collection[str]) -> str | None:
        """As `take`; of a turn that is cut, the sentences with most of `words` stay."""
        if self._cost(turn, turn.text) <= self._tokens:
            return self.take(turn)
        text = cut(turn.text, lambda text: self._cost(turn, text) <= self.left, words)
        if text is not None:
            self.left -= self._cost(turn, text)
        return text

    def _cost(self, turn: ConversationTurn, text: str) -> int:
        return self._count(f"{speaker_of(turn)}: {text}\n")


def cut(text: str, fits: Callable[[str], bool], words: Collection[str] = ()) -> str | None:
    """The sentences of `text` that fit together, with a mark at each gap; None if none does.

    Those with most of `words` come first, then those that stand first.
    """
    parts = sentences(text)
    wanted = set(words)
    order = sorted(range(len(parts)), key=lambda i: (-len(word_set(parts[i]) & wanted), i))
    kept: set[int] = set()
    for index in order:
        if fits(_with_gaps(parts, kept | {index})):
            kept.add(index)
        elif kept:
            break
    return _with_gaps(parts, kept) if kept else None


def _with_gaps(parts: list[str], kept: set[int]) -> str:
    shown: list[str] = []
    for index, part in enumerate(parts):
        if index in kept:
            shown.append(part)
        elif not shown or shown[-1] != CUT:
            shown.append(CUT)
    return " ".join(shown)
