"""The index of turns, kept in step with the stored turns and filled with vectors.

It helps, but nothing depends on it: what it lacks is read from the store, a damaged file is made
anew, and when that fails, or there is no embedder, one warning is logged and the rest goes on.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from memory.conversations.index_file import IndexFile, Scope, SessionState
from memory.conversations.passages import index_turn
from memory.embeddings.contract import Embedder
from memory.medium_term.conversations import ConversationRepository
from memory.medium_term.repository import Repository
from memory.records import Session
from memory.sqlite_file import is_damage, remove

_T = TypeVar("_T")
_log = logging.getLogger(__name__)
_BATCH = 128
_SMALL_BATCH = 16
_PAUSE = 0.25
"""Seconds between small batches in the background: a model that decodes slows down for each."""
_LOOKED_AT = 50
_MEANWHILE = 1_000
"""Turns that may have been added since they were counted."""
_NO_EMBEDDER = "there is no embedding model; get it with: tenon models pull minilm-l6-v2-int8"


class IndexUnusableError(Exception):
    """The index cannot be used, even after it was made anew; a warning has said so."""


class TurnIndex:
    """Turns of all sessions in an index file in `folder`."""

    def __init__(
        self,
        folder: Path,
        conversations: ConversationRepository,
        sessions: Repository[Session],
        embedder: Embedder | None,
    ) -> None:
        self._path = folder / "turns.sqlite3"
        self._conversations = conversations
        self._sessions = sessions
        self._embedder = embedder
        self._model = embedder.name if embedder else ""
        self._file: IndexFile | None = None
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="tenon-turns")
        self._warned: set[str] = set()
        self._background: asyncio.Task[None] | None = None
        self._outdated: set[str] = set()
        """Sessions with turns that the work in the background has not seen."""
        self._closed = False
        self.is_quiet: Callable[[], bool] = lambda: True
        """Asked before each step in the background, which waits while a person is answered."""

    @property
    def model(self) -> str:
        """Name of the embedding model whose vectors count."""
        return self._model

    async def close(self) -> None:
        """Stop the work in the background and release the file. Closing twice is allowed."""
        if self._closed:
            return
        self._closed = True
        if self._background is not None:
            self._background.cancel()
            await asyncio.gather(self._background, return_exceptions=True)
        await asyncio.get_running_loop().run_in_executor(self._executor, self._close_file)
        self._executor.shutdown()

    def _close_file(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    # ------------------------------------------------------------------ in step with the store

    async def refresh(self, scope: Scope) -> None:
        """Index what has been stored, and take out what is no longer.

        Raises IndexUnusableError, and StoreUnavailableError from the store.
        """
        if scope.session is not None:
            await self._refresh_session(scope.session)
            return
        stored = await self._conversations.counts()
        indexed = await self.use(lambda file: file.counts())
        sessions = stored.keys() | indexed.keys()
        outdated = {name for name in sessions if stored.get(name) != indexed.get(name)}
        # As many may have been deleted as have come: those that come are the newest.
        outdated |= {turn.session_id for turn in await self._conversations.newest(_LOOKED_AT)}
        for session in sorted(outdated):
            await self._refresh_session(session)

    async def _refresh_session(self, session: str) -> None:
        stored = await self._stored_state(session)
        known = await self.use(lambda file: file.state(session))
        if stored == known:
            return
        if known.turns and await self._extend(session, known, stored):
            return
        await self._reread(session)

    async def _stored_state(self, session: str) -> SessionState:
        newest = await self._conversations.history(session, 1)
        if not newest:
            return SessionState()
        return SessionState(await self._conversations.count(session), newest[0].id)

    async def _extend(self, session: str, known: SessionState, stored: SessionState) -> bool:
        """Whether the session has only grown, and what is new is indexed."""
        missing = stored.turns - known.turns
        if missing < 1:
            return False
        last, *new = await self._conversations.history(session, missing + 1)
        if last.id != known.newest:
            return False
        turns = [index_turn(turn) for turn in new]
        return await self.use(lambda file: file.extend(session, known, turns))

    async def forget(self, turn_ids: Collection[str]) -> None:
        """Take out turns, their vectors, and passages that quote them; nothing of them stays.

        To be called after the turns were deleted or changed in the store. Raises
        IndexUnusableError.
        """
        if not self._path.exists():
            return
        sessions = await self.use(lambda file: file.forget(turn_ids))
        for session in sessions:
            await self._refresh_session(session)

    async def recheck(self) -> set[str]:
        """Compare all that is indexed with the store, after turns were changed or deleted there.

        Returns the sessions of which something was taken out. An index that cannot be used is
        removed, so that nothing that was forgotten stays in it.
        """
        if not self._path.exists():
            return set()
        try:
            indexed = await self.use(lambda file: file.counts())
            changed = {session for session in indexed if await self._reread(session)}
        except IndexUnusableError:
            await asyncio.get_running_loop().run_in_executor(self._executor, self._remove)
            return set()
        return changed

    async def _reread(self, session: str) -> bool:
        """Index the session anew; whether something was taken out."""
        record = await self._sessions.get(session)
        repository = record.repository if record else ""
        count = await self._conversations.count(session)
        stored = await self._conversations.history(session, count + _MEANWHILE)
        turns = [index_turn(turn) for turn in stored]
        return await self.use(lambda file: file.replace(session, repository, turns))

    # ------------------------------------------------------------------ vectors

    def fill_later(self, session: str) -> None:
        """Index the session's new turns and embed what waits, in the background."""
        if self._closed:
            return
        self._outdated.add(session)
        if self._background is None or self._background.done():
            self._background = asyncio.get_running_loop().create_task(self._fill())

    async def _fill(self) -> None:
        try:
            while self._outdated:
                await self._refresh_session(self._outdated.pop())
                while True:
                    if self.is_quiet() and not await self.embed_some(_SMALL_BATCH):
                        break
                    await asyncio.sleep(_PAUSE)
        except Exception as error:  # the next search tries again, and tells a person
            _log.debug("Turns are not indexed now: %s", error)

    async def catch_up(
        self, scope: Scope | None = None, on_progress: Callable[[int], None] | None = None
    ) -> int:
        """Embed every waiting passage of a scope now; how many there were.

        `on_progress` gets how many are done. Raises IndexUnusableError.
        """
        done = 0
        while some := await self.embed_some(_BATCH, scope):
            done += some
            if on_progress is not None:
                on_progress(done)
        return done

    async def embed_some(self, limit: int, scope: Scope | None = None) -> int:
        """Embed up to `limit` waiting passages; how many. 0 without a working embedder."""
        if self._embedder is None:
            return 0
        waiting = await self.use(lambda file: file.waiting(self._model, limit, scope))
        vectors = await self.embed([item.text for item in waiting]) if waiting else None
        if vectors is None:
            return 0
        await self.use(lambda file: file.put_vectors(self._model, waiting, vectors))
        return len(waiting)

    async def embed_query(self, text: str) -> NDArray[np.float32] | None:
        """Vector of a question, shape [d]; None, with one warning, if it cannot be had."""
        return await self._asking(lambda embedder: embedder.embed_query(text))

    async def embed(self, texts: list[str]) -> NDArray[np.float32] | None:
        """Vectors of shape [n, d]; None, with one warning, if they cannot be had."""
        return await self._asking(lambda embedder: embedder.embed(texts))

    async def _asking(
        self, ask: Callable[[Embedder], Awaitable[NDArray[np.float32]]]
    ) -> NDArray[np.float32] | None:
        if self._embedder is None:
            self._warn("embedder", _NO_EMBEDDER)
            return None
        try:
            return await ask(self._embedder)
        except Exception as error:  # whatever onnxruntime, tokenizers or an endpoint raise
            self._warn("embedder", str(error) or type(error).__name__)
            return None

    # ------------------------------------------------------------------ the file

    async def use(self, work: Callable[[IndexFile], _T]) -> _T:
        """Work with the file; a damaged one is thrown away once and filled anew.

        Raises IndexUnusableError.
        """
        if self._closed:
            raise IndexUnusableError("closed")
        return await asyncio.get_running_loop().run_in_executor(self._executor, self._use, work)

    def _use(self, work: Callable[[IndexFile], _T]) -> _T:
        try:
            return work(self._open())
        except (sqlite3.Error, OSError) as error:
            try:
                if not is_damage(error):
                    raise
                self._remove()
                return work(self._open())
            except (sqlite3.Error, OSError) as second:
                self._warn("file", _remedy(second, self._path.parent))
                raise IndexUnusableError(str(second)) from second

    def _open(self) -> IndexFile:
        if self._file is None:
            self._file = IndexFile(self._path)
        return self._file

    def _remove(self) -> None:
        self._close_file()
        remove(self._path)

    def _warn(self, part: str, reason: str) -> None:
        if part not in self._warned:
            self._warned.add(part)
            what = {
                "embedder": "Earlier turns are found by their words only",
                "file": "Earlier turns cannot be searched",
            }[part]
            _log.warning("%s: %s.", what, reason.splitlines()[0].rstrip("."))


def _remedy(error: Exception, folder: Path) -> str:
    if "fts5" in str(error):
        return "the SQLite of this Python has no full-text search (FTS5); use another Python"
    return f"{error}. Remove the folder {folder}"
