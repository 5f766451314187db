"""`tenon models probe`: measure a model on this machine."""

from __future__ import annotations

import argparse
import platform
import sys

from agents.inference import ModelError
from memory.errors import MemoryStoreError
from memory.medium_term.model_cards import card_id
from memory.records import ModelCard as StoredCard
from server import settings
from server.components import open_memory
from server.models.from_settings import model_settings
from server.models.model_card import ModelCard
from server.models.probe import Probe, ProbeError
from server.settings import Settings

_FAILURE = 1


async def probe_model(options: argparse.Namespace) -> int:
    """Measure, and print the card as JSON if that is wanted; returns the exit code."""
    values = settings.load().values
    chosen = model_settings(values)
    # With --json the card alone goes to standard output.
    out = sys.stderr if options.json else sys.stdout
    probe = Probe(
        chosen, options.id or chosen.model, lambda line: print(line, file=out, flush=True)
    )
    try:
        card = await probe.run(formats=not options.quick)
    except (ProbeError, ModelError, OSError) as error:
        print(f"tenon: {error}", file=sys.stderr)
        return _FAILURE
    await keep_card(values, card)
    if options.json:
        print(card.model_dump_json(indent=2))
    return 0


async def keep_card(values: Settings, card: ModelCard) -> None:
    """Add the card to the records; the one in the cache, which is worked with, is there already."""
    machine = f"{platform.node()} ({platform.machine()})"
    stored = StoredCard(
        id=card_id(machine, card.file_name, card.size_bytes, card.modified_ns),
        machine=machine,
        file_name=card.file_name,
        size_bytes=card.size_bytes,
        modified_ns=card.modified_ns,
        card=card.model_dump(mode="json"),
    )
    try:
        memory = await open_memory(values)
        try:
            await memory.model_cards.keep(stored)
        finally:
            await memory.close()
    except MemoryStoreError as error:
        print(f"tenon: the card is not in the records: {error}", file=sys.stderr)
