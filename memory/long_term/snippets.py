"""Snippets of accepted code, found again by meaning and by words."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from memory.chunking.chunk import Chunk
from memory.embeddings.contract import Embedder
from memory.long_term.contract import Filters, Hit
from memory.long_term.table import HybridChunkTable
from memory.long_term.table_memory import TableMemory

_KIND = "snippet"


@dataclass(frozen=True)
class Snippet:
    """A piece of accepted code."""

    repository: str
    path: str
    symbol: str
    text: str
    ticket_id: str


class SnippetMemory(TableMemory):
    """Snippets in a folder. Adding and searching never raise for a failure."""

    def __init__(self, folder: Path, embedder: Embedder | None, *, uri: str | None = None) -> None:
        """The vectors are in the folder, or at `uri`."""
        super().__init__(
            HybridChunkTable(
                folder, embedder, uri=uri, what="examples from earlier work", mask=False
            )
        )

    async def add(self, repository: str, path: str, symbol: str, text: str, ticket_id: str) -> None:
        """Keep a snippet; one that is kept already is not kept twice."""
        place = f"{path}#{_content_id(symbol, text)}"
        lines = text.count("\n") + 1
        chunk = Chunk(place, "text", _KIND, symbol, text, 1, lines)
        await self._table.replace_file(repository, place, ticket_id, [chunk])

    async def search(self, query: str, limit: int, repository: str | None = None) -> list[Snippet]:
        """Return the snippets that fit a text best, of one repository or of all."""
        hits = await self._table.search(query, limit, Filters(repository=repository))
        return [_to_snippet(hit) for hit in hits]


def _content_id(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _to_snippet(hit: Hit) -> Snippet:
    chunk = hit.chunk
    path = chunk.path.rpartition("#")[0]
    return Snippet(hit.repository, path, chunk.symbol, chunk.text, hit.commit)
