"""Long-term memory: snippets of accepted code, found again by meaning.

It helps, but nothing depends on it: when LanceDB or the embedding model fails, one warning is
logged and searches find nothing.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from filelock import FileLock

from memory.embeddings import DIMENSIONS, Vectors, VectorSource
from memory.long_term.processor import require_avx2

_T = TypeVar("_T")
_log = logging.getLogger(__name__)
_TABLE = "snippets"
_LOCK_SECONDS = 30


@dataclass(frozen=True)
class Snippet:
    """A piece of accepted code."""

    repository: str
    path: str
    symbol: str
    text: str
    ticket_id: str
    score: float
    """Cosine similarity to the query, 1 at best."""


class SnippetMemory:
    """Snippets in a LanceDB table in a local folder. No method raises; see the module."""

    def __init__(self, folder: Path, embedder: VectorSource | None) -> None:
        self._folder = folder
        self._embedder = embedder
        self._table: Any = None
        self._warned = False
        self._closed = False
        # Lance lets two merges at once both insert the same id.
        self._writing = FileLock(folder / "write.lock", timeout=_LOCK_SECONDS)
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="tenon-lance")

    async def add(self, repository: str, path: str, symbol: str, text: str, ticket_id: str) -> None:
        """Keep a snippet; one that is kept already is not kept twice."""
        row = {
            "id": _content_id(repository, path, symbol, text),
            "repository": repository,
            "path": path,
            "symbol": symbol,
            "text": text,
            "ticket_id": ticket_id,
        }
        await self._degrading(lambda embedder: self._add(embedder, row), None)

    async def search(self, query: str, limit: int, repository: str | None = None) -> list[Snippet]:
        """The `limit` snippets closest in meaning, best first, of one repository or of all."""
        if not query.strip() or limit < 1:
            return []
        return await self._degrading(
            lambda embedder: self._search(embedder, query, limit, repository), []
        )

    async def close(self) -> None:
        """Release the table. Closing twice is allowed."""
        self._closed = True
        await asyncio.to_thread(self._executor.shutdown)

    async def _degrading(self, work: Callable[[VectorSource], Awaitable[_T]], otherwise: _T) -> _T:
        if self._closed:
            return otherwise
        if self._embedder is None:
            self._warn("no embedding model; get it with: tenon models pull minilm-l6-v2-int8")
            return otherwise
        try:
            return await work(self._embedder)
        # Lance's errors have no common base, and its native part panics with BaseException.
        except (asyncio.CancelledError, KeyboardInterrupt, SystemExit, GeneratorExit):
            raise
        except BaseException as error:
            self._warn(str(error) or type(error).__name__)
            return otherwise

    def _warn(self, reason: str) -> None:
        if not self._warned:
            self._warned = True
            _log.warning(
                "Examples from earlier work are off: %s. If the folder %s is damaged, remove it.",
                reason.splitlines()[0],
                self._folder,
            )

    async def _add(self, embedder: VectorSource, row: dict[str, str]) -> None:
        vectors = await embedder.embed([f"{row['symbol']}\n{row['text']}"])
        await self._in_thread(lambda: self._insert({**row, "vector": vectors[0]}))

    async def _search(
        self, embedder: VectorSource, query: str, limit: int, repository: str | None
    ) -> list[Snippet]:
        vectors = await embedder.embed([query])
        rows = await self._in_thread(lambda: self._nearest(vectors, limit, repository))
        return [_to_snippet(row) for row in rows]

    async def _in_thread(self, work: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)

    def _open(self) -> Any:
        if self._table is None:
            require_avx2()
            import lancedb

            self._folder.mkdir(parents=True, exist_ok=True)
            # An interval of zero: every use sees what another window has added.
            database = lancedb.connect(self._folder, read_consistency_interval=timedelta(0))
            with self._writing:
                self._table = database.create_table(_TABLE, schema=_schema(), exist_ok=True)
        return self._table

    def _insert(self, row: dict[str, Any]) -> None:
        table = self._open()
        with self._writing:
            table.merge_insert("id").when_not_matched_insert_all().execute([row])

    def _nearest(self, vectors: Vectors, limit: int, repository: str | None) -> list[Any]:
        query = self._open().search(vectors[0]).distance_type("cosine").limit(limit)
        if repository is not None:
            escaped = repository.replace("'", "''")
            query = query.where(f"repository = '{escaped}'", prefilter=True)
        rows: list[Any] = query.to_list()
        return rows


def _schema() -> Any:
    import pyarrow as pa

    names = ("id", "repository", "path", "symbol", "text", "ticket_id")
    fields = [pa.field(name, pa.string(), nullable=False) for name in names]
    return pa.schema([*fields, pa.field("vector", pa.list_(pa.float32(), DIMENSIONS))])


def _content_id(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _to_snippet(row: dict[str, Any]) -> Snippet:
    names = ("repository", "path", "symbol", "text", "ticket_id")
    return Snippet(**{name: row[name] for name in names}, score=1.0 - row["_distance"])
