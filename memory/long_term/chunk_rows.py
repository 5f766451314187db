"""The rows of chunks, with full-text search: SQLite and its FTS5.

These rows are what is kept; vectors are derived from them. Every change of a file raises its
generation, and a table of vectors notes which generation it holds. So a crash between the two,
another embedding model and a damaged vector table are one case: files that are behind.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from memory.chunking.chunk import Chunk
from memory.long_term import forgotten
from memory.long_term.contract import Filters, Hit
from memory.long_term.words import query_words, words
from memory.sqlite_file import LockedFile

_SCHEMA = """
CREATE TABLE IF NOT EXISTS files (
    id INTEGER PRIMARY KEY, repository TEXT NOT NULL, path TEXT NOT NULL, commit_id TEXT NOT NULL,
    generation INTEGER NOT NULL, used REAL NOT NULL, bytes INTEGER NOT NULL,
    UNIQUE (repository, path)
);
CREATE TABLE IF NOT EXISTS chunks (
    id INTEGER PRIMARY KEY, file INTEGER NOT NULL, language TEXT NOT NULL, kind TEXT NOT NULL,
    symbol TEXT NOT NULL, text TEXT NOT NULL, start_line INTEGER NOT NULL, end_line INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS chunks_file ON chunks (file);
CREATE TABLE IF NOT EXISTS synced (
    file INTEGER NOT NULL, target TEXT NOT NULL, generation INTEGER NOT NULL,
    PRIMARY KEY (file, target)
) WITHOUT ROWID;
CREATE VIRTUAL TABLE IF NOT EXISTS full_text USING fts5 (words, tokenize = 'porter unicode61');
"""
_HIT = """SELECT f.repository, f.commit_id, f.path, c.language, c.kind, c.symbol, c.text,
 c.start_line, c.end_line"""
_WHERE = """ WHERE (:repository IS NULL OR f.repository = :repository)
 AND (:language IS NULL OR c.language = :language) AND (:kind IS NULL OR c.kind = :kind)
 AND (:glob IS NULL OR f.path GLOB :glob)"""
_BEHIND = """SELECT f.id, f.repository, f.path, f.commit_id, f.generation FROM files f
 LEFT JOIN synced s ON s.file = f.id AND s.target = ?
 WHERE s.generation IS NOT f.generation"""


@dataclass(frozen=True)
class FileRow:
    """A file at one generation."""

    id: int
    repository: str
    path: str
    commit: str
    generation: int


class ChunkRows:
    """Raises sqlite3.Error or OSError. Every method blocks; call it in a thread."""

    def __init__(self, path: Path, *, mask: bool = True) -> None:
        """A chunk that holds a forgotten text is masked, or left out if not `mask`."""
        self._file = LockedFile(path, _SCHEMA + forgotten.SCHEMA)
        self._forgotten = forgotten.Remembered()
        self._mask = mask

    def open(self) -> bool:
        """Open the file; say whether it had to be made anew, so that there are no rows."""
        return self._file.open()

    def replace(self, repository: str, files: Mapping[str, Sequence[Chunk]], commit: str) -> None:
        """Make the rows of these files exactly these chunks; durable on return.

        What was forgotten stays away, also where the chunks were made before that.
        """
        with self._file.transaction() as connection:
            texts = self._forgotten.read(connection)
            for path, chunks in files.items():
                kept = self._kept(path, chunks, texts) if texts else chunks
                file = _raise_generation(connection, repository, path, commit, kept)
                _delete_chunks(connection, file)
                for chunk in kept:
                    _insert(connection, file, chunk)

    def remove(self, places: Collection[tuple[str, str]]) -> None:
        """Remove the rows of these (repository, path); durable on return."""
        with self._file.transaction() as connection:
            for repository, path in places:
                _delete_chunks(connection, _raise_generation(connection, repository, path, "", ()))

    def version(self) -> int:
        """Return a number that changes when another process or window has written."""
        with self._file.reading() as connection:
            return int(connection.execute("PRAGMA data_version").fetchone()[0])

    def paths(self, repository: str) -> list[str]:
        """Return the files of a repository that have rows."""
        sql = (
            "SELECT path FROM files WHERE repository = ? "
            "AND EXISTS (SELECT 1 FROM chunks WHERE file = files.id)"
        )
        with self._file.reading() as connection:
            return [path for (path,) in connection.execute(sql, (repository,))]

    def behind(self, target: str, limit: int) -> list[FileRow]:
        """Return files whose newest rows the vectors of `target` do not have yet."""
        with self._file.reading() as connection:
            rows = connection.execute(_BEHIND + " LIMIT ?", (target, limit)).fetchall()
        return [FileRow(*row) for row in rows]

    def chunks_of(self, file: FileRow) -> list[Chunk]:
        """Return the chunks of a file, in their order."""
        sql = (
            "SELECT language, kind, symbol, text, start_line, end_line FROM chunks "
            "WHERE file = ? ORDER BY id"
        )
        with self._file.reading() as connection:
            return [Chunk(file.path, *row) for row in connection.execute(sql, (file.id,))]

    def note_synced(self, files: Iterable[FileRow], target: str) -> None:
        """Say that `target` has these generations; files without chunks are gone then."""
        with self._file.transaction() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO synced VALUES (?, ?, ?)",
                [(file.id, target, file.generation) for file in files],
            )
            connection.execute(
                "DELETE FROM files WHERE NOT EXISTS (SELECT 1 FROM chunks WHERE file = files.id) "
                "AND EXISTS (SELECT 1 FROM synced WHERE file = files.id AND target = ? "
                "AND generation = files.generation)",
                (target,),
            )
            connection.execute("DELETE FROM synced WHERE file NOT IN (SELECT id FROM files)")

    def forget_target(self, target: str) -> None:
        """The vectors of `target` are lost: every file is behind."""
        with self._file.transaction() as connection:
            connection.execute("DELETE FROM synced WHERE target = ?", (target,))

    def search(self, query: str, limit: int, filters: Filters) -> list[Hit]:
        """Return the best by BM25; the score is larger for better ones."""
        terms = query_words(query)
        if not terms:
            return []
        match = " OR ".join(f'"{term}"' for term in terms)
        sql = (
            _HIT + ", -full_text.rank FROM full_text JOIN chunks c ON c.id = full_text.rowid "
            "JOIN files f ON f.id = c.file" + _WHERE + " AND full_text MATCH :match "
            "ORDER BY full_text.rank LIMIT :limit"
        )
        values = {**_values(filters), "match": match, "limit": limit}
        with self._file.reading() as connection:
            return [_to_hit(row) for row in connection.execute(sql, values)]

    def stale(self, hits: Iterable[tuple[str, str]], target: str) -> set[tuple[str, str]]:
        """Return those (repository, path) that are newer here than in the vectors."""
        found = set()
        sql = _BEHIND + " AND f.repository = ? AND f.path = ?"
        with self._file.reading() as connection:
            for place in set(hits):
                if connection.execute(sql, (target, *place)).fetchone():
                    found.add(place)
        return found

    def note_used(self, places: Collection[tuple[str, str]]) -> None:
        """Count these files as used now."""
        now = time.time()
        with self._file.transaction() as connection:
            connection.executemany(
                "UPDATE files SET used = ? WHERE repository = ? AND path = ?",
                [(now, *place) for place in places],
            )

    def least_used_beyond(self, limit_bytes: int) -> list[tuple[str, str]]:
        """Return the files that have to leave so that the texts fit, least recently used first."""
        with self._file.reading() as connection:
            (total,) = connection.execute("SELECT coalesce(sum(bytes), 0) FROM files").fetchone()
            leaving = []
            for repository, path, size in connection.execute(
                "SELECT repository, path, bytes FROM files WHERE bytes > 0 ORDER BY used"
            ):
                if total <= limit_bytes:
                    break
                leaving.append((repository, path))
                total -= size
        return leaving

    def count_containing(self, texts: Sequence[str]) -> int:
        """Return how many chunks contain one of the texts."""
        with self._file.reading() as connection:
            return len(_containing(connection, texts))

    def forget(self, texts: Sequence[str]) -> list[str]:
        """Remove every chunk that contains one of the texts; return the texts of the chunks.

        Digests of the texts stay, so that `replace` does not let them in again.
        """
        with self._file.transaction() as connection:
            self._forgotten.add(connection, texts)
            found = _containing(connection, texts)
            for chunk, (file, text) in found.items():
                connection.execute("DELETE FROM full_text WHERE rowid = ?", (chunk,))
                connection.execute("DELETE FROM chunks WHERE id = ?", (chunk,))
                connection.execute(
                    "UPDATE files SET generation = generation + 1, bytes = max(0, bytes - ?) "
                    "WHERE id = ?",
                    (len(text), file),
                )
            return [text for _, text in found.values()]

    def scrub(self) -> None:
        """Leave no trace of removed rows on the disk. The vectors must have been brought up."""
        with self._file.transaction() as connection:
            connection.execute(
                "DELETE FROM files WHERE NOT EXISTS (SELECT 1 FROM chunks WHERE file = files.id)"
            )
            connection.execute("DELETE FROM synced WHERE file NOT IN (SELECT id FROM files)")
            connection.execute("INSERT INTO full_text (full_text) VALUES ('rebuild')")
            connection.execute("INSERT INTO full_text (full_text) VALUES ('optimize')")
        self._file.scrub()

    def close(self) -> None:
        """Closing twice is allowed."""
        self._file.close()

    def _kept(
        self, path: str, chunks: Sequence[Chunk], texts: forgotten.ForgottenTexts
    ) -> Sequence[Chunk]:
        if texts.is_in(path):
            return ()
        if not self._mask:
            return [c for c in chunks if not (texts.is_in(c.text) or texts.is_in(c.symbol))]
        masked = ((chunk, texts.mask(chunk.text), texts.mask(chunk.symbol)) for chunk in chunks)
        return [replace(chunk, text=text, symbol=symbol) for chunk, text, symbol in masked]


def _containing(connection: sqlite3.Connection, texts: Sequence[str]) -> dict[int, tuple[int, str]]:
    """Chunk -> its file and text, of those with one of the texts in text, symbol or path."""
    sql = (
        "SELECT c.id, c.file, c.text FROM chunks c JOIN files f ON f.id = c.file "
        "WHERE instr(c.text, ?1) > 0 OR instr(c.symbol, ?1) > 0 OR instr(f.path, ?1) > 0"
    )
    rows = [row for text in texts for row in connection.execute(sql, (text,))]
    return {chunk: (file, text) for chunk, file, text in rows}


def _raise_generation(
    connection: sqlite3.Connection, repository: str, path: str, commit: str, chunks: Sequence[Chunk]
) -> int:
    size = sum(len(chunk.text) for chunk in chunks)
    row = connection.execute(
        "INSERT INTO files (repository, path, commit_id, generation, used, bytes) "
        "VALUES (?, ?, ?, 1, ?, ?) ON CONFLICT (repository, path) DO UPDATE SET "
        "generation = generation + 1, commit_id = excluded.commit_id, bytes = excluded.bytes, "
        "used = excluded.used RETURNING id",
        (repository, path, commit, time.time(), size),
    ).fetchone()
    return int(row[0])


def _delete_chunks(connection: sqlite3.Connection, file: int) -> None:
    connection.execute(
        "DELETE FROM full_text WHERE rowid IN (SELECT id FROM chunks WHERE file = ?)", (file,)
    )
    connection.execute("DELETE FROM chunks WHERE file = ?", (file,))


def _insert(connection: sqlite3.Connection, file: int, chunk: Chunk) -> None:
    values = (file, chunk.language, chunk.kind, chunk.symbol, chunk.text)
    row = connection.execute(
        "INSERT INTO chunks (file, language, kind, symbol, text, start_line, end_line) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (*values, chunk.start_line, chunk.end_line),
    )
    text = " ".join(words(f"{chunk.path} {chunk.symbol} {chunk.text}"))
    connection.execute("INSERT INTO full_text (rowid, words) VALUES (?, ?)", (row.lastrowid, text))


def _values(filters: Filters) -> dict[str, str | None]:
    return {
        "repository": filters.repository,
        "language": filters.language,
        "kind": filters.kind,
        "glob": as_glob(filters.path),
    }


def as_glob(path: str | None) -> str | None:
    """Return a path filter as a glob of SQLite: as it is, or a prefix with a star."""
    if path is None or any(sign in path for sign in "*?["):
        return path
    return path + "*"


def _to_hit(row: Sequence[object]) -> Hit:
    repository, commit, *fields, score = row
    return Hit(Chunk(*fields), str(repository), str(commit), float(str(score)))  # type: ignore[arg-type]
