"""Vectors with their rows in a LanceDB table, in a folder or in an object store."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock

from memory.allocator import give_back
from memory.chunking.chunk import Chunk
from memory.embeddings.contract import Vectors
from memory.long_term.chunk_rows import FileRow, as_glob
from memory.long_term.contract import Filters, Hit
from memory.processor import require_avx2

_LOCK_SECONDS = 60
_CACHE_BYTES = 24 * 2**20  # the index of 100,000 vectors of 768 numbers is 11 MB
_INDEX_AT_ROWS = 20_000
_PARTITIONS = 128
_NPROBES = 24
_REFINE = 4
"""So many times the rows asked for are compared by their whole vectors, read from the disk."""
_KEPT_VERSIONS = timedelta(minutes=10)  # another window may still read them
_OTHER_MACHINES = timedelta(seconds=5)
_OLDER_THAN_NOW = timedelta(milliseconds=5)
_COLUMNS = ("repository", "commit", "path", "language", "kind", "symbol", "text")
_LINES = ("start_line", "end_line")


class LanceVectors:
    """One table per embedding model, so that vectors never mix. Raises whatever Lance raises.

    Every method blocks; call it in one thread.
    """

    def __init__(self, uri: str, local: Path, model: str, dimensions: int) -> None:
        self._uri = uri
        self._name = "chunks_" + hashlib.sha256(model.encode()).hexdigest()[:16]
        self._dimensions = dimensions
        self._database: Any = None
        self._opened: Any = None
        self._made = False
        local.mkdir(parents=True, exist_ok=True)
        self._writing = FileLock(local / "write.lock", timeout=_LOCK_SECONDS)

    def open(self) -> bool:
        """Open the table; say whether it had to be made, so that it has no rows yet."""
        self._table()
        made, self._made = self._made, False
        return made

    def replace(self, files: Sequence[tuple[FileRow, Sequence[Chunk], Vectors]]) -> None:
        """Make the rows of these files exactly these chunks and vectors."""
        rows = [row for entry in files for row in _rows(*entry)]
        keys = ", ".join(f"'{_key(file.repository, file.path)}'" for file, _, _ in files)
        table = self._table()
        with self._writing:
            table.delete(f"file IN ({keys})")
            if rows:
                table.add(rows)

    def refresh(self) -> None:
        """See what another process has written; looking at every search would double its time."""
        self._table().checkout_latest()

    def nearest(self, vector: Vectors, limit: int, filters: Filters) -> list[tuple[Hit, Vectors]]:
        """Return the nearest rows with cosine as score, best first, and their vectors."""
        search = self._table().search(vector.astype(np.float16)).distance_type("cosine")
        search = (
            search.limit(limit)
            .nprobes(_NPROBES)
            .refine_factor(_REFINE)
            .select([*_COLUMNS, *_LINES, "vector", "_distance"])
        )
        condition = _condition(filters)
        if condition:
            search = search.where(condition, prefilter=True)
        return _to_hits(search.to_arrow(), self._dimensions)

    def count(self) -> int:
        """Return the number of rows."""
        return int(self._table().count_rows())

    def rewrite(self, without: Sequence[str] = ()) -> None:
        """Write every row anew and remove all older versions, so that deleted rows are gone.

        Rows that contain a text of `without` leave too, those of other machines included.
        Compaction alone keeps a deleted row while most of its fragment is alive.
        """
        table = self._table()
        with self._writing:
            rows = _rows_without(table.to_arrow(), without)
            self._opened = self._database.create_table(self._name, rows, mode="overwrite")
        time.sleep(_OLDER_THAN_NOW.total_seconds())
        self.tidy(keep=_OLDER_THAN_NOW)

    def tidy(self, *, keep: timedelta = _KEPT_VERSIONS) -> None:
        """Compact, drop old versions, and index the vectors when there are many."""
        table = self._table()
        with self._writing:
            if table.count_rows() >= _INDEX_AT_ROWS:
                _index(table, self._dimensions)
            table.optimize(cleanup_older_than=keep, delete_unverified=keep == _OLDER_THAN_NOW)
        give_back()

    def drop_others(self) -> None:
        """Remove the tables of other embedding models."""
        self._table()
        with self._writing:
            for name in self._names():
                if name.startswith("chunks_") and name != self._name:
                    self._database.drop_table(name)

    def _names(self) -> list[str]:
        names = self._database.list_tables()
        return list(getattr(names, "tables", names))

    def _table(self) -> Any:
        if self._opened is None:
            require_avx2()
            import lancedb

            # Other machines' writes are seen after seconds; another window's by `refresh`.
            self._database = lancedb.connect(
                self._uri,
                read_consistency_interval=_OTHER_MACHINES,
                session=lancedb.Session(_CACHE_BYTES, _CACHE_BYTES),
            )
            with self._writing:
                self._made = self._name not in self._names()
                self._opened = self._database.create_table(
                    self._name, schema=_schema(self._dimensions), exist_ok=True
                )
        return self._opened


def _index(table: Any, dimensions: int) -> None:
    """Index the vectors unless they are, by a bit for each number (RaBitQ, Gao and Long 2024).

    An index of another kind, as older versions made, is replaced. RaBitQ takes numbers by eight;
    vectors of other lengths get a byte for each.
    """
    from lancedb import index

    kind = index.IvfSq if dimensions % 8 else index.IvfRq
    if all(made.index_type != kind.__name__ for made in table.list_indices()):
        config = kind(distance_type="cosine", num_partitions=_PARTITIONS)
        table.create_index("vector", config=config)


def _schema(dimensions: int) -> Any:
    import pyarrow as pa

    fields = [pa.field(name, pa.string(), nullable=False) for name in ("file", *_COLUMNS)]
    lines = [pa.field(name, pa.int32(), nullable=False) for name in _LINES]
    return pa.schema([*fields, *lines, pa.field("vector", pa.list_(pa.float16(), dimensions))])


def _rows_without(rows: Any, texts: Sequence[str]) -> Any:
    import pyarrow.compute as pc

    for text in texts:
        for column in ("text", "symbol", "path"):
            rows = rows.filter(pc.invert(pc.match_substring(rows[column], pattern=text)))
    return rows


def _key(repository: str, path: str) -> str:
    return hashlib.sha256(f"{repository}\0{path}".encode("utf-8", "surrogatepass")).hexdigest()


def _rows(file: FileRow, chunks: Sequence[Chunk], vectors: Vectors) -> list[dict[str, Any]]:
    same = {
        "file": _key(file.repository, file.path),
        "repository": file.repository,
        "commit": file.commit,
    }
    names = ("path", "language", "kind", "symbol", "text", *_LINES)
    return [
        {
            **same,
            **{name: getattr(chunk, name) for name in names},
            "vector": vector.astype(np.float16),
        }
        for chunk, vector in zip(chunks, vectors, strict=True)
    ]


def _condition(filters: Filters) -> str:
    parts = [
        f"{name} = {_quoted(value)}"
        for name in ("repository", "language", "kind")
        if (value := getattr(filters, name)) is not None
    ]
    if (glob := as_glob(filters.path)) is not None:
        parts.append(f"regexp_like(path, {_quoted(_pattern(glob))})")
    return " AND ".join(parts)


def _pattern(glob: str) -> str:
    """A glob of SQLite as a regular expression: a star crosses folders."""
    signs = {"*": ".*", "?": "."}
    pieces = re.split(r"(\[[^\]]+\]|[*?])", glob)
    shown = [p if p.startswith("[") and len(p) > 2 else signs.get(p, re.escape(p)) for p in pieces]
    return f"^{''.join(shown)}$"


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _to_hits(table: Any, dimensions: int) -> list[tuple[Hit, Vectors]]:
    """Vectors leave Arrow as one array: as lists of numbers they would take half the search."""
    flat = table["vector"].combine_chunks().flatten().to_numpy(zero_copy_only=False)
    vectors = flat.astype(np.float32).reshape(-1, dimensions)
    rows = table.drop_columns(["vector"]).to_pylist()
    return [(_to_hit(row), vector) for row, vector in zip(rows, vectors, strict=True)]


def _to_hit(row: dict[str, Any]) -> Hit:
    names = ("path", "language", "kind", "symbol", "text", *_LINES)
    chunk = Chunk(*(row[name] for name in names))
    return Hit(chunk, row["repository"], row["commit"], 1.0 - row["_distance"])
