"""Source files as chunks: heads, functions, methods, and classes with their members' signatures.

Every byte of a file that is part of a word is in a chunk; in two only where a class shows the
signature of a member that is a chunk of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tree_sitter import Node

from memory.chunking.chunk import Chunk
from memory.chunking.cut import MOST_BYTES, parts
from memory.chunking.grammars import root_of
from memory.chunking.rules import RULES
from memory.chunking.source import Range, Source
from memory.chunking.units import Unit, UnitFinder


def code_chunks(source: Source, grammar: str) -> list[Chunk]:
    """The chunks of a file in the order of their first lines."""
    root = root_of(source.data, grammar)
    if root is None:
        return list(_heads(source, None, ()))
    units = UnitFinder(source, RULES[grammar]).find(root)
    found = list(_heads(source, root, units))
    for unit in units:
        found.extend(_of_unit(source, unit))
    return sorted(found, key=lambda chunk: chunk.start_line)


def _heads(source: Source, root: Node | None, units: Sequence[Unit]) -> Iterator[Chunk]:
    """What no unit holds: imports, the module's docstring, constants, statements."""
    gaps = _gaps(source, (0, len(source.data)), units)
    pieces = [part for gap in gaps for part in parts(source, root, gap)]
    for group in _groups(pieces):
        yield from _some(source.chunk("head", "", group))


def _of_unit(source: Source, unit: Unit) -> Iterator[Chunk]:
    if unit.members:
        yield from _class(source, unit)
        for member in unit.members:
            yield from _of_unit(source, member)
        return
    for part in parts(source, unit.node, (unit.start, unit.end)):
        yield from _some(source.chunk(unit.kind, unit.symbol, [part]))


def _class(source: Source, unit: Unit) -> Iterator[Chunk]:
    """Signature, docstring, fields, and the signatures of the members."""
    own = _gaps(source, (unit.start, unit.end), unit.members)
    pieces = [part for gap in own for part in parts(source, unit.node, gap)]
    pieces += [_signature(member) for member in unit.members]
    groups = _groups(sorted(pieces))
    whole = (unit.start, unit.end) if len(groups) == 1 else None
    for group in groups:
        yield from _some(source.chunk(unit.kind, unit.symbol, group, whole))


def _signature(member: Unit) -> Range:
    """Up to the member's body, and no more than that a class can show."""
    start, end = member.signature
    return start, min(end, start + MOST_BYTES)


def _gaps(source: Source, whole: Range, units: Sequence[Unit]) -> list[Range]:
    """What of `whole` lies between the units, without blank lines around it."""
    edges = [whole[0], *(edge for unit in units for edge in (unit.start, unit.end)), whole[1]]
    pairs = zip(edges[::2], edges[1::2], strict=True)
    trimmed = (source.trimmed(start, max(start, end)) for start, end in pairs)
    return [(start, end) for start, end in trimmed if start < end]


def _groups(pieces: Sequence[Range]) -> list[list[Range]]:
    """Neighbouring pieces put together, up to `MOST_BYTES`."""
    groups: list[list[Range]] = []
    size = 0
    for piece in pieces:
        length = piece[1] - piece[0]
        if not groups or size + length > MOST_BYTES:
            groups.append([])
            size = 0
        groups[-1].append(piece)
        size += length
    return groups


def _some(chunk: Chunk | None) -> list[Chunk]:
    return [chunk] if chunk is not None else []
