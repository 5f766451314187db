"""`tenon models probe`: measure a model on this machine."""

from __future__ import annotations

import argparse
import sys

from agents.inference import ModelError
from server import settings
from server.models.from_settings import model_settings
from server.models.probe import Probe, ProbeError

_FAILURE = 1


async def probe_model(options: argparse.Namespace) -> int:
    """Measure, and print the card as JSON if that is wanted; returns the exit code."""
    chosen = model_settings(settings.load().values)
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
    if options.json:
        print(card.model_dump_json(indent=2))
    return 0
