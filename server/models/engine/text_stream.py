"""Bytes of tokens to text, up to a stop string."""

from __future__ import annotations

import codecs
from collections.abc import Sequence


class TextStream:
    """Assembles UTF-8 from token bytes and holds back what may begin a stop string."""

    def __init__(self, stop: Sequence[str] = ()) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._stop = [text for text in stop if text]
        self._longest = max(map(len, self._stop), default=0)
        self._sent = 0
        self.text = ""
        """Everything decoded so far, without the stop string."""
        self.stopped = False
        """Whether a stop string came."""

    def feed(self, data: bytes, *, last: bool = False) -> None:
        """Add the bytes of a token."""
        searched = max(len(self.text) - self._longest, 0)
        self.text += self._decoder.decode(data, last)
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
