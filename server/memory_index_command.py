"""`tenon memory index` and `tenon memory search --code`: the code of a repository."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from server.command_session import print_json

if TYPE_CHECKING:
    from memory.code_index.contract import IndexProgress, IndexReport
    from memory.long_term.contract import Hit
    from memory.manager import MemoryManager

FAILURE = 1
_SHOWN_LINES = 4


async def index(memory: MemoryManager, options: argparse.Namespace) -> int:
    """Bring the index of the repository up to its files, and print what was done."""
    from agents.errors import TeamError
    from agents.tools.git import Workspace
    from agents.tools.repository_files import GitFiles
    from memory.code_index.contract import IndexLimits
    from server import settings

    limits = IndexLimits(max_files=settings.load().values.index_max_files)
    try:
        root = (await Workspace.open(options.repository)).root
        indexer = memory.code_indexer(GitFiles(root), str(root), limits)
        report = await indexer.update(on_progress=_tell_progress)
    except TeamError as error:
        print(f"tenon: {error}", file=sys.stderr)
        return FAILURE
    if options.json:
        print_json(asdict(report))
    else:
        _show_report(report)
    return FAILURE if report.lost else 0


async def search_code(memory: MemoryManager, options: argparse.Namespace) -> int:
    """Print the chunks that answer the words best; it is no failure to find nothing."""
    from memory.long_term.contract import Filters

    query = " ".join(options.words)
    repository = str(_top_level(options.repo.resolve())) if options.repo else None
    filters = Filters(repository, options.path, options.language, options.kind)
    hits = await memory.code.search(query, options.limit, filters)
    if options.json:
        print_json({"query": query, "found": [_plain(hit) for hit in hits]})
    else:
        _show_hits(Console(highlight=False), hits)
    return 0


def _top_level(folder: Path) -> Path:
    """The checkout around a folder, as the index names it."""
    return next((each for each in (folder, *folder.parents) if (each / ".git").exists()), folder)


def _tell_progress(progress: IndexProgress) -> None:
    print(f"tenon: {progress.done} of {progress.total} files read …", file=sys.stderr)


def _show_report(report: IndexReport) -> None:
    print(
        f"{report.files} files in the index; {report.written} written ({report.chunks} chunks), "
        f"{report.removed} removed, {report.seconds:.1f} s"
    )
    if report.left_out:
        reasons = ", ".join(f"{count} {reason}" for reason, count in report.left_out.items())
        print(f"Left out: {reasons}")
    if report.lost:
        print(f"{report.lost} files could not be kept; the warning above says why.")


def _plain(hit: Hit) -> dict[str, Any]:
    return {
        **asdict(hit.chunk),
        "repository": hit.repository,
        "commit": hit.commit,
        "score": hit.score,
    }


def _show_hits(console: Console, hits: list[Hit]) -> None:
    if not hits:
        console.print("Nothing was found. Make code ready for search with: tenon memory index")
    for hit in hits:
        chunk = hit.chunk
        place = f"{chunk.path}:{chunk.start_line}"
        head = f"{place}  {chunk.kind} {chunk.symbol}  {hit.repository}"
        console.print(Text(head, style="bold"), soft_wrap=True)
        for line in chunk.text.split("\n")[:_SHOWN_LINES]:
            console.print(Text(f"  {line}"), soft_wrap=True)
