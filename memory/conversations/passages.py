"""What of a turn is indexed: its words, its dates, and the passages that are embedded.

The speaker's name is in no passage: MiniLM takes two texts with one name for alike, whatever they
say. Nor is the turn before: what stands around a turn counts when scores are put together.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from memory.conversations.dates import terms_in, terms_of_day
from memory.conversations.words import indexed_text, word_count
from memory.records import ConversationTurn

_PASSAGE_CHARACTERS = 450
"""Less than an embedder reads (128 tokens or more); a longer turn gets several passages."""
_PASSAGES = 24
_SENTENCE_END = re.compile(r"(?<=[.!?…。！？])\s+|\n+")  # noqa: RUF001 - those of other scripts


@dataclass(frozen=True)
class IndexedTurn:
    """A turn as the index holds it."""

    id: str
    role: str
    speaker: str
    words: str
    """For the full-text index."""
    dates: str
    length: int
    """In words."""
    passages: tuple[str, ...]
    """What is embedded of the turn itself: all of it, or a long one in pieces."""

    @property
    def digest(self) -> str:
        """Tells whether vectors still belong to the passages."""
        return hashlib.sha256("\0".join(self.passages).encode()).hexdigest()


def index_turn(turn: ConversationTurn) -> IndexedTurn:
    """The turn as the index holds it."""
    dates = [*terms_of_day(turn.created_at), *terms_in(turn.text, turn.created_at)]
    return IndexedTurn(
        id=turn.id,
        role=turn.role,
        speaker=speaker_of(turn),
        words=indexed_text(turn.text),
        dates=" ".join(dict.fromkeys(dates)),
        length=word_count(turn.text),
        passages=tuple(_parts(turn.text)[:_PASSAGES]),
    )


def speaker_of(turn: ConversationTurn) -> str:
    """Who said it: ``user`` for the person, else the agent's name in words."""
    return turn.agent.replace("_", " ") or turn.role


def sentences(text: str) -> list[str]:
    """The sentences and lines of `text`, none of them empty."""
    return [part for part in (p.strip() for p in _SENTENCE_END.split(text)) if part]


def _parts(text: str) -> list[str]:
    """`text` in pieces of whole sentences that the embedder reads to their end."""
    if len(text) <= _PASSAGE_CHARACTERS:
        return [text]
    parts = [""]
    for sentence in sentences(text):
        if parts[-1] and len(parts[-1]) + len(sentence) > _PASSAGE_CHARACTERS:
            parts.append("")
        parts[-1] = f"{parts[-1]} {sentence}".strip()
    return parts
