"""Export of all records to a file, and import from one: between machines, and between backends.

The file is UTF-8 with one JSON value a line. The first line is the header: the format, the schema
version, how many lines of each collection and log follow, and the SHA-256 of all bytes behind the
header. The other lines are `["collection or log", {document}]`.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterator
from dataclasses import dataclass, field
from itertools import groupby, islice
from pathlib import Path
from typing import IO

from pydantic import BaseModel, ConfigDict, ValidationError

from memory.database import Document, DocumentStore
from memory.errors import TransferError
from memory.migrations import migrate
from memory.schema import COLLECTIONS, LOGS, SCHEMA_VERSION
from memory.whole_store import all_documents, all_entries

FORMAT = "tenon-memory"
_ORDER = ("runs", "tickets", "spec_versions", "conversations", "proposals", "sessions")
"""What refers to others is read before them, so that an export beside a working Tenon holds what
it refers to."""
_TOGETHER = 200
"""Documents that are written at once, to share an fsync."""
Report = Callable[[int, int], None]
"""Lines done, lines in all."""


class Header(BaseModel):
    """The first line of an export."""

    model_config = ConfigDict(extra="forbid")

    format: str
    schema_version: int
    counts: dict[str, int]
    sha256: str


@dataclass
class Imported:
    """What an import did, by collection and log."""

    added: Counter[str] = field(default_factory=Counter)
    """New here, or newer than what was here."""
    kept: Counter[str] = field(default_factory=Counter)
    """There already, in the same or a newer revision."""
    left_out: Counter[str] = field(default_factory=Counter)
    """Older entries of logs, for which there is no room."""


async def export_to(store: DocumentStore, path: Path) -> Header:
    """Write everything to `path`, which is replaced once the file is whole and on the disk.

    Raises StoreUnavailableError, or TransferError if the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path.parent) as body:
            header = await _write_body(store, body)
            await asyncio.to_thread(_put_together, header, body, path)
    except OSError as error:
        raise TransferError(
            f"{path} cannot be written: {error.strerror or error}. Name another file."
        ) from error
    return header


async def import_from(
    store: DocumentStore, path: Path, report: Report = lambda _done, _all: None
) -> Imported:
    """Add what the file holds to the store. Nothing is written unless the whole file is sound.

    Revisions that are newer here stay. An import that was interrupted is repeated: what has
    arrived is not added again. Raises TransferError or StoreUnavailableError.
    """
    try:
        header = await asyncio.to_thread(check_file, path)
        with path.open("rb") as file:
            file.readline()
            return await _read_body(store, file, header, report)
    except OSError as error:
        raise TransferError(f"{path} cannot be read: {error.strerror or error}.") from error


def check_file(path: Path) -> Header:
    """The header of an export whose every byte is as it was written.

    Raises TransferError, or OSError.
    """
    digest, counts = hashlib.sha256(), Counter[str]()
    with path.open("rb") as file:
        header = _parse_header(path, file.readline())
        for line in file:
            digest.update(line)
            counts[_name_of(line)] += 1
    if digest.hexdigest() != header.sha256 or counts != header.counts:
        raise TransferError(
            f"{path} is damaged or was cut off: its checksum is wrong. Nothing was imported. "
            "Export it again, or copy it again."
        )
    return header


def _parse_header(path: Path, line: bytes) -> Header:
    try:
        header = Header.model_validate_json(line)
    except ValidationError:
        header = None
    if header is None or header.format != FORMAT:
        raise TransferError(
            f"{path} is no export of Tenon. Make one with: tenon memory export FILE"
        )
    if header.schema_version > SCHEMA_VERSION:
        raise TransferError(
            f"{path} has schema version {header.schema_version}; this Tenon knows version "
            f"{SCHEMA_VERSION}. Import it with a newer Tenon."
        )
    unknown = sorted(set(header.counts) - set(COLLECTIONS) - set(LOGS))
    if unknown:
        raise TransferError(
            f"{path} holds {', '.join(unknown)}, which this Tenon does not know. Import it with "
            "the Tenon that wrote it."
        )
    return header


