"""Making a text, or a conversation, forgotten everywhere it is stored.

A document that held the text gets a new revision, so that a program which still has the old one
in hand cannot write it back. Ids, revisions and the fields that records are found by stay as they
are, and are told.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from memory.database import Document, DocumentStore, declared
from memory.errors import ForgetError, RevisionConflictError, SchemaMismatchError
from memory.medium_term.codec import to_record
from memory.medium_term.record_types import RECORD_TYPES
from memory.schema import COLLECTIONS, LOGS
from memory.whole_store import all_documents, all_entries

MARK = "[forgotten]"
SHORTEST = 4
_QUOTED = 12
"""Turns from this length on are looked for in other records, where they are quoted."""
_TRIES = 20


@dataclass
class Forgotten:
    """What was found, or made forgotten, by collection and log."""

    changed: Counter[str] = field(default_factory=Counter)
    """Records of which a part was replaced by a mark."""
    deleted: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    """Records that hold the text in a field that they are found by."""
    erased: bool = False
    """Whether the database's own files hold it no more; on MongoDB that is its server's matter."""

    @property
    def total(self) -> int:
        """How many records are concerned."""
        return (self.changed + self.deleted).total()


def require_usable(text: str) -> str:
    """The text without blanks around it. Raises ForgetError if it is too short to be meant."""
    stripped = text.strip()
    if len(stripped) < SHORTEST:
        raise ForgetError(
            f"The text must have at least {SHORTEST} characters, or it would be found everywhere. "
            "Give more of it."
        )
    return stripped


async def forget_texts(
    store: DocumentStore,
    texts: Iterable[str],
    *,
    dry_run: bool = False,
    leave: Callable[[Document], bool] = lambda _document: False,
) -> Forgotten:
    """Replace every occurrence of the texts, whatever holds it, by a mark.

    Documents that `leave` names are left alone. Nothing is changed if that would break a record
    that Tenon reads. Raises ForgetError or StoreUnavailableError.
    """
    found = _Redaction(store, texts, leave, dry_run=True)
    await found.run()
    if dry_run:
        return found.done
    redaction = _Redaction(store, texts, leave, dry_run=False)
    await redaction.run()
    return redaction.done


async def forget_conversation(
    store: DocumentStore, session_id: str, *, dry_run: bool = False
) -> tuple[Forgotten, list[str]]:
    """Delete a session and all that belongs to it, and what other records quote of it.

    Returns what was done, and the texts that were looked for elsewhere. Work that came of it,
    such as tickets and the spec, stays without the quotations. Raises ForgetError if there is no
    such session.
    """
    turns = await store.find("conversations", {"session_id": session_id})
    session = await store.get("sessions", session_id)
    if session is None and not turns:
        raise ForgetError(
            f"There is no conversation {session_id}. List them with: tenon memory sessions"
        )

    def is_own(document: Document) -> bool:
        return session_id in (document.get("session_id"), document.get("id"))

    words = [(session or {}).get("title", ""), *(turn["text"] for turn in turns)]
    quoted = sorted({text.strip() for text in words if len(text.strip()) >= _QUOTED})
    # Quotations first: after a kill in between, the turns still say what is to be looked for.
    done = await forget_texts(store, quoted, dry_run=dry_run, leave=is_own)
    done.deleted = await _delete_session(store, session_id, dry_run=dry_run)
    return done, quoted


async def _delete_session(store: DocumentStore, session_id: str, *, dry_run: bool) -> Counter[str]:
    """Delete what names the session, and at last the session; how much, by collection and log."""
    deleted = Counter[str]()
    for name in (name for name, log in LOGS.items() if "session_id" in log.fields):
        async for entry in all_entries(store, name):
            if entry.document.get("session_id") == session_id:
                deleted[name] += int(dry_run or await store.amend(name, entry.seq, None))
    for name in (n for n, collection in COLLECTIONS.items() if "session_id" in collection.fields):
        for document in await store.find(name, {"session_id": session_id}):
            deleted[name] += int(dry_run or await store.delete(name, document["id"]))
    if await store.get("sessions", session_id) is not None:
        deleted["sessions"] += int(dry_run or await store.delete("sessions", session_id))
    return deleted


class _Redaction:
    """One walk through the whole store; a dry one counts, and tells what would break."""

    def __init__(
        self,
        store: DocumentStore,
        texts: Iterable[str],
        leave: Callable[[Document], bool],
        *,
        dry_run: bool,
    ) -> None:
        self._store = store
        self._texts = spellings(texts)
        self._leave = leave
        self._dry_run = dry_run
        self.done = Forgotten()

    async def run(self) -> None:
        for name in LOGS:
            async for entry in all_entries(self._store, name):
                changed = self._clean(name, entry.document)
                if changed is None:
                    continue
                self.done.changed[name] += 1
                if not self._dry_run:
                    await self._store.amend(name, entry.seq, changed)
        for name in COLLECTIONS:
            async for stored in all_documents(self._store, name):
                if self._clean(name, stored.document) is None:
                    continue
                self.done.changed[name] += 1
                if not self._dry_run:
                    await self._replace(name, stored.document)

    async def _replace(self, name: str, document: Document | None) -> None:
        """Replace the document by its clean form, again if somebody changes it meanwhile."""
        for _ in range(_TRIES):
            changed = None if document is None else self._clean(name, document, count=False)
            if document is None or changed is None:
                return
            revision = document["revision"]
            changed["revision"] = revision + 1
            try:
                await self._store.replace(name, changed, revision=revision)
            except RevisionConflictError:
                document = await self._store.get(name, document["id"])
            else:
                return
        raise ForgetError(
            f"A record in {name} is being changed all the time. Stop the work on it, then repeat "
            "the command."
        )

    def _clean(self, name: str, document: Document, *, count: bool = True) -> Document | None:
        """The document without the texts, or None if it holds none. Raises ForgetError."""
        if self._leave(document):
            return None
        fixed = {"id", "revision", *declared(name).fields}
        clean = {key: self._without(value) for key, value in document.items()}
        changed = {key: document[key] if key in fixed else clean[key] for key in document}
        if count and any(clean.get(key) != document.get(key) for key in fixed):
            self.done.kept[name] += 1
        if changed == document:
            return None
        _require_readable(name, changed)
        return changed

    def _without(self, value: Any) -> Any:
        if isinstance(value, str):
            for text in self._texts:
                value = value.replace(text, MARK)
            return value
        if isinstance(value, list):
            return [self._without(item) for item in value]
        if isinstance(value, dict):
            return {self._without(key): self._without(item) for key, item in value.items()}
        return value


def spellings(texts: Iterable[str]) -> list[str]:
    """The texts as they are and as JSON inside a text has them; longer ones first, so that one
    inside another leaves no rest of it.
    """
    found = set()
    for text in texts:
        as_json = (json.dumps(text, ensure_ascii=ascii_only) for ascii_only in (True, False))
        found |= {text, *(quoted[1:-1] for quoted in as_json)}
    return sorted(found - {""}, key=len, reverse=True)


def _require_readable(name: str, document: Document) -> None:
    record_type = RECORD_TYPES.get(name)
    if record_type is None:
        return
    try:
        to_record(record_type, document)
    except SchemaMismatchError as error:
        raise ForgetError(
            "The text is also a word that Tenon itself writes into records, which could not be "
            f"read afterwards. Nothing was changed. Give more of it. ({error})"
        ) from None
