"""Vectors by content: a text that was embedded once is not embedded again.

Rows of a table come and go with branches and worktrees; what their texts mean does not.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from memory.embeddings.contract import Embedder, Vectors
from memory.sqlite_file import LockedFile

_SCHEMA = """
CREATE TABLE IF NOT EXISTS vectors (
    hash BLOB NOT NULL, model TEXT NOT NULL, vector BLOB NOT NULL, used REAL NOT NULL,
    PRIMARY KEY (hash, model)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS vectors_used ON vectors (used);
"""
_DEFAULT_LIMIT = 512 * 2**20
_ROW_OVERHEAD = 80
_AT_A_TIME = 256  # what is embedded is kept soon, and a server that ends need not wait long


class VectorCache:
    """float16 vectors in a SQLite file; the least recently used leave at `limit_bytes`."""

    def __init__(self, path: Path, *, limit_bytes: int = _DEFAULT_LIMIT) -> None:
        self._file = LockedFile(path, _SCHEMA)
        self._limit = limit_bytes

    async def embed(self, embedder: Embedder, texts: Sequence[str]) -> Vectors:
        """Vectors of the texts, embedding each unknown one once; what the embedder raises."""
        keys = [content_hash(text) for text in texts]
        known = await asyncio.to_thread(self.get, keys, embedder.name)
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        unknown = list(missing)
        for start in range(0, len(unknown), _AT_A_TIME):
            some = unknown[start : start + _AT_A_TIME]
            made = await embedder.embed([missing[key] for key in some])
            fresh = dict(zip(some, made.astype(np.float16), strict=True))
            await asyncio.to_thread(self.put, fresh, embedder.name)
            known.update(fresh)
        shape = (len(texts), embedder.dimensions)
        return np.asarray([known[key] for key in keys], dtype=np.float32).reshape(shape)

    def get(self, keys: Sequence[bytes], model: str) -> dict[bytes, np.ndarray]:
        """Return those that are kept, and count them as used."""
        found = {}
        now = time.time()
        with self._file.transaction() as connection:
            for key in dict.fromkeys(keys):
                row = connection.execute(
                    "SELECT vector FROM vectors WHERE hash = ? AND model = ?", (key, model)
                ).fetchone()
                if row:
                    found[key] = np.frombuffer(row[0], dtype=np.float16)
            connection.executemany(
                "UPDATE vectors SET used = ? WHERE hash = ? AND model = ?",
                [(now, key, model) for key in found],
            )
        return found

    def put(self, vectors: dict[bytes, np.ndarray], model: str) -> None:
        """Keep these, then let the least recently used go until the size fits."""
        now = time.time()
        rows = [(key, model, vector.tobytes(), now) for key, vector in vectors.items()]
        with self._file.transaction() as connection:
            connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?, ?)", rows)
            if not rows:
                return
            room = self._limit // (len(rows[0][2]) + _ROW_OVERHEAD)
            (count,) = connection.execute("SELECT count(*) FROM vectors").fetchone()
            if count > room:
                connection.execute(
                    "DELETE FROM vectors WHERE (hash, model) IN "
                    "(SELECT hash, model FROM vectors ORDER BY used LIMIT ?)",
                    (count - room,),
                )

    def forget(self, keys: Sequence[bytes]) -> None:
        """Remove these of every model, from the disk too."""
        with self._file.transaction() as connection:
            connection.executemany("DELETE FROM vectors WHERE hash = ?", [(key,) for key in keys])
        self._file.scrub()

    def close(self) -> None:
        """Closing twice is allowed."""
        self._file.close()


def content_hash(text: str) -> bytes:
    """SHA-256 of the text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