def _name_of(line: bytes) -> str:
    """The collection or log that a line is of; empty if it has another form."""
    try:
        name, document = json.loads(line)
        sound = name in LOGS or (
            name in COLLECTIONS
            and isinstance(document["id"], str)
            and isinstance(document["revision"], int)
        )
    except (ValueError, TypeError, KeyError):
        return ""
    return name if sound and isinstance(document, dict) else ""


async def _write_body(store: DocumentStore, body: IO[bytes]) -> Header:
    digest, counts = hashlib.sha256(), Counter[str]()
    async for name, document in _everything(store):
        line = json.dumps([name, document], ensure_ascii=False, separators=(",", ":"))
        encoded = f"{line}\n".encode()
        digest.update(encoded)
        counts[name] += 1
        body.write(encoded)
    return Header(
        format=FORMAT,
        schema_version=SCHEMA_VERSION,
        counts=dict(counts),
        sha256=digest.hexdigest(),
    )


async def _everything(store: DocumentStore) -> AsyncGenerator[tuple[str, Document], None]:
    for name in (*_ORDER, *(name for name in COLLECTIONS if name not in _ORDER)):
        async for stored in all_documents(store, name):
            yield name, stored.document
    for name in LOGS:
        async for entry in all_entries(store, name):
            yield name, entry.document


def _put_together(header: Header, body: IO[bytes], path: Path) -> None:
    body.seek(0)
    # The records hold a person's words: the file is theirs alone.
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(header.model_dump_json().encode() + b"\n")
            shutil.copyfileobj(body, file)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


async def _read_body(
    store: DocumentStore, file: IO[bytes], header: Header, report: Report
) -> Imported:
    done, total, number = Imported(), sum(header.counts.values()), 0
    logs = await _LogImport.prepare(store, header)
    for name, lines in groupby(_lines(file), key=lambda line: line[0]):
        while documents := [document for _, document in islice(lines, _TOGETHER)]:
            if name in LOGS:
                await logs.add(name, documents, done)
            else:
                await _put(store, name, documents, header.schema_version, done)
            number += len(documents)
            report(number, total)
    return done


def _lines(file: IO[bytes]) -> Iterator[tuple[str, Document]]:
    for line in file:
        name, document = json.loads(line)
        yield name, document


async def _put(
    store: DocumentStore, name: str, documents: list[Document], version: int, done: Imported
) -> None:
    migrated = [migrate(name, document, version) for document in documents]
    changed = await store.put_all(name, [document for document in migrated if document])
    done.added[name] += changed
    done.kept[name] += len(documents) - changed


@dataclass
class _LogImport:
    """Appends what is not there yet, and nothing that would push out what is there."""

    store: DocumentStore
    there: dict[str, set[str]]
    """Log -> keys of its entries."""
    too_many: Counter[str]
    """Log -> how many of the oldest entries of the file have no room."""

    @classmethod
    async def prepare(cls, store: DocumentStore, header: Header) -> _LogImport:
        there: dict[str, set[str]] = {}
        too_many = Counter[str]()
        for name in set(header.counts) & set(LOGS):
            there[name] = {_key(entry.document) async for entry in all_entries(store, name)}
            too_many[name] = header.counts[name] + len(there[name]) - LOGS[name].max_entries
        return cls(store, there, too_many)

    async def add(self, name: str, documents: list[Document], done: Imported) -> None:
        """Append those that are missing, in their order."""
        for document in documents:
            key = _key(document)
            if key in self.there[name]:
                done.kept[name] += 1
                self.too_many[name] -= 1
            elif self.too_many[name] > 0:
                done.left_out[name] += 1
                self.too_many[name] -= 1
            else:
                await self.store.append(name, document)
                self.there[name].add(key)
                done.added[name] += 1


def _key(document: Document) -> str:
    """What tells entries apart: their ids, or all that they hold."""
    return (
        document.get("id")
        or hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
    )
