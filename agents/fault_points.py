"""Places where a test ends the process as a power cut would."""

from __future__ import annotations

import os
import signal

FAULT_POINTS = (
    "run: old branch archived",
    "run: branch noted",
    "run: old branch removed",
    "run: worktree made",
    "run: baseline run",
    "run: tests written",
    "run: tests committed",
    "run: tests noted",
    "run: code found",
    "run: code committed",
    "run: in review",
    "accept: merge built",
    "accept: merge proved",
    "accept: merge noted",
    "accept: branch moved",
    "accept: ticket merged",
    "accept: code remembered",
    "reject: decision noted",
    "reject: branch archived",
    "rebase: commits replayed",
    "rebase: commits proved",
    "rebase: commits noted",
    "rebase: branch moved",
    "rebase: ticket in review",
    "remove: worktree gone",
    "remove: branch gone",
)
"""Each boundary between two steps of what is done to a ticket, in order."""

_VARIABLE = "TENON_FAULT_POINT"


def fault_point(name: str) -> None:
    """Kill this process, without any clean-up, if the environment names this point."""
    if os.environ.get(_VARIABLE) == name:
        os.kill(os.getpid(), signal.SIGKILL)
