"""Cuts long ranges of a file into parts, at the beginnings of statements where it can."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from tree_sitter import Node

from memory.chunking.source import Range, Source

MOST_BYTES = 1600
"""Of a part. MiniLM reads 256 tokens, about 900 bytes of code; the rest is found by its words."""
_DEEPEST = 40


def parts(source: Source, root: Node | None, whole: Range) -> list[Range]:
    """`whole` in parts of at most `MOST_BYTES`, about equally long, without overlap or gap."""
    start, end = whole
    if end - start <= MOST_BYTES:
        return [whole]
    count = -(-(end - start) // MOST_BYTES)
    return grouped(list(_atoms(source, root, whole, 0)), (end - start) // count + 1)


def grouped(atoms: Sequence[Range], aim: int = MOST_BYTES) -> list[Range]:
    """Neighbours joined until they have `aim` bytes, and never more than `MOST_BYTES`."""
    joined: list[Range] = []
    for start, end in atoms:
        if joined:
            first, last = joined[-1]
            if last - first < aim and end - first <= MOST_BYTES:
                joined[-1] = (first, end)
                continue
        joined.append((start, end))
    return joined


def _atoms(source: Source, node: Node | None, whole: Range, depth: int) -> Iterator[Range]:
    """Pieces of at most `MOST_BYTES`; those that a statement fits into are not cut inside."""
    if whole[1] - whole[0] <= MOST_BYTES:
        yield whole
        return
    if node is None or depth >= _DEEPEST:
        yield from _lines(source, whole)
        return
    children = [c for c in node.children if c.end_byte > whole[0] and c.start_byte < whole[1]]
    boundaries = _boundaries(source, children, whole)
    if not boundaries and len(children) == 1:
        yield from _atoms(source, children[0], whole, depth + 1)
        return
    edges = [whole[0], *boundaries, whole[1]]
    for piece in pairwise(edges):
        if piece[1] - piece[0] <= MOST_BYTES:
            yield piece
        else:
            yield from _atoms(source, _largest(children, piece), piece, depth + 1)


def _boundaries(source: Source, children: Sequence[Node], whole: Range) -> list[int]:
    """Where children begin that are first on their line, comments before them included."""
    found: list[int] = []
    after_comment = False
    for child in children:
        start = source.from_margin(child.start_byte, whole[0])
        is_first = start == whole[0] or source.data[start - 1 : start] == b"\n"
        if whole[0] < start < whole[1] and is_first and not after_comment:
            found.append(start)
        after_comment = "comment" in child.type
    return sorted(set(found))


def _largest(children: Sequence[Node], piece: Range) -> Node | None:
    """The child that covers most of the piece."""

    def covered(child: Node) -> int:
        return min(child.end_byte, piece[1]) - max(child.start_byte, piece[0])

    inside = [child for child in children if covered(child) > 0]
    return max(inside, key=covered, default=None)


def _lines(source: Source, whole: Range) -> Iterator[Range]:
    edges = [whole[0], *source.line_starts(*whole), whole[1]]
    for start, end in pairwise(edges):
        yield from _characters(source.data, start, end)


def _characters(data: bytes, start: int, end: int) -> Iterator[Range]:
    """A line too long is cut between characters."""
    while end - start > MOST_BYTES:
        cut = start + MOST_BYTES
        while cut > start and data[cut] & 0xC0 == 0x80:  # inside a character of UTF-8
            cut -= 1
        yield start, cut
        start = cut
    if start < end:
        yield start, end
