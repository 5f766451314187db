"""Lessons: what failed, and what made it pass."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from memory.chunking.chunk import Chunk
from memory.embeddings.contract import Embedder
from memory.long_term.contract import Filters
from memory.long_term.table import HybridChunkTable
from memory.long_term.table_memory import TableMemory

_KIND = "lesson"
_MARK = "\n\u241e"  # separates what is embedded and searched from the fields as JSON


@dataclass(frozen=True)
class Lesson:
    """What a ticket taught."""

    repository: str
    ticket_id: str
    symbol: str
    failure: str
    """What went wrong, distilled."""
    remedy: str
    """What made it pass."""
    text: str
    """The lesson in a sentence or two; this is what is searched."""

    @property
    def id(self) -> str:
        """The same for the same lesson, so that it is kept once."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:24]


class LessonMemory(TableMemory):
    """Lessons in a folder, found by meaning and by words. No method raises for a failure."""

    def __init__(self, folder: Path, embedder: Embedder | None, *, uri: str | None = None) -> None:
        """The vectors are in the folder, or at `uri`."""
        super().__init__(HybridChunkTable(folder, embedder, uri=uri, what="lessons", mask=False))

    async def add(self, lesson: Lesson) -> None:
        """Keep a lesson; one that is kept already is not kept twice."""
        path = _path(lesson.ticket_id, lesson.id)
        await self._table.replace_file(lesson.repository, path, "", [_to_chunk(lesson, path)])

    async def search(self, query: str, limit: int, repository: str | None = None) -> list[Lesson]:
        """Return the lessons that fit a situation best, of one repository or of all."""
        hits = await self._table.search(query, limit, Filters(repository=repository))
        return [_from_chunk(hit.chunk) for hit in hits]

    async def remove(self, lesson: Lesson) -> None:
        """Remove a lesson; one that is not there is no error."""
        await self._table.remove_files(lesson.repository, [_path(lesson.ticket_id, lesson.id)])


def _path(ticket_id: str, lesson_id: str) -> str:
    return f"{ticket_id}/{lesson_id}"


def _to_chunk(lesson: Lesson, path: str) -> Chunk:
    read = "\n".join(part for part in (lesson.text, lesson.failure, lesson.remedy) if part)
    fields = json.dumps(asdict(lesson), ensure_ascii=False)
    return Chunk(path, "text", _KIND, lesson.symbol, read + _MARK + fields, 1, 1)


def _from_chunk(chunk: Chunk) -> Lesson:
    return Lesson(**json.loads(chunk.text.rpartition(_MARK)[2]))
