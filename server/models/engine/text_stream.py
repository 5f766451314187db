"""Bytes of tokens to text, up to a stop string."""

from __future__ import annotations

import codecs
from collections.abc import Sequence

from server.models.repetition import LineLoop


class _GrammarDecoder:
    """UTF-8 as llama.cpp's grammars read it: the first byte alone says how many belong to it.

    A model may follow such a byte by a line break; the grammar takes the two for one character,
    so that a decoder that goes by the standard would see a line break inside a JSON string.
    """

    def __init__(self) -> None:
        self._rest = b""

    def decode(self, data: bytes, final: bool = False) -> str:
        """The characters that are whole; with `final` those that are not, too."""
        data, text = self._rest + data, ""
        at = 0
        while at < len(data) and (final or at + _length(data[at]) <= len(data)):
            character = data[at : at + _length(data[at])]
            at += len(character)
            try:
                text += character.decode()
            except UnicodeDecodeError:
                text += "\ufffd"
        self._rest = data[at:]
        return text


def _length(first: int) -> int:
    return 1 if first < 0xC0 else 2 if first < 0xE0 else 3 if first < 0xF0 else 4


class TextStream:
    """Assembles UTF-8 from token bytes and holds back what may begin a stop string.

    `constrained` is for answers under a grammar: what the grammar took for a character stays one.
    With `watched`, it is seen where the text goes round in a loop.
    """

    def __init__(
        self, stop: Sequence[str] = (), *, constrained: bool = False, watched: bool = False
    ) -> None:
        plain = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._decoder = _GrammarDecoder() if constrained else plain
        self._stop = [text for text in stop if text]
        self._longest = max(map(len, self._stop), default=0)
        self._sent = 0
        self.text = ""
        """Everything decoded so far, without the stop string."""
        self.stopped = False
        """Whether a stop string came."""
        self._loop = LineLoop() if watched else None
        self.looping = False
        """Whether the same lines came over and over."""

    def feed(self, data: bytes, *, last: bool = False) -> None:
        """Add the bytes of a token."""
        searched = max(len(self.text) - self._longest, 0)
        new = self._decoder.decode(data, last)
        self.text += new
        self.looping = self.looping or (self._loop is not None and self._loop.add(new))
        ends = [at for at in (self.text.find(text, searched) for text in self._stop) if at >= 0]
        if ends:
            self.text = self.text[: min(ends)]
            self.stopped = True

    def take(self, *, last: bool = False) -> str:
        """New text that is certain; with `last`, everything that is left."""
        end = len(self.text) if last or self.stopped else len(self.text) - self._held_back()
        new = self.text[self._sent : end]
        self._sent += len(new)
        return new

    def _held_back(self) -> int:
        """Length of the text's longest ending that could begin a stop string."""
        for size in range(min(self._longest - 1, len(self.text)), 0, -1):
            if any(text.startswith(self.text[-size:]) for text in self._stop):
                return size
        return 0
