"""The index of turns in a SQLite file of its own: words, dates and vectors.

All of it is derived from the stored turns and can be made again from them, so a damaged file is
thrown away. It holds for both backends of the document store, and several processes may use it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from memory.conversations.passages import IndexedTurn
from memory.sqlite_file import connect
from memory.sqlite_text import transaction

_FORM = 1
"""Raise it when the tables or what is put into them changes; an older file is made anew."""
_MOST_MATCHES = 5_000
_DATES_WEIGHT = 0.5

_TABLES = """
CREATE TABLE turns (
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    session TEXT NOT NULL,
    repository TEXT NOT NULL,
    position INTEGER NOT NULL,
    role TEXT NOT NULL,
    speaker TEXT NOT NULL,
    length INTEGER NOT NULL,
    digest TEXT NOT NULL,
    UNIQUE (session, position)
) STRICT;
CREATE INDEX turns_by_repository ON turns (repository);
CREATE TABLE passages (
    turn TEXT NOT NULL, part INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY (turn, part)
) STRICT;
CREATE TABLE vectors (
    turn TEXT NOT NULL, model TEXT NOT NULL, digest TEXT NOT NULL, part INTEGER NOT NULL,
    vector BLOB NOT NULL, PRIMARY KEY (turn, model, part)
) STRICT;
CREATE VIRTUAL TABLE words USING fts5 (
    text, dates, tokenize = 'porter unicode61 remove_diacritics 2'
);
"""

_IN_SCOPE = "(:session IS NULL OR t.session = :session) AND " + (
    "(:repository IS NULL OR t.repository = :repository)"
)


@dataclass(frozen=True)
class Scope:
    """Which turns are searched: of one session, of one repository, or all."""

    session: str | None = None
    repository: str | None = None

    @property
    def values(self) -> dict[str, str | None]:
        """For binding to a query."""
        return {"session": self.session, "repository": self.repository}


@dataclass(frozen=True)
class SessionState:
    """How far a session is indexed."""

    turns: int = 0
    newest: str = ""
    """Id of its last turn."""


@dataclass(frozen=True)
class Rows:
    """The turns of a scope by session and position, as parallel columns of n entries."""

    numbers: NDArray[np.int64]
    ids: list[str]
    sessions: list[str]
    positions: NDArray[np.int64]
    roles: list[str]
    speakers: list[str]
    lengths: NDArray[np.int64]
    """In words."""


@dataclass(frozen=True)
class StoredVectors:
    """Vectors of m passages, as parallel columns."""

    numbers: NDArray[np.int64]
    """Numbers of the turns, as in `Rows`."""
    vectors: NDArray[np.float16]
    """Shape [m, d]."""


@dataclass(frozen=True)
class Waiting:
    """A passage that has no vector yet."""

    turn: str
    digest: str
    part: int
    text: str


class IndexFile:
    """The tables. All methods block, and raise sqlite3.Error and OSError."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Opened by whichever thread comes first; its owner lets one use it at a time.
        self._connection = connect(path, durable=False, any_thread=True)
        try:
            self._prepare()
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Release the file."""
        self._connection.close()

    def _prepare(self) -> None:
        with transaction(self._connection):
            form = self._connection.execute("PRAGMA user_version").fetchone()[0]
            if form == _FORM:
                return
            for name in ("turns", "passages", "vectors", "words"):
                self._connection.execute(f"DROP TABLE IF EXISTS {name}")
            for statement in _TABLES.split(";\n"):
                self._connection.execute(statement)
            self._connection.execute(f"PRAGMA user_version = {_FORM}")

    # ------------------------------------------------------------------ what is indexed

    def state(self, session: str) -> SessionState:
        """How far the session is indexed."""
        row = self._connection.execute(
            "SELECT count(*), max(position) FROM turns WHERE session = ?", [session]
        ).fetchone()
        newest = self._connection.execute(
            "SELECT id FROM turns WHERE session = ? AND position = ?", [session, row[1]]
        ).fetchone()
        return SessionState(row[0], newest[0] if newest else "")

    def counts(self) -> dict[str, int]:
        """How many turns of each session are indexed."""
        sql = "SELECT session, count(*) FROM turns GROUP BY session"
        return dict(self._connection.execute(sql).fetchall())

    def extend(self, session: str, known: SessionState, turns: Sequence[IndexedTurn]) -> bool:
        """Add turns behind those of `known`; False if another process was quicker."""
        with transaction(self._connection):
            if self.state(session) != known:
                return False
            sql = "SELECT position + 1, repository FROM turns WHERE id = ?"
            first, repository = self._connection.execute(sql, [known.newest]).fetchone()
            self._insert(session, repository, first, turns)
        return True

    def replace(self, session: str, repository: str, turns: Sequence[IndexedTurn]) -> bool:
        """Make `turns` all that is indexed of the session; vectors that still fit stay.

        Whether something was taken out that had been indexed.
        """
        kept = {turn.id: turn.digest for turn in turns}
        with transaction(self._connection):
            sql = "SELECT id, digest FROM turns WHERE session = ?"
            before = self._connection.execute(sql, [session]).fetchall()
            stale = [id_ for id_, digest in before if kept.get(id_) != digest]
            self._drop([id_ for id_, _ in before])
            self._drop_vectors(stale)
            self._insert(session, repository, 0, turns)
        if stale:
            self._scrub()
        return bool(stale)

    def forget(self, turn_ids: Collection[str]) -> set[str]:
        """Take out turns and their vectors for good; the sessions that they were of."""
        sessions: set[str] = set()
        with transaction(self._connection):
            for turn_id in turn_ids:
                sql = "SELECT session FROM turns WHERE id = ?"
                sessions.update(s for (s,) in self._connection.execute(sql, [turn_id]))
            self._drop(turn_ids)
            self._drop_vectors(turn_ids)
        self._scrub()
        return sessions

    def _insert(
        self, session: str, repository: str, first: int, turns: Sequence[IndexedTurn]
    ) -> None:
        for position, turn in enumerate(turns, first):
            columns = (turn.role, turn.speaker, turn.length)
            number = self._connection.execute(
                "INSERT INTO turns (id, session, repository, position, role, speaker, length, "
                "digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [turn.id, session, repository, position, *columns, turn.digest],
            ).lastrowid
            self._connection.execute(
                "INSERT INTO words (rowid, text, dates) VALUES (?, ?, ?)",
                [number, turn.words, turn.dates],
            )
            self._connection.executemany(
                "INSERT INTO passages VALUES (?, ?, ?)",
                [(turn.id, part, text) for part, text in enumerate(turn.passages)],
            )

    def _drop(self, turn_ids: Iterable[str]) -> None:
        for turn_id in turn_ids:
            number = self._connection.execute(
                "DELETE FROM turns WHERE id = ? RETURNING n", [turn_id]
            ).fetchone()
            if number is not None:
                self._connection.execute("DELETE FROM words WHERE rowid = ?", number)
            self._connection.execute("DELETE FROM passages WHERE turn = ?", [turn_id])

    def _drop_vectors(self, turn_ids: Iterable[str]) -> None:
        self._connection.executemany(
            "DELETE FROM vectors WHERE turn = ?", [(turn_id,) for turn_id in turn_ids]
        )

    def _scrub(self) -> None:
        """Leave nothing of deleted text behind: in segments of the index, nor in the log file."""
        self._connection.execute("INSERT INTO words (words) VALUES ('optimize')")
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    # ------------------------------------------------------------------ vectors

    def waiting(self, model: str, limit: int, scope: Scope | None = None) -> list[Waiting]:
        """Passages without a vector of `model`, the newest turns first."""
        scope = scope or Scope()
        rows = self._connection.execute(
            "SELECT t.id, t.digest, p.part, p.text FROM turns t JOIN passages p ON p.turn = t.id "
            "LEFT JOIN vectors v ON v.turn = t.id AND v.model = :model AND v.part = p.part "
            f"AND v.digest = t.digest WHERE v.turn IS NULL AND {_IN_SCOPE} "
            "ORDER BY t.n DESC LIMIT :limit",
            {"model": model, "limit": limit, **scope.values},
        ).fetchall()
        return [Waiting(*row) for row in rows]

    def put_vectors(
        self, model: str, waiting: Sequence[Waiting], vectors: NDArray[np.float32]
    ) -> None:
        """Keep one vector for each passage, unless its turn has gone or changed meanwhile."""
        halves = vectors.astype(np.float16)
        with transaction(self._connection):
            self._connection.executemany(
                "INSERT OR REPLACE INTO vectors SELECT id, ?, digest, ?, ? FROM turns "
                "WHERE id = ? AND digest = ?",
                [
                    (model, item.part, halves[row].tobytes(), item.turn, item.digest)
                    for row, item in enumerate(waiting)
                ],
            )

    def vectors(self, model: str, scope: Scope) -> StoredVectors:
        """The vectors of a scope; none if none have been made."""
        rows = self._connection.execute(
            "SELECT t.n, v.vector FROM turns t JOIN vectors v ON v.turn = t.id "
            f"AND v.digest = t.digest WHERE v.model = :model AND {_IN_SCOPE}",
            {"model": model, **scope.values},
        ).fetchall()
        numbers = np.fromiter((row[0] for row in rows), np.int64, len(rows))
        joined = np.frombuffer(b"".join(row[1] for row in rows), np.float16)
        return StoredVectors(numbers, joined.reshape(max(len(rows), 1), -1)[: len(rows)])

    # ------------------------------------------------------------------ search

    def rows(self, scope: Scope) -> Rows:
        """The turns of a scope by session and position."""
        found = self._connection.execute(
            "SELECT t.n, t.id, t.session, t.position, t.role, t.speaker, t.length FROM turns t "
            f"WHERE {_IN_SCOPE} ORDER BY t.session, t.position",
            scope.values,
        ).fetchall()
        columns = list(zip(*found, strict=True)) or [()] * 7
        numbers, positions, lengths = (np.array(columns[i], dtype=np.int64) for i in (0, 3, 6))
        ids, sessions, roles, speakers = (list(columns[i]) for i in (1, 2, 4, 5))
        return Rows(numbers, ids, sessions, positions, roles, speakers, lengths)

    def matches(self, words: Sequence[str], dates: Sequence[str], scope: Scope) -> dict[int, float]:
        """BM25 (k1 1.2, b 0.75) of turns that have any of the words or dates; more is better."""
        query = _match(words, dates)
        if not query:
            return {}
        rows = self._connection.execute(
            f"SELECT t.n, -bm25(words, 1.0, {_DATES_WEIGHT}) AS score FROM words "
            "JOIN turns t ON t.n = words.rowid WHERE words MATCH :query AND "
            f"{_IN_SCOPE} ORDER BY score DESC LIMIT {_MOST_MATCHES}",
            {"query": query, **scope.values},
        ).fetchall()
        return dict(rows)


def _match(words: Sequence[str], dates: Sequence[str]) -> str:
    """A query in FTS5's language: any of the words in the text, or of the dates."""
    columns = {"text": words, "dates": dates}
    parts = [
        f"{column} : ({' OR '.join(f'{chr(34)}{term}{chr(34)}' for term in terms)})"
        for column, terms in columns.items()
        if terms
    ]
    return " OR ".join(parts)
