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


class LessonMemory:
    """Lessons in a folder, found by meaning and by words. No method raises for a failure."""

    def __init__(self, folder: Path, embedder: Embedder | None, *, uri: str | None = None) -> None:
        """The vectors are in the folder, or at `uri`."""
        self._table = HybridChunkTable(folder, embedder, uri=uri, what="lessons")

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

    async def count_containing(self, *texts: str) -> int:
        """Return how many lessons contain one of the texts. Raises sqlite3.Error or OSError."""
        return await self._table.count_containing(*texts)

    async def forget(self, *texts: str) -> int:
        """Remove every lesson that contains one of the texts, from the disk too; how many."""
        return await self._table.forget(*texts)

    async def sync(self) -> None:
        """Bring the vectors up to the lessons."""
        await self._table.sync()

    async def tidy(self) -> None:
        """Let what was used least leave, and compact."""
        await self._table.tidy()

    async def close(self) -> None:
        """Closing twice is allowed."""
        await self._table.close()


def _path(ticket_id: str, lesson_id: str) -> str:
    return f"{ticket_id}/{lesson_id}"


def _to_chunk(lesson: Lesson, path: str) -> Chunk:
    read = "\n".join(part for part in (lesson.text, lesson.failure, lesson.remedy) if part)
    fields = json.dumps(asdict(lesson), ensure_ascii=False)
    return Chunk(path, "text", _KIND, lesson.symbol, read + _MARK + fields, 1, 1)


def _from_chunk(chunk: Chunk) -> Lesson:
    return Lesson(**json.loads(chunk.text.rpartition(_MARK)[2]))
