"""`tenon memory …`: the command group. What each verb does is in a module of its own.

A verb that is added here gets its options and returns the exit code; it opens the memory of the
settings with `with_memory`, and imports what is heavy when it runs.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any

from server.memory_search_options import add_index, add_search

if TYPE_CHECKING:
    from memory.manager import MemoryManager

FAILURE = 1
Command = Callable[[argparse.Namespace], Coroutine[Any, Any, int]]


def add_memory(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `tenon memory` and its verbs to the command line."""
    group = commands.add_parser("memory", help="see, move and clear what Tenon remembers")
    verbs = group.add_subparsers(required=True, metavar="ACTION")
    add_verb(verbs, "stats", _stats, "count what is stored, by tier and collection")
    add_search(verbs, _search)
    add_index(verbs, _index)
    add_verb(verbs, "sessions", _sessions, "list the conversations about this repository")
    text = "list the runs of tickets, with what became of them"
    add_verb(verbs, "runs", _runs, text).add_argument("ticket", nargs="?", help="id; default: all")
    add_verb(verbs, "cards", _cards, "list what `tenon models probe` measured, on every machine")
    add_verb(verbs, "export", _export, "write all records to a file").add_argument(
        "file", type=Path, metavar="FILE"
    )
    text = "add the records of an exported file; newer ones here stay"
    add_verb(verbs, "import", _import, text).add_argument("file", type=Path, metavar="FILE")
    text = "drop what exceeds the limits of the settings, as every start does once a day"
    add_verb(verbs, "tidy", _tidy, text).add_argument(
        "--dry-run", action="store_true", help="only tell what would be dropped"
    )
    _add_forget(verbs)


def _add_forget(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    text = "make a conversation, or a text such as a secret, forgotten wherever it is stored"
    parser = add_verb(verbs, "forget", _forget, text)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--conversation", metavar="ID", help="list them: tenon memory sessions")
    what.add_argument("--text", metavar="TEXT", help="`-` reads it from standard input")
    parser.add_argument("--yes", action="store_true", help="without asking")


def add_verb(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    command: Command,
    text: str,
) -> argparse.ArgumentParser:
    """A verb that takes `--repository` and `--json`."""
    parser = verbs.add_parser(name, help=text, description=text)
    parser.add_argument(
        "--repository", type=Path, default=Path(), metavar="PATH", help="default: this folder"
    )
    parser.add_argument("--json", action="store_true", help="print JSON on standard output")
    parser.set_defaults(command=command)
    return parser


async def with_memory(body: Callable[[MemoryManager], Awaitable[int]]) -> int:
    """Open the memory that the settings name for `body`; an error of memory fails the command."""
    from memory.errors import MemoryStoreError
    from server import settings
    from server.components import open_memory

    try:
        memory = await open_memory(settings.load().values)
        try:
            return await body(memory)
        finally:
            await memory.close()
    except MemoryStoreError as error:
        print(f"tenon: {error}", file=sys.stderr)
        return FAILURE


async def _index(options: argparse.Namespace) -> int:
    from server.memory_index_command import index

    return await with_memory(lambda memory: index(memory, options))


async def _search(options: argparse.Namespace) -> int:
    if options.code:
        from server.memory_index_command import search_code

        return await with_memory(lambda memory: search_code(memory, options))
    from server.memory_search_command import search

    return await with_memory(lambda memory: search(memory, options))


async def _stats(options: argparse.Namespace) -> int:
    from server.memory_stats import stats

    return await with_memory(lambda memory: stats(memory, options))


async def _sessions(options: argparse.Namespace) -> int:
    from server.memory_stats import sessions

    return await with_memory(lambda memory: sessions(memory, options))


async def _runs(options: argparse.Namespace) -> int:
    from server.memory_stats import runs

    return await with_memory(lambda memory: runs(memory, options))


async def _cards(options: argparse.Namespace) -> int:
    from server.memory_stats import cards

    return await with_memory(lambda memory: cards(memory, options))


async def _export(options: argparse.Namespace) -> int:
    from server.memory_chores import export

    return await with_memory(lambda memory: export(memory, options))


async def _import(options: argparse.Namespace) -> int:
    from server.memory_chores import import_file

    return await with_memory(lambda memory: import_file(memory, options))


async def _tidy(options: argparse.Namespace) -> int:
    from server.memory_chores import tidy

    return await with_memory(lambda memory: tidy(memory, options))


async def _forget(options: argparse.Namespace) -> int:
    from server.memory_chores import forget

    return await with_memory(lambda memory: forget(memory, options))
