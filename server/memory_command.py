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

if TYPE_CHECKING:
    from memory.manager import MemoryManager

FAILURE = 1
Command = Callable[[argparse.Namespace], Coroutine[Any, Any, int]]


def add_memory(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `tenon memory` and its verbs to the command line."""
    group = commands.add_parser("memory", help="see, move and clear what Tenon remembers")
    verbs = group.add_subparsers(required=True, metavar="ACTION")
    add_verb(verbs, "stats", _stats, "count what is stored, by tier and collection")


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


async def _stats(options: argparse.Namespace) -> int:
    from server.memory_stats import stats

    return await with_memory(lambda memory: stats(memory, options))
