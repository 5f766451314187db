"""The one door to memory for agents and handlers."""

from __future__ import annotations

from pathlib import Path

from memory.database import DocumentStore
from memory.embeddings import Embedder
from memory.housekeeping import Housekeeping
from memory.long_term import SnippetMemory
from memory.medium_term.agent_log import AgentLog
from memory.medium_term.conversations import ConversationRepository
from memory.medium_term.model_cards import ModelCardRepository
from memory.medium_term.repository import Repository
from memory.medium_term.runs import RunRepository
from memory.medium_term.tickets import TicketRepository
from memory.records import Session, SpecProposal, SpecVersion
from memory.short_term import ShortTermMemory
from memory.sqlite_store import SqliteStore


class MemoryManager:
    """The three tiers. Open it with `MemoryManager.open`, close it at the end."""

    def __init__(self, store: DocumentStore, snippets: SnippetMemory, place: str = "") -> None:
        self._store = store
        self.place = place
        """Where the records are, in words for a person."""
        self.short_term = ShortTermMemory(store)
        self.sessions = Repository(store, "sessions", Session)
        self.conversations = ConversationRepository(store, self.sessions)
        self.log = AgentLog(store)
        self.proposals = Repository(store, "proposals", SpecProposal)
        self.spec_versions = Repository(store, "spec_versions", SpecVersion)
        self.tickets = TicketRepository(store)
        self.runs = RunRepository(store)
        self.model_cards = ModelCardRepository(store)
        self.housekeeping = Housekeeping(store)
        self.snippets = snippets

    @classmethod
    async def open(
        cls, data_dir: Path, *, mongodb_uri: str | None = None, embedder: Embedder | None = None
    ) -> MemoryManager:
        """Open MongoDB if a URI is given, otherwise SQLite in `data_dir`; snippets lie there too.

        Raises StoreUnavailableError or SchemaMismatchError. Without an embedder there are no
        snippets.
        """
        store = await _open_store(data_dir, mongodb_uri)
        place = "MongoDB" if mongodb_uri else str(_sqlite_file(data_dir))
        return cls(store, SnippetMemory(data_dir / "snippets", embedder), place)

    async def close(self) -> None:
        """Release the databases. Closing twice is allowed."""
        await self.snippets.close()
        await self._store.close()


async def _open_store(data_dir: Path, mongodb_uri: str | None) -> DocumentStore:
    if mongodb_uri:
        from memory.mongo_store import MongoStore

        return await MongoStore.open(mongodb_uri)
    return await SqliteStore.open(_sqlite_file(data_dir))


def _sqlite_file(data_dir: Path) -> Path:
    return data_dir / "tenon.sqlite3"
