"""`tenon memory export|import|tidy|forget`: what is done to all records at once."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Mapping
from typing import Any

from memory import retention
from memory.manager import MemoryManager
from memory.redaction import Forgotten
from server import settings
from server.command_session import FAILURE, print_json
from server.components import retention_limits


async def export(memory: MemoryManager, options: argparse.Namespace) -> int:
    """Write all records to a file."""
    header = await memory.export_to(options.file)
    if options.json:
        print_json(header.model_dump())
    else:
        print(f"{options.file} holds {_in_words(header.counts)}.")
    return 0


async def import_file(memory: MemoryManager, options: argparse.Namespace) -> int:
    """Add the records of an export."""
    done = await memory.import_from(options.file, _progress())
    if options.json:
        print_json({name: dict(count) for name, count in vars(done).items()})
        return 0
    print(f"Added: {_in_words(done.added)}.")
    print(f"Here already, as new or newer: {_in_words(done.kept)}.")
    if done.left_out:
        print(f"Older than what the logs have room for: {_in_words(done.left_out)}.")
    return 0


async def tidy(memory: MemoryManager, options: argparse.Namespace) -> int:
    """Drop what exceeds the limits."""
    limits = retention_limits(settings.load().values)
    report = await memory.tidy(limits, dry_run=options.dry_run)
    if options.json:
        print_json({"dry_run": options.dry_run, "collections": retention.as_data(report)})
        return 0
    for line in retention.describe(report) or ["Nothing is over the limits."]:
        print(line)
    return 0


async def forget(memory: MemoryManager, options: argparse.Namespace) -> int:
    """Show what would go, ask, and make it forgotten."""
    text = sys.stdin.readline().rstrip("\n") if options.text == "-" else options.text
    found = await _forget(memory, options.conversation, text, dry_run=True)
    if not options.yes and not _agreed(found):
        print("Nothing was changed.", file=sys.stderr)
        return FAILURE
    done = await _forget(memory, options.conversation, text, dry_run=False)
    if options.json:
        print_json(_as_json(done))
    else:
        _tell(done)
    return 0


async def _forget(
    memory: MemoryManager, conversation: str | None, text: str, *, dry_run: bool
) -> Forgotten:
    if conversation is not None:
        return await memory.forget_conversation(conversation, dry_run=dry_run)
    return await memory.forget_text(text, dry_run=dry_run)


def _agreed(found: Forgotten) -> bool:
    print(f"To be deleted: {_in_words(found.deleted)}.", file=sys.stderr)
    print(f"To be changed: {_in_words(found.changed)}.", file=sys.stderr)
    print("This cannot be undone. Go on? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _tell(done: Forgotten) -> None:
    print(f"Deleted: {_in_words(done.deleted)}.")
    print(f"Changed: {_in_words(done.changed)}.")
    if done.kept:
        print(f"It stays in fields that records are found by: {_in_words(done.kept)}.")
    if not done.erased:
        print("Files, journal and backups of the MongoDB server are its administrator's matter.")
    print("Copies elsewhere stay: your repository, its branches, and earlier exports.")


def _as_json(done: Forgotten) -> dict[str, Any]:
    counts = {name: dict(getattr(done, name)) for name in ("changed", "deleted", "kept")}
    return {**counts, "erased": done.erased}


def _in_words(counts: Mapping[str, int]) -> str:
    present = {name: count for name, count in Counter(counts).items() if count}
    return ", ".join(f"{count} {name}" for name, count in present.items()) or "nothing"


def _progress() -> Any:
    """Tells every tenth part, on a terminal alone."""
    told = -1

    def tell(done: int, total: int) -> None:
        nonlocal told
        part = 10 * done // total
        if part != told and sys.stderr.isatty():
            told = part
            print(f"{done} of {total} records", file=sys.stderr)

    return tell
