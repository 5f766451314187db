"""What a search over conversations finds, and the part of it that a person is shown."""

from __future__ import annotations

from dataclasses import dataclass

from memory.conversations.passages import sentences
from memory.conversations.words import content_words, word_set
from memory.records import ConversationTurn, Session


@dataclass(frozen=True)
class FoundTurn:
    """A turn that a search has found, in its session."""

    turn: ConversationTurn
    session: Session | None
    """None if the session itself is no longer stored."""
    score: float
    """Higher is better; comparable within one search only."""

    @property
    def repository(self) -> str:
        """Where the conversation took place."""
        return self.session.repository if self.session else ""


def excerpt(text: str, query: str, characters: int = 200) -> str:
    """The sentence of `text` that shares most words with `query`, on one line, cut if long."""
    words = set(content_words(query))
    parts = sentences(text) or [text]
    best = max(parts, key=lambda part: len(word_set(part) & words))
    line = " ".join(best.split())
    return line if len(line) <= characters else f"{line[: characters - 1].rstrip()}…"
