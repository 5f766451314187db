"""The one way in: a file's bytes to its chunks."""

from __future__ import annotations

from memory.chunking.chunk import Chunk
from memory.chunking.code import code_chunks
from memory.chunking.cut import MOST_BYTES, parts
from memory.chunking.documents import markdown_chunks, paragraph_parts, restructured_chunks
from memory.chunking.languages import (
    MARKDOWN,
    NOTEBOOK,
    OTHER_CODE,
    RESTRUCTURED,
    file_type,
    suffix_of,
)
from memory.chunking.notebooks import notebook_chunks
from memory.chunking.source import Source, decode

CHUNKER_VERSION = 1
"""Raised with each change that cuts the same file otherwise."""


def chunk_file(path: str, data: bytes) -> list[Chunk]:
    """The chunks of a file, in the order of their first lines; none for what is no text.

    Any bytes will do, broken source included; nothing is raised.
    """
    text = decode(data)
    return chunk_text(path, text) if text is not None else []


def chunk_text(path: str, text: str) -> list[Chunk]:
    """As `chunk_file`, of text whose lines end in line feeds."""
    kind, suffix = file_type(path), suffix_of(path)
    source = Source(path, kind.language, text)
    if kind.grammar:
        return code_chunks(source, kind.grammar)
    if kind is MARKDOWN:
        return markdown_chunks(source)
    if suffix in RESTRUCTURED:
        return restructured_chunks(source)
    if suffix == NOTEBOOK:
        return notebook_chunks(path, text)
    return _of_other(source, whole=suffix in OTHER_CODE)


def _of_other(source: Source, *, whole: bool) -> list[Chunk]:
    """The head; of code in an unknown language also what follows, cut at empty lines."""
    everything = source.trimmed(0, len(source.data))
    if whole:
        ranges = paragraph_parts(source, everything)
    else:
        ranges = parts(source, None, (everything[0], min(everything[1], 2 * MOST_BYTES)))[:1]
    kinds = ["head", *["section"] * (len(ranges) - 1)]
    found = (source.chunk(kind, "", [part]) for kind, part in zip(kinds, ranges, strict=False))
    return [chunk for chunk in found if chunk is not None]
