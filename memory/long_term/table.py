"""Chunks found by meaning and by words; with any part broken, by what is left."""

from __future__ import annotations

import asyncio
import logging
import shutil
import sqlite3
import threading
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from memory.chunking.chunk import Chunk
from memory.embeddings.contract import Embedder, Vectors
from memory.long_term.chunk_rows import ChunkRows, FileRow
from memory.long_term.contract import Filters, Hit
from memory.long_term.fusion import fuse
from memory.long_term.lance_vectors import LanceVectors
from memory.long_term.vector_cache import VectorCache, content_hash

_T = TypeVar("_T")
_log = logging.getLogger(__name__)
_CANDIDATES = 50
_FILES_A_WRITE = 200
_TIDY_AFTER_WRITES = 20
_LIMIT_BYTES = 512 * 2**20
_EVERYWHERE = Filters()
_NO_MODEL = "no embedding model; get it with: tenon models pull minilm-l6-v2-int8"


class HybridChunkTable:
    """A `ChunkTable` in a folder; the vectors in the folder or at `uri` (``s3://…``).

    Rows are in SQLite, durable when a write returns, and found by words at once. Vectors
    follow; what Lance or the embedder fail at is one warning, and is made up for later.
    """

    def __init__(
        self,
        folder: Path,
        embedder: Embedder | None,
        *,
        uri: str | None = None,
        limit_bytes: int = _LIMIT_BYTES,
        cache_bytes: int = _LIMIT_BYTES,
        what: str = "code",
        mask: bool = True,
    ) -> None:
        """Nothing is opened before it is used; `what` names the rows in a warning.

        Rows that hold a forgotten text are masked, or left out if not `mask`.
        """
        self._folder = folder
        self._what = what
        self._embedder = embedder
        self._limit_bytes = limit_bytes
        self._rows = ChunkRows(folder / "chunks.sqlite3", mask=mask)
        self._cache = VectorCache(folder / "vectors.sqlite3", limit_bytes=cache_bytes)
        self._local = None if uri else folder / "lance"
        self._uri = uri or str(folder / "lance")
        self._target = f"{self._uri}|{embedder.name if embedder else ''}"
        self._vectors: LanceVectors | None = None
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="tenon-lance")
        self._syncing = asyncio.Lock()
        self._opening = threading.Lock()
        self._opened = False
        self._warned: set[str] = set()
        self._closed = False
        self._writes = 0
        self._seen_version = -1
        self._used: set[tuple[str, str]] = set()

    async def replace_file(
        self, repository: str, path: str, commit: str, chunks: Sequence[Chunk]
    ) -> None:
        """Make the rows of that file exactly these chunks."""
        await self.replace_files(repository, {path: chunks}, commit)

    async def replace_files(
        self, repository: str, files: Mapping[str, Sequence[Chunk]], commit: str
    ) -> None:
        """Do the same for many files in one write. Rows are durable on return."""
        if await self._keeping(lambda: self._rows.replace(repository, files, commit)):
            await self.sync()

    async def remove_files(self, repository: str, paths: Collection[str]) -> None:
        """Remove every row of these files."""
        await self.replace_files(repository, dict.fromkeys(paths, ()), "")

    async def remove_repository(self, repository: str) -> None:
        """Remove every row of a repository."""
        paths: list[str] = []
        if await self._keeping(lambda: paths.extend(self._rows.paths(repository))):
            await self.remove_files(repository, paths)

    async def files(self, repository: str) -> set[str] | None:
        """Return the files of a repository that have rows; None if they cannot be read."""
        paths: set[str] = set()
        read = await self._keeping(lambda: paths.update(self._rows.paths(repository)))
        return paths if read else None

    async def search(self, query: str, limit: int, filters: Filters = _EVERYWHERE) -> list[Hit]:
        """Return the `limit` best chunks, best first."""
        vector = None
        if query.strip() and limit > 0 and await self._usable():
            if self._embedder is None:
                self._warn(_NO_MODEL)
            else:
                vector = await self._trying(self._embedder.embed_query(query))
        return await self.search_by(query, vector, limit, filters)

    async def search_by(
        self, query: str, vector: Vectors | None, limit: int, filters: Filters = _EVERYWHERE
    ) -> list[Hit]:
        """Search with the question's vector at hand; without one, by words alone."""
        if not query.strip() or limit < 1 or not await self._usable():
            return []
        wanted = max(_CANDIDATES, limit)
        matching: list[Hit] = []
        by_words = self._keeping(lambda: matching.extend(self._rows.search(query, wanted, filters)))
        near, _ = await asyncio.gather(self._near(vector, wanted, filters), by_words)
        found = fuse(query, near, matching, limit)
        self._used.update((hit.repository, hit.chunk.path) for hit in found)
        return found

    async def sync(self) -> None:
        """Bring the vectors up to the rows: after a crash, a failure, or with another model."""
        if not self._exists() or not await self._usable():
            return
        if self._embedder is None:
            self._warn(_NO_MODEL)
            return
        async with self._syncing:
            await self._trying(self._catch_up(self._embedder))

    async def tidy(self) -> None:
        """Let what was used least leave, compact, and clean old versions up."""
        if not self._exists() or not await self._usable():
            return
        await self._keeping(self._note_used)
        leaving: list[tuple[str, str]] = []
        await self._keeping(lambda: leaving.extend(self._rows.least_used_beyond(self._limit_bytes)))
        await self._keeping(lambda: self._rows.remove(leaving))
        if leaving:
            _log.info("There is no room for all %s: %d files left.", self._what, len(leaving))
            await self.sync()
        if self._embedder is not None:
            await self._trying(self._in_thread(lambda: self._lance().tidy()))

    async def count_containing(self, *texts: str) -> int:
        """Return how many chunks contain one of the texts. Raises sqlite3.Error or OSError."""
        if not self._exists():
            return 0
        return await asyncio.to_thread(self._rows.count_containing, texts)

    async def forget(self, *texts: str) -> int:
        """Remove every chunk that contains one of the texts, from the disk too, and its vector.

        The texts are kept away from then on, also if nothing contains them yet.

        Returns the number of chunks. Raises sqlite3.Error or OSError, and for vectors in an
        object store what Lance and the embedder raise: forgetting must not fail in silence.
        """
        if not texts or not all(texts):
            raise ValueError("An empty text would remove everything.")
        if not self._opened:
            await asyncio.to_thread(self._open)
        removed = await asyncio.to_thread(self._rows.forget, texts)
        if removed:
            await asyncio.to_thread(self._cache.forget, [content_hash(text) for text in removed])
        try:
            await self._forget_vectors(texts)
        finally:
            await asyncio.to_thread(self._rows.scrub)
        return len(removed)

    async def close(self) -> None:
        """Release everything. Closing twice is allowed."""
        if self._closed:
            return
        if self._used:
            await self._keeping(self._note_used)
        self._closed = True
        await asyncio.to_thread(self._executor.shutdown)
        self._rows.close()
        self._cache.close()

    def _exists(self) -> bool:
        """Whether anything was ever kept here; a folder is not made to be looked into."""
        return self._local is None or self._folder.exists()

    async def _usable(self) -> bool:
        """Whether the rows can be used; they are opened if they are not."""
        return (self._opened and not self._closed) or await self._keeping(self._open)

    def _open(self) -> None:
        with self._opening:
            if self._rows.open() and self._local is not None:
                # Vectors of rows that are lost would be found for ever.
                shutil.rmtree(self._local, ignore_errors=True)
            self._opened = True

    async def _forget_vectors(self, texts: Sequence[str]) -> None:
        """A local table that cannot be rewritten is removed; it is made anew from the rows."""
        if self._local is not None and not self._local.exists():
            return
        try:
            if self._embedder is None:
                raise RuntimeError(_NO_MODEL)
            async with self._syncing:
                await self._catch_up(self._embedder)
            await self._in_thread(lambda: self._lance().rewrite(texts))
        except (asyncio.CancelledError, KeyboardInterrupt, SystemExit, GeneratorExit):
            raise
        except BaseException:  # as in `_trying`
            if self._local is None:
                raise
            self._vectors = None
            await asyncio.to_thread(shutil.rmtree, self._local)

    async def _catch_up(self, embedder: Embedder) -> None:
        if await self._in_thread(lambda: self._lance().open()):
            await asyncio.to_thread(self._rows.forget_target, self._target)
        was_behind = False
        while files := await asyncio.to_thread(self._rows.behind, self._target, _FILES_A_WRITE):
            was_behind = True
            await self._write(embedder, files)
            self._writes += 1
        if was_behind:
            await self._in_thread(lambda: self._lance().drop_others())
        if self._writes >= _TIDY_AFTER_WRITES:
            self._writes = 0
            await self._in_thread(lambda: self._lance().tidy())

    async def _write(self, embedder: Embedder, files: Sequence[FileRow]) -> None:
        chunks = [await asyncio.to_thread(self._rows.chunks_of, file) for file in files]
        texts = [chunk.text for of_file in chunks for chunk in of_file]
        vectors = await self._cache.embed(embedder, texts)
        entries = []
        start = 0
        for file, of_file in zip(files, chunks, strict=True):
            entries.append((file, of_file, vectors[start : start + len(of_file)]))
            start += len(of_file)
        await self._in_thread(lambda: self._lance().replace(entries))
        await asyncio.to_thread(self._rows.note_synced, files, self._target)

    async def _near(
        self, vector: Vectors | None, limit: int, filters: Filters
    ) -> list[tuple[Hit, Vectors]]:
        if vector is None:
            return []
        return await self._trying(self._nearest(vector, limit, filters)) or []

    async def _nearest(
        self, vector: Vectors, limit: int, filters: Filters
    ) -> list[tuple[Hit, Vectors]]:
        version = await asyncio.to_thread(self._rows.version)
        if version != self._seen_version:
            await self._in_thread(lambda: self._lance().refresh())
            self._seen_version = version
        near = await self._in_thread(lambda: self._lance().nearest(vector, limit, filters))
        places = [(hit.repository, hit.chunk.path) for hit, _ in near]
        stale = await asyncio.to_thread(self._rows.stale, places, self._target)
        return [found for found, place in zip(near, places, strict=True) if place not in stale]

    def _lance(self) -> LanceVectors:
        """The table of vectors, opened when it is first used."""
        if self._vectors is None:
            assert self._embedder is not None  # noqa: S101
            model, length = self._embedder.name, self._embedder.dimensions
            self._vectors = LanceVectors(self._uri, self._folder, model, length)
        return self._vectors

    def _note_used(self) -> None:
        used, self._used = self._used, set()
        if used:
            self._rows.note_used(used)

    async def _in_thread(self, work: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)

    async def _keeping(self, work: Callable[[], object]) -> bool:
        """Run work on the rows in a thread; False, and a warning, if it failed."""
        if self._closed:
            return False
        try:
            await asyncio.to_thread(work)
        except (sqlite3.Error, OSError) as error:
            self._warn_once(
                f"Going on without {self._what}: {error}. If {self._folder} is damaged, remove it."
            )
            return False
        return True

    async def _trying(self, work: Awaitable[_T]) -> _T | None:
        """Lance's errors have no common base, and its native part panics with BaseException."""
        try:
            return await work
        except (asyncio.CancelledError, KeyboardInterrupt, SystemExit, GeneratorExit):
            raise
        except BaseException as error:
            self._warn(str(error) or type(error).__name__)
            return None

    def _warn(self, reason: str) -> None:
        self._warn_once(
            f"Finding {self._what} by words alone, not by meaning: {reason.splitlines()[0]}. "
            f"If {self._uri} is damaged, remove it; it is made anew."
        )

    def _warn_once(self, text: str) -> None:
        kind = text.partition(":")[0]
        if kind not in self._warned:
            self._warned.add(kind)
            _log.warning("%s", text)
