"""A process that opens a database of the version before, which takes a migration.

Usage: python migrating_process.py <path or MongoDB URI> <n> [<seconds of a lease>]

It kills itself with the n-th document that it changes; 0 lets it get to the end.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from itertools import count

from memory import migrations, mongo_schema
from memory.database import Document
from memory.schema import SCHEMA_VERSION
from tests.contract.store_process import open_store


def changing(kill_at: int) -> migrations.Change:
    numbers = count(1)

    def change(document: Document) -> Document:
        if next(numbers) == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        changes = document["changes"] + 1  # so that a second time would show
        return {**document, "repository": "/migrated", "changes": changes}

    return change


def keep_old(document: Document) -> Document | None:
    return None if document["id"] == "dropped" else document


async def main(address: str, kill_at: int, lease: float) -> None:
    changes = {"tickets": changing(kill_at), "sessions": keep_old}
    migrations.MIGRATIONS = (
        *migrations.MIGRATIONS[:-1],
        migrations.Migration(SCHEMA_VERSION, changes),
    )
    # Only what a killed process has left behind is waited for.
    mongo_schema._LEASE_SECONDS = lease
    await (await open_store(address)).close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), float((sys.argv[3:] or ["3"])[0])))
