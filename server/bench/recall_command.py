"""`tenon bench recall`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from server.bench.dialogues import Dialogue

_USAGE_ERROR = 2


def add_bench_recall(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the group `tenon bench`."""
    text = "measure how well earlier turns of conversations are found"
    parser = verbs.add_parser("recall", help=text, description=text)
    parser.add_argument(
        "--conversations",
        type=Path,
        required=True,
        metavar="FILE",
        help="conversations with questions and gold turns (docs/benchmarks.md)",
    )
    parser.add_argument(
        "--words-only", action="store_true", help="the baseline: without the embedding model"
    )
    parser.add_argument("--json", action="store_true", help="print JSON on standard output")
    parser.set_defaults(command=bench_recall, repository=Path())


async def bench_recall(options: argparse.Namespace) -> int:
    """Ask every question of the file and print recall at 5, 10 and 20."""
    from server import settings
    from server.bench.dialogues import read_dialogues
    from server.bench.recall import lines, measure
    from server.components import open_embedder

    try:
        dialogues = read_dialogues(options.conversations)
    except (OSError, ValueError) as error:
        print(f"tenon: {error}", file=sys.stderr)
        return _USAGE_ERROR
    embedder = None if options.words_only else open_embedder(settings.load().values)
    report = await measure(dialogues, embedder, lambda text: print(text, file=sys.stderr))
    figures = {"conversations": len(dialogues), **_left_out(dialogues), **report.figures()}
    if options.json:
        print(json.dumps(figures, ensure_ascii=False, indent=1))
    else:
        print("\n".join(lines(figures)))
    return 0


def _left_out(dialogues: list[Dialogue]) -> dict[str, int]:
    return {
        "unanswerable": sum(dialogue.unanswerable for dialogue in dialogues),
        "unknown_gold": sum(dialogue.unknown_gold for dialogue in dialogues),
    }
