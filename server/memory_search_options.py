"""The options of `tenon memory search`."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

_MOST = 1_000


def add_search(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser],
    command: Callable[[argparse.Namespace], Coroutine[Any, Any, int]],
) -> None:
    """Add the verb to `tenon memory`."""
    text = "find earlier turns of all conversations, best first"
    parser = verbs.add_parser("search", help=text, description=text)
    parser.add_argument("words", nargs="+", metavar="WORDS", help="a question, or words")
    parser.add_argument(
        *("--repo", "--repository"),
        dest="repo",
        type=Path,
        metavar="PATH",
        help="only conversations about this repository; default: all",
    )
    parser.add_argument("--session", metavar="ID", help="only this conversation")
    parser.add_argument("--limit", type=_limit, default=10, metavar="N", help="default: 10")
    parser.add_argument("--json", action="store_true", help="print JSON on standard output")
    parser.set_defaults(command=command, repository=Path())


def _limit(text: str) -> int:
    number = int(text)
    if not 1 <= number <= _MOST:
        raise argparse.ArgumentTypeError(f"must be from 1 to {_MOST}")
    return number
