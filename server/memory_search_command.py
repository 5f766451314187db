"""`tenon memory search`: earlier turns of all conversations, best first."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from server.command_session import print_json

if TYPE_CHECKING:
    from memory.conversations.found import FoundTurn
    from memory.manager import MemoryManager

USAGE_ERROR = 2


async def search(memory: MemoryManager, options: argparse.Namespace) -> int:
    """Print what is found; it is no failure to find nothing."""
    query = " ".join(options.words)
    if not query.strip():
        print('tenon: Say what to look for: tenon memory search "words"', file=sys.stderr)
        return USAGE_ERROR
    repository = str(options.repo.resolve()) if options.repo else None
    where: dict[str, Any] = {"repository": repository, "session_id": options.session}
    await memory.search_conversations(query, 1, **where)  # brings the index up to date
    await memory.turns.catch_up(on_progress=_tell_progress)
    found = await memory.search_conversations(query, options.limit, **where)
    if options.json:
        print_json({"query": query, "found": [_plain(item, query) for item in found]})
    else:
        _show(Console(highlight=False), found, query)
    return 0


def _tell_progress(done: int) -> None:
    print(f"tenon: {done} passages made ready for search …", file=sys.stderr)


def _plain(item: FoundTurn, query: str) -> dict[str, Any]:
    from memory.conversations.found import excerpt

    turn = item.turn
    return {
        "turn": turn.id,
        "session": turn.session_id,
        "title": item.session.title if item.session else "",
        "repository": item.repository,
        "time": turn.created_at.isoformat(timespec="milliseconds"),
        "role": turn.role,
        "agent": turn.agent,
        "excerpt": excerpt(turn.text, query),
        "text": turn.text,
        "score": item.score,
    }


def _show(console: Console, found: list[FoundTurn], query: str) -> None:
    from memory.conversations.found import excerpt
    from memory.conversations.passages import speaker_of

    if not found:
        console.print("Nothing was found.")
    for item in found:
        said = item.turn.created_at.astimezone().strftime("%Y-%m-%d %H:%M")
        title = item.session.title if item.session else ""
        head = f"{said}  {speaker_of(item.turn)}  in {item.turn.session_id}  {title}".rstrip()
        console.print(Text(head, style="bold"), soft_wrap=True)
        console.print(Text(f"  {excerpt(item.turn.text, query)}"), soft_wrap=True)
