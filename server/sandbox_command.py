"""`tenon doctor --sandbox`: escapes tried on this machine, with and without bubblewrap."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from rich.console import Console
from rich.text import Text

from agents.tools.escapes import ESCAPES, Trial, try_escapes
from agents.tools.sandbox import Sandbox
from server.command_session import FAILURE, print_json

_WORDS = {True: "contained", False: "NOT CONTAINED", None: "not tried"}
_STYLES = {True: "green", False: "red", None: "dim"}


async def prove_sandbox(options: argparse.Namespace) -> int:
    """Try every escape; it fails if something gets out that Tenon says is held."""
    strongest = await Sandbox.probe()
    kinds = await _working(strongest)
    trials: list[Trial] = []
    console = Console(stderr=options.json, highlight=False)
    with console.status("trying to get out …") as status:
        for sandbox in kinds:
            async for trial in try_escapes(sandbox, ESCAPES):
                status.update(f"trying to get out ({sandbox.kind}): {trial.escape.what}")
                trials.append(trial)
    failed = [trial for trial in trials if not trial.as_expected]
    if options.json:
        print_json({"used": strongest.kind, "trials": [_plain(trial) for trial in trials]})
    else:
        _show(console, strongest, trials)
    for trial in failed:
        says = "contained" if trial.contained is False else "not contained"
        words = f"{trial.escape.what}: it should be {says} by {trial.sandbox} ({trial.detail})"
        print(f"tenon: {words}", file=sys.stderr)
    return FAILURE if failed else 0


async def _working(strongest: Sandbox) -> list[Sandbox]:
    """Every kind of sandbox that works here, the strongest first."""
    weaker = [Sandbox("landlock")] if strongest.kind == "bubblewrap" else []
    weaker += [Sandbox("limits")] if strongest.kind != "limits" else []
    return [strongest, *[s for s in weaker if not await s.problem()]]


def _plain(trial: Trial) -> dict[str, Any]:
    return {
        "name": trial.escape.name,
        "group": trial.escape.group,
        "what": trial.escape.what,
        "sandbox": trial.sandbox,
        "contained": trial.contained,
        "expected": trial.as_expected,
        "detail": trial.detail,
    }


def _show(console: Console, used: Sandbox, trials: list[Trial]) -> None:
    found = {(trial.escape.name, trial.sandbox): trial for trial in trials}
    kinds = list(dict.fromkeys(trial.sandbox for trial in trials))
    _row(console, "", "what code in the sandbox tries to reach or do", [Text(k) for k in kinds])
    group = ""
    for escape in ESCAPES:
        cells = [_cell(found[escape.name, kind]) for kind in kinds]
        _row(console, escape.group if escape.group != group else "", escape.what, cells)
        group = escape.group
    console.print(f"\nTests run here with: {used.kind}. {used.warning}", soft_wrap=True)


def _row(console: Console, group: str, what: str, cells: list[Text]) -> None:
    line = Text(f"{group:<10} {what:<46}")
    for cell in cells:
        cell.pad_right(max(0, 15 - len(cell)))
        line.append(cell)
    line.rstrip()
    console.print(line, soft_wrap=True)


def _cell(trial: Trial) -> Text:
    return Text(_WORDS[trial.contained], style=_STYLES[trial.contained])
