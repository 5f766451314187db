"""Documentation as chunks: a section with the headings above it as its symbol."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from memory.chunking.chunk import Chunk
from memory.chunking.cut import MOST_BYTES, grouped, parts
from memory.chunking.source import Range, Source

_FRONT_MATTER = re.compile(r"\A---\n.*?\n(?:---|\.\.\.)\n", re.DOTALL)
_ADORNMENT = re.compile(r"([!-/:-@\[-`{-~])\1{2,}\s*")
"""A line of reStructuredText under, or over and under, a title."""
_EMPTY_LINE = re.compile(rb"\n[ \t]*\n")


@dataclass(frozen=True)
class _Heading:
    line: int
    """From 0."""
    level: int
    title: str


def markdown_chunks(source: Source) -> list[Chunk]:
    """Sections of a Markdown file (CommonMark), in order."""
    return _sections(source, list(_markdown_headings(source.data.decode(errors="replace"))))


def restructured_chunks(source: Source) -> list[Chunk]:
    """Sections of a reStructuredText file, in order."""
    lines = source.data.decode(errors="replace").split("\n")
    return _sections(source, list(_restructured_headings(lines)))


def paragraph_parts(source: Source, whole: Range) -> list[Range]:
    """`whole` cut at empty lines into parts of at most `MOST_BYTES`."""
    found = _EMPTY_LINE.finditer(source.data, *whole)
    edges = [whole[0], *(match.end() for match in found), whole[1]]
    paragraphs = pairwise(edges)
    return grouped([part for each in paragraphs for part in parts(source, None, each)])


def _markdown_headings(text: str) -> Iterator[_Heading]:
    from markdown_it import MarkdownIt

    front = _FRONT_MATTER.match(text)
    if front:  # it would read as a heading
        text = "\n" * front[0].count("\n") + text[front.end() :]
    tokens = MarkdownIt("commonmark").disable(["inline", "text_join"], True).parse(text)
    for token, content in pairwise(tokens):
        # Level 0: a heading in a list or a quotation begins no section.
        if token.type == "heading_open" and token.map and token.level == 0:
            yield _Heading(token.map[0], int(token.tag[1:]), content.content.strip())


def _restructured_headings(lines: list[str]) -> Iterator[_Heading]:
    """Titles by their adornment; its style's first appearance decides the level."""
    styles: list[tuple[str, bool]] = []
    for number, (title, below) in enumerate(pairwise(lines)):
        mark = _ADORNMENT.fullmatch(below)
        is_title = title.strip() and not _ADORNMENT.fullmatch(title)
        if not mark or not is_title or len(below.rstrip()) < len(title.rstrip()):
            continue
        above = lines[number - 1] if number else ""
        over = _ADORNMENT.fullmatch(above) is not None and above[:1] == mark[1]
        if title[0].isspace() and not over:
            continue
        style = (mark[1], over)
        if style not in styles:
            styles.append(style)
        yield _Heading(number - over, styles.index(style) + 1, title.strip())


def _sections(source: Source, headings: list[_Heading]) -> list[Chunk]:
    starts = [0, *source.line_starts(0, len(source.data) + 1)]
    edges = [*(starts[heading.line] for heading in headings), len(source.data)]
    found = list(_cut(source, "head", "", (0, edges[0])))
    above: list[_Heading] = []
    for heading, start, end in zip(headings, edges, edges[1:], strict=False):
        above = [*(each for each in above if each.level < heading.level), heading]
        symbol = " > ".join(each.title for each in above)
        found.extend(_cut(source, "section", symbol, (start, end)))
    return found


def _cut(source: Source, kind: str, symbol: str, whole: Range) -> Iterator[Chunk]:
    whole = source.trimmed(*whole)
    ranges = [whole] if whole[1] - whole[0] <= MOST_BYTES else paragraph_parts(source, whole)
    for part in ranges:
        chunk = source.chunk(kind, symbol, [part])
        if chunk is not None:
            yield chunk
