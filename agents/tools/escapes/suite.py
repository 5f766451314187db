"""Trying the escapes in a sandbox, and saying what came of each."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agents.tools.escapes.attacks import START
from agents.tools.escapes.catalog import ESCAPES, SMALL, Escape
from agents.tools.escapes.traps import Traps, set_traps
from agents.tools.interpreter import installation
from agents.tools.sandbox import Sandbox, SandboxResult

_FOLDER = Path(__file__).parent
_ARRIVAL = 0.05
"""Seconds in which what was sent arrives."""


@dataclass(frozen=True)
class Trial:
    """What came of one escape in one kind of sandbox."""

    escape: Escape
    sandbox: str
    contained: bool | None
    """None: it was not tried."""
    detail: str
    """What got out, what held it, or why it was not tried."""

    @property
    def as_expected(self) -> bool:
        """Whether it is what Tenon tells people to expect of this kind of sandbox."""
        expected = {
            "bubblewrap": True,
            "landlock": self.escape.landlock,
            "limits": self.escape.limits,
        }[self.sandbox]
        return self.contained is None or expected is None or self.contained == expected


async def try_escapes(
    sandbox: Sandbox, escapes: Sequence[Escape] = ESCAPES
) -> AsyncGenerator[Trial, None]:
    """Try each of `escapes` by itself; raises OSError if the home folder cannot be written.

    Harmless whatever comes of it: what is attacked are traps made for the purpose.
    """
    for escape in escapes:
        async with set_traps() as traps:
            told = traps.told()
            if escape.needs and not told[escape.needs]:
                yield Trial(escape, sandbox.kind, None, "there is none here")
                continue
            result = await _attack(sandbox, escape, traps, told)
            await asyncio.sleep(_ARRIVAL if escape.group == "network" else 0)
            yield _verdict(sandbox, escape, traps, result)


async def _attack(
    sandbox: Sandbox, escape: Escape, traps: Traps, told: dict[str, Any]
) -> SandboxResult:
    python = Path(sys.executable)
    return await sandbox.run(
        [
            *(str(python), "-I", "-S", "-c", START),
            str(_FOLDER),
            escape.name,
            json.dumps(told),
        ],
        cwd=traps.worktree,
        writable=[traps.worktree],
        readable=[_FOLDER, *await asyncio.to_thread(installation, python)],
        **{**SMALL, "timeout": escape.timeout},
    )


def _verdict(sandbox: Sandbox, escape: Escape, traps: Traps, result: SandboxResult) -> Trial:
    said = _said(result)
    out = traps.sprung() or said.get("got", "")
    if out:
        return Trial(escape, sandbox.kind, False, out)
    if result.stopped_for:
        return Trial(escape, sandbox.kind, True, f"stopped: {result.stopped_for}")
    if "begun" not in said:
        words = result.stderr.strip()[-200:] or f"exit code {result.exit_code}"
        return Trial(escape, sandbox.kind, None, f"it could not be tried: {words}")
    return Trial(escape, sandbox.kind, True, said.get("refused", "nothing got out"))


def _said(result: SandboxResult) -> dict[str, str]:
    said: dict[str, str] = {}
    for line in result.stdout.splitlines():
        with suppress(ValueError):
            said.update(json.loads(line))
    return said
