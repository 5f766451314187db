"""`tenon memory stats|sessions|runs|cards`: what is stored."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any

from memory.database import Size
from memory.housekeeping import Chore
from memory.manager import MemoryManager
from server.command_session import print_json

_CHORES = 5
_RUNS = 50


async def stats(memory: MemoryManager, options: argparse.Namespace) -> int:
    """Print counts and bytes by tier and collection, and the latest chores."""
    tiers = await memory.housekeeping.sizes()
    chores = await memory.housekeeping.recent(_CHORES)
    if options.json:
        print_json(_as_json(memory, tiers, chores))
        return 0
    print(f"records: {memory.place}")
    for tier, sizes in tiers.items():
        for name, size in sizes.items():
            print(f"{tier:<12} {name:<16} {size.records:>9} {in_words(size.bytes):>12}")
    for chore in chores:
        print(f"{chore.at[:19]}  {chore.kind}: {chore.text}")
    return 0


async def sessions(memory: MemoryManager, options: argparse.Namespace) -> int:
    """Print the conversations about a repository, the latest first."""
    where = {"repository": str(options.repository)}
    found = await memory.sessions.find(where, [("updated_at", -1)])
    if options.json:
        print_json([session.model_dump(mode="json") for session in found])
        return 0
    for session in found:
        print(f"{session.id}  {session.created_at:%Y-%m-%d %H:%M}  {session.title}")
    if not found:
        print(f"There are no conversations about {options.repository}.")
    return 0


async def runs(memory: MemoryManager, options: argparse.Namespace) -> int:
    """Print the runs of a ticket, or the newest ones of the repository, oldest first."""
    if options.ticket:
        found = await memory.runs.of_ticket(options.ticket)
    else:
        found = await memory.runs.recent(str(options.repository), _RUNS)
    if options.json:
        print_json([run.model_dump(mode="json") for run in found])
        return 0
    for run in found:
        evidence = run.evidence
        effort = f"{evidence.candidates_run:>4} candidates {evidence.minutes:>6.1f} min"
        when = f"{run.created_at:%Y-%m-%d %H:%M}"
        print(f"{run.ticket_id}  {when}  {run.outcome:<11} {effort}  {run.title}")
    if not found:
        print("No runs are stored. They are kept since this version of Tenon.")
    return 0


async def cards(memory: MemoryManager, options: argparse.Namespace) -> int:
    """Print what was measured of models, by machine."""
    found = await memory.model_cards.all_machines()
    if options.json:
        print_json([card.model_dump(mode="json") for card in found])
        return 0
    for card in found:
        when = f"{card.updated_at:%Y-%m-%d %H:%M}"
        print(f"{card.machine}  {card.file_name}  {when}  {_measured(card.card)}")
    if not found:
        print("No model was measured yet. Measure one with: tenon models probe")
    return 0


def _measured(card: Mapping[str, Any]) -> str:
    """The best speeds and the coding tasks of a card, as far as it has them."""
    speeds = (card.get("speeds") or {}).values()
    best = max((max(speed["decode"].values()) for speed in speeds), default=None)
    ability = card.get("ability") or {}
    parts = [] if best is None else [f"{best:.1f} tokens/s"]
    if ability:
        parts.append(f"{ability['solved']} of {ability['coding_tasks']} tasks")
    return ", ".join(parts)


def _as_json(
    memory: MemoryManager, tiers: Mapping[str, Mapping[str, Size]], chores: list[Chore]
) -> dict[str, Any]:
    return {
        "place": memory.place,
        "tiers": {
            tier: {name: vars(size) for name, size in sizes.items()}
            for tier, sizes in tiers.items()
        },
        "chores": [vars(chore) for chore in chores],
    }


def in_words(count: int) -> str:
    """Bytes for a person: 512 B, 1.2 MiB."""
    if count < 1024:
        return f"{count} B"
    value, units = count / 1024, ["KiB", "MiB", "GiB"]
    while value >= 1024 and len(units) > 1:
        value, units = value / 1024, units[1:]
    return f"{value:.1f} {units[0]}"
