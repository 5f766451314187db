"""The one door to memory for agents and handlers."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from memory import retention
from memory.code_index.contract import IndexLimits, RepositoryFiles
from memory.code_index.indexer import CodeIndexer
from memory.conversations.budget import Recall, TokenCounter
from memory.conversations.found import FoundTurn
from memory.conversations.index import TurnIndex
from memory.conversations.index_file import Scope
from memory.conversations.recall import TurnRecall
from memory.conversations.search import TurnSearch
from memory.database import DocumentStore
from memory.embeddings import Closable, Embedder
from memory.housekeeping import Housekeeping
from memory.long_term.collection import LongTermMemory
from memory.medium_term.agent_log import AgentLog
from memory.medium_term.conversations import ConversationRepository
from memory.medium_term.model_cards import ModelCardRepository
from memory.medium_term.repository import Repository
from memory.medium_term.runs import RunRepository
from memory.medium_term.summaries import SummaryRepository
from memory.medium_term.tickets import TicketRepository
from memory.records import Session, SpecProposal, SpecVersion, utc_now
from memory.redaction import (
    Forgotten,
    forget_conversation,
    forget_texts,
    require_usable,
    spellings,
)
from memory.retention import RetentionLimits
from memory.short_term import ShortTermMemory
from memory.sqlite_store import SqliteStore
from memory.transfer import Header, Imported, export_to, import_from

_log = logging.getLogger(__name__)
_DAY = timedelta(days=1)


class MemoryManager:
    """The three tiers. Open it with `MemoryManager.open`, close it at the end."""

    def __init__(
        self,
        store: DocumentStore,
        long_term: LongTermMemory,
        turns_folder: Path,
        embedder: Embedder | None = None,
        place: str = "",
    ) -> None:
        self._store = store
        self._embedder = embedder
        self.place = place
        """Where the records are, in words for a person."""
        self.short_term = ShortTermMemory(store)
        self.sessions = Repository(store, "sessions", Session)
        self.conversations = ConversationRepository(store, self.sessions)
        self.summaries = SummaryRepository(store)
        self.turns = TurnIndex(turns_folder, self.conversations, self.sessions, embedder)
        self._turn_search = TurnSearch(self.turns, self.conversations, self.sessions)
        self._turn_recall = TurnRecall(self.turns, self._turn_search, self.conversations)
        self.conversations.on_append = lambda turn: self.turns.fill_later(turn.session_id)
        self.log = AgentLog(store)
        self.proposals = Repository(store, "proposals", SpecProposal)
        self.spec_versions = Repository(store, "spec_versions", SpecVersion)
        self.tickets = TicketRepository(store)
        self.runs = RunRepository(store)
        self.model_cards = ModelCardRepository(store)
        self.housekeeping = Housekeeping(store)
        self._long_term = long_term
        self.snippets = long_term.snippets
        self.lessons = long_term.lessons
        self.code = long_term.code
        self._index_folder = turns_folder.parent / "code" / "index"

    @classmethod
    async def open(
        cls,
        data_dir: Path,
        *,
        mongodb_uri: str | None = None,
        embedder: Embedder | None = None,
        long_term_uri: str | None = None,
    ) -> MemoryManager:
        """Open MongoDB if a URI is given, otherwise SQLite in `data_dir`.

        Long-term memory lies in `data_dir` too, its vectors at `long_term_uri` (``s3://…``) if
        that is given; without an embedder it is searched by words. Nothing of it is opened before
        it is used, and none of its failures is raised here. Raises StoreUnavailableError or
        SchemaMismatchError.
        """
        store = await _open_store(data_dir, mongodb_uri)
        place = "MongoDB" if mongodb_uri else str(_sqlite_file(data_dir))
        return cls(
            store,
            LongTermMemory(data_dir, embedder, long_term_uri),
            data_dir / "conversations",
            embedder,
            place,
        )

    def code_indexer(
        self, files: RepositoryFiles, repository: str, limits: IndexLimits | None = None
    ) -> CodeIndexer:
        """What brings `code` up to the files of a repository, which is the key of its rows."""
        return CodeIndexer(self._index_folder, repository, files, self.code, limits)

    async def search_conversations(
        self,
        query: str,
        limit: int = 10,
        *,
        repository: str | None = None,
        session_id: str | None = None,
    ) -> list[FoundTurn]:
        """The turns of all conversations that answer `query` best, best first.

        Raises StoreUnavailableError.
        """
        return await self._turn_search.search(query, Scope(session_id, repository), limit)

    async def recall(
        self,
        session_id: str,
        query: str,
        budget_tokens: int,
        count: TokenCounter,
        newest: int = 4,
    ) -> Recall:
        """What of a conversation belongs into a prompt about `query`, within a token budget.

        Raises StoreUnavailableError.
        """
        return await self._turn_recall.recall(session_id, query, budget_tokens, count, newest)

    async def tidy(
        self, limits: RetentionLimits, *, dry_run: bool = False
    ) -> dict[str, retention.Dropped]:
        """Drop what exceeds the limits, tell it in the log, and note it."""
        report = await retention.retain(self._store, limits, dry_run=dry_run)
        if not dry_run:
            await self._long_term.tidy()
            lines = retention.describe(report)
            for line in lines:
                _log.info("Retention: %s", line)
            text = "; ".join(lines) or "nothing was over the limits"
            await self.housekeeping.note("retention", text, retention.as_data(report))
        return report

    async def sync_long_term(self) -> None:
        """Bring the vectors up to the rows: after a crash, or with another embedding model."""
        await self._long_term.sync()

    async def tidy_daily(self, limits: RetentionLimits) -> None:
        """Tidy unless that was done within a day, by this process or another."""
        latest = await self.housekeeping.recent(1, "retention")
        if not latest or utc_now() - datetime.fromisoformat(latest[0].at) >= _DAY:
            await self.tidy(limits)

    async def export_to(self, path: Path) -> Header:
        """Write all records to a file. Raises TransferError or StoreUnavailableError."""
        return await export_to(self._store, path)

    async def import_from(
        self, path: Path, report: Callable[[int, int], None] = lambda _done, _all: None
    ) -> Imported:
        """Add the records of a file; newer ones here stay. Raises TransferError."""
        imported = await import_from(self._store, path, report)
        await self.short_term.drop_cache()
        text = f"{imported.added.total()} added, {imported.kept.total()} were there already"
        await self.housekeeping.note("import", text, {"added": dict(imported.added)})
        return imported

    async def forget_text(self, text: str, *, dry_run: bool = False) -> Forgotten:
        """Make a text forgotten wherever it is stored. Raises ForgetError."""
        usable = require_usable(text)
        done = await forget_texts(self._store, [usable], dry_run=dry_run)
        await self._forget_derived([usable], done, "a text", dry_run=dry_run)
        return done

    async def forget_conversation(self, session_id: str, *, dry_run: bool = False) -> Forgotten:
        """Make a conversation forgotten wherever it is stored or quoted. Raises ForgetError."""
        done, quoted = await forget_conversation(self._store, session_id, dry_run=dry_run)
        await self._forget_derived(quoted, done, "a conversation", dry_run=dry_run)
        return done

    async def _forget_derived(
        self, texts: list[str], done: Forgotten, what: str, *, dry_run: bool
    ) -> None:
        texts = spellings(texts)
        if dry_run:
            done.deleted.update(await self._long_term.count_containing(texts))
            return
        try:
            done.deleted.update(await self._long_term.forget(texts))
        finally:
            await self._erase(done, what)

    async def _erase(self, done: Forgotten, what: str) -> None:
        for session_id in await self.turns.recheck():
            # A summary may tell in other words what has been forgotten.
            await self.summaries.delete(session_id)
        await self.short_term.drop_cache()
        done.erased = await self._store.erase()
        counts = {"changed": dict(done.changed), "deleted": dict(done.deleted)}
        await self.housekeeping.note("forget", f"{what}: {done.total} records", counts)

    async def close(self) -> None:
        """Release the databases and the embedder. Closing twice is allowed."""
        await self.turns.close()
        await self._long_term.close()
        if isinstance(self._embedder, Closable):
            await self._embedder.close()
        await self._store.close()


async def _open_store(data_dir: Path, mongodb_uri: str | None) -> DocumentStore:
    if mongodb_uri:
        from memory.mongo_store import MongoStore

        return await MongoStore.open(mongodb_uri)
    return await SqliteStore.open(_sqlite_file(data_dir))


def _sqlite_file(data_dir: Path) -> Path:
    return data_dir / "tenon.sqlite3"
