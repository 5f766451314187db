"""Collections, capped logs and indexes on MongoDB, made or completed, and documents migrated.

A migration is under a lease, so that one process does it and others wait. Each document says in
`v` which version it has and is changed in one atomic step with it: whoever goes on after a kill,
or after a lease that ran out too early, changes none twice.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from typing import Any

from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import CollectionInvalid, DuplicateKeyError, OperationFailure

from memory.errors import SchemaMismatchError, StoreUnavailableError
from memory.migrations import migrate, outdated_collections
from memory.schema import COLLECTIONS, LOGS, SCHEMA_VERSION, CappedLog

Database = AsyncDatabase[dict[str, Any]]
Meta = AsyncCollection[dict[str, Any]]
_NAMESPACE_EXISTS = 48
_LEASE_SECONDS = 60.0
_POLL_SECONDS = 0.2
_WAIT_SECONDS = 600.0
_BATCH = 200


async def prepare_schema(database: Database) -> None:
    """Create or complete what the schema declares, and bring older documents up to date.

    Raises SchemaMismatchError for a database of a newer version.
    """
    meta = database["tenon_meta"]
    found = await _version(meta)
    await _complete(database)
    if found < SCHEMA_VERSION:
        await _migrate_alone(database, meta)


async def _version(meta: Meta) -> int:
    """The version of what is stored; that of this Tenon where nothing is."""
    try:
        await meta.insert_one({"_id": "schema", "version": SCHEMA_VERSION})
    except DuplicateKeyError:
        found = await meta.find_one({"_id": "schema"})
        version = int(found["version"]) if found else SCHEMA_VERSION
        if version > SCHEMA_VERSION:
            raise SchemaMismatchError(
                f"The MongoDB database has schema version {version}; this Tenon "
                f"knows version {SCHEMA_VERSION}. Start a newer Tenon, or name another "
                "database in TENON_MONGODB_URI."
            ) from None
        return version
    return SCHEMA_VERSION


async def _complete(database: Database) -> None:
    for collection in COLLECTIONS.values():
        await database[collection.name].create_index([("order", 1)])
        for fields in collection.indexes:
            keys = [(f"doc.{field}", 1) for field in fields]
            await database[collection.name].create_index([*keys, ("order", 1)])
    for log in LOGS.values():
        await _create_log(database, log)


async def _create_log(database: Database, log: CappedLog) -> None:
    try:
        await database.create_collection(
            log.name, capped=True, size=log.max_bytes, max=log.max_entries
        )
    except CollectionInvalid:
        pass
    except OperationFailure as error:  # another process was quicker
        if error.code != _NAMESPACE_EXISTS:
            raise
    for field in log.fields:
        await database[log.name].create_index([(f"doc.{field}", 1), ("_id", 1)])


async def _migrate_alone(database: Database, meta: Meta) -> None:
    """Migrate, or wait until another process has."""
    owner = secrets.token_hex(8)
    deadline = time.monotonic() + _WAIT_SECONDS
    while (since := await _version(meta)) < SCHEMA_VERSION:
        if await _take_lease(meta, owner):
            await _migrate_all(database, meta, owner, since)
            await meta.update_one({"_id": "schema"}, {"$max": {"version": SCHEMA_VERSION}})
            await meta.delete_one({"_id": "migration", "owner": owner})
        elif time.monotonic() > deadline:
            raise StoreUnavailableError(
                "Another Tenon has been bringing the MongoDB database to a new version for "
                f"{_WAIT_SECONDS / 60:.0f} minutes. Wait until it is done, then start again."
            )
        else:
            await asyncio.sleep(_POLL_SECONDS)


async def _take_lease(meta: Meta, owner: str) -> bool:
    """Take or prolong the lease; whether it is ours."""
    lease = {"owner": owner, "expires": time.time() + _LEASE_SECONDS}
    try:
        await meta.insert_one({"_id": "migration", **lease})
    except DuplicateKeyError:
        free = {"$or": [{"owner": owner}, {"expires": {"$lt": time.time()}}]}
        result = await meta.update_one({"_id": "migration", **free}, {"$set": lease})
        return result.matched_count > 0
    return True


async def _migrate_all(database: Database, meta: Meta, owner: str, since: int) -> None:
    for name in outdated_collections(since):
        order = 0
        while batch := await _older(database, name, order):
            for stored in batch:
                await _migrate_one(database, name, stored, since)
            order = batch[-1]["order"]
            if not await _take_lease(meta, owner):
                return  # we were too slow, and another process goes on


async def _older(database: Database, name: str, order: int) -> list[dict[str, Any]]:
    behind = {"order": {"$gt": order}, "v": {"$not": {"$gte": SCHEMA_VERSION}}}
    return await database[name].find(behind).sort("order", 1).limit(_BATCH).to_list()


async def _migrate_one(database: Database, name: str, stored: dict[str, Any], since: int) -> None:
    version = stored.get("v")
    changed = migrate(name, stored["doc"], since if version is None else version)
    unchanged = {"_id": stored["_id"], "v": version, "doc.revision": stored["doc"]["revision"]}
    if changed is None:
        await database[name].delete_one(unchanged)
    else:
        change = {"$set": {"doc": changed, "v": SCHEMA_VERSION}}
        await database[name].update_one(unchanged, change)
