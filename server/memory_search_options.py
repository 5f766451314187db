"""The options of `tenon memory search` and `tenon memory index`."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

_MOST = 1_000
_KINDS = ("function", "method", "class", "head", "section")
Run = Callable[[argparse.Namespace], Coroutine[Any, Any, int]]


def add_search(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser],
    command: Run,
) -> None:
    """Add the verb to `tenon memory`."""
    text = "find earlier turns of all conversations, or code, best first"
    parser = verbs.add_parser("search", help=text, description=text)
    parser.add_argument("words", nargs="+", metavar="WORDS", help="a question, or words")
    parser.add_argument(
        *("--repo", "--repository"),
        dest="repo",
        type=Path,
        metavar="PATH",
        help="only this repository; default: all",
    )
    parser.add_argument("--session", metavar="ID", help="only this conversation")
    parser.add_argument("--limit", type=_limit, default=10, metavar="N", help="default: 10")
    parser.add_argument("--json", action="store_true", help="print JSON on standard output")
    code = parser.add_argument_group("code")
    code.add_argument("--code", action="store_true", help="find code; see tenon memory index")
    code.add_argument("--path", metavar="GLOB", help="only files below, or like: src/, *.test.ts")
    code.add_argument("--language", metavar="NAME", help="python, typescript, go, markdown …")
    code.add_argument("--kind", choices=_KINDS, help="only chunks of this kind")
    parser.set_defaults(command=command, repository=Path())


def add_index(verbs: argparse._SubParsersAction[argparse.ArgumentParser], command: Run) -> None:
    """Add the verb to `tenon memory`."""
    text = "make the code of a repository ready for search, as the server does in the background"
    parser = verbs.add_parser("index", help=text, description=text)
    parser.add_argument(
        *("--repo", "--repository"),
        dest="repository",
        type=Path,
        default=Path(),
        metavar="PATH",
        help="default: this folder",
    )
    parser.add_argument("--json", action="store_true", help="print JSON on standard output")
    parser.set_defaults(command=command)


def _limit(text: str) -> int:
    number = int(text)
    if not 1 <= number <= _MOST:
        raise argparse.ArgumentTypeError(f"must be from 1 to {_MOST}")
    return number
