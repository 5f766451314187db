"""Texts that were forgotten and must not come back, known by digests alone.

A file that still holds such a text is indexed again when it changes. So of each text its length,
a keyed digest (BLAKE2b) and 16 bits of a fingerprint of its beginning are kept. The fingerprints
of all places of a new text are computed at once (Karp and Rabin 1987, modulo 2^64); the digest
decides. The key lies beside them: whoever reads the folder can still try guesses of short texts.
"""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import NDArray

from memory.redaction import MARK

SCHEMA = """
CREATE TABLE IF NOT EXISTS forgotten_key (key BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS forgotten (
    digest BLOB PRIMARY KEY, length INTEGER NOT NULL, fingerprint INTEGER NOT NULL
) WITHOUT ROWID;
"""
_BEGINNING = 16
"""Characters of the fingerprint: longer texts share one pass."""
_KEPT_BITS = 48
"""The fingerprint is what is above them; 16 bits tell hardly anything of the text."""


@dataclass(frozen=True)
class Digest:
    """What is kept of a forgotten text."""

    digest: bytes
    length: int
    """In characters."""
    fingerprint: int


class ForgottenTexts:
    """Finds forgotten texts in others."""

    def __init__(self, key: bytes, digests: Iterable[Digest] = ()) -> None:
        self._key = key
        seed = hashlib.blake2b(key, digest_size=8).digest()
        self._base = np.uint64(int.from_bytes(seed, "big") & ~7 | 5)  # odd, and of a long period
        self._passes: dict[int, dict[int, list[Digest]]] = defaultdict(lambda: defaultdict(list))
        for item in digests:
            width = min(item.length, _BEGINNING)
            self._passes[width][item.fingerprint].append(item)

    def digest_of(self, text: str) -> Digest:
        """What is to be kept of a text, which is not empty."""
        width = min(len(text), _BEGINNING)
        (fingerprint,) = self._fingerprints(text[:width], width)
        return Digest(self._digest(text), len(text), int(fingerprint))

    def mask(self, text: str) -> str:
        """The text with a mark in place of what was forgotten."""
        pieces, end = [], 0
        for start, length in sorted(self._places(text)):
            if start < end:  # what overlaps goes with the first
                end = max(end, start + length)
                continue
            pieces += [text[end:start], MARK]
            end = start + length
        return "".join([*pieces, text[end:]])

    def is_in(self, text: str) -> bool:
        """Whether the text holds anything that was forgotten."""
        return next(self._places(text), None) is not None

    def _places(self, text: str) -> Iterator[tuple[int, int]]:
        """Start and length of every forgotten text in this one."""
        for width, wanted in self._passes.items():
            found = self._fingerprints(text, width)
            among = np.isin(found, np.array(list(wanted), np.uint64))
            for start in np.flatnonzero(among).tolist():
                for item in wanted[int(found[start])]:
                    if self._digest(text[start : start + item.length]) == item.digest:
                        yield start, item.length

    def _fingerprints(self, text: str, width: int) -> NDArray[np.uint64]:
        """Of the `width` characters from each place on; shape [len(text) - width + 1]."""
        if len(text) < width:
            return np.empty(0, np.uint64)
        signs = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.uint64)
        found = np.zeros(len(signs) - width + 1, np.uint64)
        for offset in range(width):
            found = found * self._base + signs[offset : offset + len(found)]
        return (found * self._base) >> np.uint64(_KEPT_BITS)

    def _digest(self, text: str) -> bytes:
        data = text.encode("utf-8", "surrogatepass")
        return hashlib.blake2b(data, digest_size=32, key=self._key).digest()


class Remembered:
    """The forgotten texts of one SQLite file, read again when another process has added some."""

    def __init__(self) -> None:
        self._texts = ForgottenTexts(b"")
        self._count = 0

    def read(self, connection: sqlite3.Connection) -> ForgottenTexts | None:
        """Those of the file; None if there are none."""
        (count,) = connection.execute("SELECT count(*) FROM forgotten").fetchone()
        if count != self._count:
            rows = connection.execute("SELECT digest, length, fingerprint FROM forgotten")
            self._texts = ForgottenTexts(_key(connection), [Digest(*row) for row in rows])
            self._count = count
        return self._texts if count else None

    def add(self, connection: sqlite3.Connection, texts: Iterable[str]) -> None:
        """Note texts within a transaction; one that is noted already stays."""
        digests = map(ForgottenTexts(_key(connection)).digest_of, texts)
        connection.executemany(
            "INSERT OR IGNORE INTO forgotten (digest, length, fingerprint) VALUES (?, ?, ?)",
            [astuple(digest) for digest in digests],
        )


def _key(connection: sqlite3.Connection) -> bytes:
    """The file's own, made with the first text."""
    row = connection.execute("SELECT key FROM forgotten_key").fetchone()
    if row is None:
        row = (secrets.token_bytes(32),)
        connection.execute("INSERT INTO forgotten_key VALUES (?)", row)
    return bytes(row[0])
