"""The text of a file as bytes, with its lines: offsets of syntax trees count bytes."""

from __future__ import annotations

import codecs
import re
from bisect import bisect_right
from collections.abc import Sequence

from memory.chunking.chunk import Chunk

Range = tuple[int, int]
"""From this byte to before that one."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BLANK_LINES = re.compile(rb"(?:[ \t\f\v]*\n)*")
_BLANKS = b" \t\f\v"
_WORD = re.compile(r"\w")


def decode(data: bytes) -> str | None:
    """The text, its lines ended by line feeds; None for what is no text. Never raises.

    Text of another encoding than UTF-8 or UTF-16 keeps its ASCII part.
    """
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "")
    if not encoding and b"\0" in data:
        return None
    text = data.decode(encoding or "utf-8", errors="replace").removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n")


class Source:
    """Bytes of a file and where its lines begin."""

    def __init__(self, path: str, language: str, text: str) -> None:
        self.path = path
        self.language = language
        # A lone surrogate, which UTF-16 can hold, has no bytes in UTF-8.
        self.data = text.encode(errors="replace")
        self._starts = [0, *(match.end() for match in re.finditer(rb"\n", self.data))]

    def line(self, offset: int) -> int:
        """Number of the line that holds the byte, from 1."""
        return bisect_right(self._starts, offset)

    def line_starts(self, start: int, end: int) -> list[int]:
        """Where lines begin inside the range, its own beginning left out."""
        first = bisect_right(self._starts, start)
        return self._starts[first : bisect_right(self._starts, end - 1)]

    def from_margin(self, start: int, floor: int) -> int:
        """`start`, moved over the blanks before it to the beginning of its line."""
        margin, first = max(self._starts[self.line(start) - 1], floor), start
        while first > margin and self.data[first - 1] in _BLANKS:
            first -= 1
        return first if first == margin else start

    def trimmed(self, start: int, end: int) -> Range:
        """The range without blank lines around it; equal ends where nothing is left."""
        leading = _BLANK_LINES.match(self.data, start, end)
        start = leading.end() if leading else start
        return start, start + len(self.data[start:end].rstrip())

    def chunk(
        self, kind: str, symbol: str, ranges: Sequence[Range], whole: Range | None = None
    ) -> Chunk | None:
        """A chunk of the ranges, in order, its lines those of `whole`; None if it has no word."""
        kept = [(a, b) for a, b in (self.trimmed(*each) for each in ranges) if a < b]
        text = "\n".join(self.data[a:b].decode(errors="replace") for a, b in kept)
        if not _WORD.search(text):
            return None
        first, last = self.trimmed(*whole) if whole else (kept[0][0], kept[-1][1])
        return Chunk(
            self.path, self.language, kind, symbol, text, self.line(first), self.line(last - 1)
        )
