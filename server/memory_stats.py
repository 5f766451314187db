"""`tenon memory stats`: what is stored, and what was done to it."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any

from memory.database import Size
from memory.housekeeping import Chore
from memory.manager import MemoryManager
from server.command_session import print_json

_CHORES = 5


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
