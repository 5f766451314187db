"""Ends what a killed server leaves running where no bubblewrap does it.

Started as ``python -m agents.tools.guard MARK``. It waits for the end of its standard input,
which the system closes with the process that started it, however that ended; then it kills
every process that carries the mark in its environment.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

from agents.tools.process_tree import kill_marked


@asynccontextmanager
async def guarded(mark: str) -> AsyncGenerator[None, None]:
    """Have the processes with `mark` killed if this process ends within the block."""
    guard = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "agents.tools.guard", mark),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,  # it has to outlive whoever kills the group
    )
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            guard.kill()
        await asyncio.shield(guard.wait())


if __name__ == "__main__":
    sys.stdin.buffer.read()
    kill_marked(sys.argv[1])
