"""Reads by id and durable writes of the SQLite store at 100,000 records.

Usage: python tests/benchmarks/bench_store.py [--records N] [--folder PATH] [--json FILE]

Every write counted here was acknowledged, and the store acknowledges after an fsync alone. How
often the process really waited for the disk is counted by a small library that is loaded before
the C library (`count_syncs.c`, compiled when there is a gcc); without it that column is empty.
"""

from __future__ import annotations

import argparse
import asyncio
import ctypes
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter

from memory.database import Document
from memory.medium_term.codec import to_document
from memory.records import Criterion, Ticket, new_id
from memory.sqlite_store import SqliteStore

_COUNTER = Path(__file__).with_name("count_syncs.c")
_BATCH = 500


@dataclass(frozen=True)
class Measured:
    """One kind of work."""

    what: str
    callers: int
    """How many wait at a time."""
    operations: int
    per_second: float
    fsyncs: int | None
    """None where they could not be counted."""


def main() -> None:
    """Run the measurements in a process whose fsyncs are counted."""
    options = _parser().parse_args()
    if options.inside:
        asyncio.run(_measure_all(options))
        return
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
        counter = _compile_counter(Path(folder))
        if counter is not None:
            environment["LD_PRELOAD"] = str(counter)
        command = [sys.executable, __file__, "--inside", "--folder", folder]
        command += ["--records", str(options.records)]
        if options.json:
            command += ["--json", str(options.json.absolute())]
        subprocess.run(command, env=environment, check=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=100_000, metavar="N")
    parser.add_argument("--folder", type=Path, help="on the disk to be measured; default: /tmp")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    return parser


def _compile_counter(folder: Path) -> Path | None:
    compiler = shutil.which("gcc")
    if compiler is None:
        return None
    library = folder / "count_syncs.so"
    command = [compiler, "-shared", "-fPIC", "-O2", str(_COUNTER), "-o", str(library), "-ldl"]
    done = subprocess.run(command, capture_output=True, check=False)
    return library if done.returncode == 0 else None


def _syncs() -> int | None:
    function = getattr(ctypes.CDLL(None), "counted_syncs", None)
    if function is None:
        return None
    function.restype = ctypes.c_ulong
    return int(function())


async def _measure_all(options: argparse.Namespace) -> None:
    path = options.folder / "tenon.sqlite3"
    store = await SqliteStore.open(path)
    results = [_raw_syncs(options.folder)]
    ids = await _fill(store, options.records, results)
    for callers, count in ((1, 10_000), (32, 20_000)):
        results.append(await _measure("read by id", callers, count, _reader(store, ids)))
    for callers, count in ((1, 2_000), (32, 20_000), (256, 40_000)):
        results.append(await _measure("insert", callers, count, _inserter(store)))
    results.append(await _measure("replace", 256, 20_000, _replacer(store, ids)))
    results.append(await _measure("append to a log", 256, 20_000, _appender(store)))
    await store.close()
    for result in results:
        print(_line(result), flush=True)
    if options.json:
        options.json.write_text(json.dumps([asdict(r) for r in results], indent=2))


def _line(result: Measured) -> str:
    line = f"{result.what:<18} {result.callers:>4} callers {result.operations:>7} operations"
    line += f" {result.per_second:>9.0f}/s"
    if result.fsyncs is None:
        return f"{line}  fsyncs not counted"
    return f"{line} {result.fsyncs:>7} fsyncs"


async def _measure(
    what: str, callers: int, count: int, operation: Callable[[int], Awaitable[None]]
) -> Measured:
    """`callers` tasks do `count` operations together, each waiting for its own one."""
    numbers = iter(range(count))

    async def call() -> None:
        for number in numbers:
            await operation(number)

    before, began = _syncs(), perf_counter()
    await asyncio.gather(*(call() for _ in range(callers)))
    seconds, after = perf_counter() - began, _syncs()
    synced = None if before is None or after is None else after - before
    return Measured(what, callers, count, count / seconds, synced)


def _raw_syncs(folder: Path, count: int = 300) -> Measured:
    """What the disk itself can do: a page appended and synchronised, again and again."""
    page, before, began = b"x" * 4096, _syncs(), perf_counter()
    with (folder / "raw").open("wb", buffering=0) as file:
        for _ in range(count):
            file.write(page)
            os.fdatasync(file.fileno())
    seconds, after = perf_counter() - began, _syncs()
    synced = None if before is None or after is None else after - before
    return Measured("page and fdatasync", 1, count, count / seconds, synced)


async def _fill(store: SqliteStore, count: int, results: list[Measured]) -> list[str]:
    """`count` tickets, stored as an import does it; their ids."""
    ids: list[str] = []

    async def add(number: int) -> None:
        size = min(_BATCH, count - number * _BATCH)
        documents = [_document() for _ in range(size)]
        ids.extend(document["id"] for document in documents)
        await store.put_all("tickets", documents)

    filled = await _measure("import (batches)", 1, -(-count // _BATCH), add)
    rate = filled.per_second * count / filled.operations
    results.append(Measured(filled.what, 1, count, rate, filled.fsyncs))
    return ids


def _document() -> Document:
    """A ticket of an ordinary size, about 2 KB."""
    criteria = [Criterion(id=f"AC-{n}", text="it does what was asked for") for n in range(3)]
    ticket = Ticket(
        id=new_id("tkt"),
        repository=f"/home/person/project-{random.randrange(20)}",
        title="Make the titles of pages into slugs",
        description="The person's own words about what the code is to do. " * 8,
        criteria=criteria,
        priority=random.randrange(5),
        target_file="src/text/slug.py",
    )
    return to_document(ticket)


def _reader(store: SqliteStore, ids: list[str]) -> Callable[[int], Awaitable[None]]:
    chosen = random.Random(0)

    async def read(_number: int) -> None:
        if await store.get("tickets", chosen.choice(ids)) is None:
            raise RuntimeError("A record is missing.")

    return read


def _inserter(store: SqliteStore) -> Callable[[int], Awaitable[None]]:
    async def insert(_number: int) -> None:
        await store.insert("tickets", {**template, "id": new_id("tkt")})

    template = _document()
    return insert


def _replacer(store: SqliteStore, ids: list[str]) -> Callable[[int], Awaitable[None]]:
    template = _document()

    async def replace(number: int) -> None:
        document = {**template, "id": ids[number], "revision": 1}
        await store.replace("tickets", document, revision=0)

    return replace


def _appender(store: SqliteStore) -> Callable[[int], Awaitable[None]]:
    async def append(number: int) -> None:
        await store.append("agent_log", {"repository": "/r", "text": f"step {number} " * 10})

    return append


if __name__ == "__main__":
    main()
