"""One attempt: its name and the traps in JSON -> what came of it, in lines of JSON."""

from __future__ import annotations

import json

from . import bombs, files, network, processes, secrets

MODULES = (network, secrets, files, processes, bombs)


def main(name: str, traps: str) -> None:
    """Try one attempt and say on standard output what came of it."""
    print(json.dumps({"begun": name}), flush=True)
    attempt = next(getattr(module, name) for module in MODULES if hasattr(module, name))
    try:
        told = {"got": attempt(json.loads(traps))}
    except OSError as error:
        told = {"refused": error.strerror or str(error)}
    print(json.dumps(told), flush=True)
