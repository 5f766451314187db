"""Tenon killed while bubblewrap starts: nothing of the run stays."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from agents.tools.sandbox import Sandbox

KILLED_AS_IT_STARTS = """
import asyncio, os, signal, sys
from pathlib import Path
from agents.tools.bubblewrap import Namespace
from agents.tools.sandbox import Sandbox

def die_while_bwrap_mounts(self, bwrap):
    os.read(self._reader, 1)
    os.kill(os.getpid(), signal.SIGKILL)

Namespace.started = die_while_bwrap_mounts
folder = Path(sys.argv[1])
run = Sandbox("bubblewrap").run(
    ["/bin/sh", "-c", "sleep 60"], cwd=folder, writable=[folder], timeout=90
)
asyncio.run(run)
"""


def processes_that_name(path: Path) -> list[int]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if os.fsencode(path) in command:
            found.append(int(process.name))
    return found


@pytest.mark.usefixtures("bubblewrap")
def test_nothing_stays_when_tenon_is_killed_as_bubblewrap_starts(tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILLED_AS_IT_STARTS, str(tmp_path)]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    deadline = time.monotonic() + 10
    while (left := processes_that_name(tmp_path)) and time.monotonic() < deadline:
        time.sleep(0.05)
    for process in left:
        os.kill(process, signal.SIGKILL)
    assert not left


async def test_signal_to_its_own_process_group_stays_inside(
    bubblewrap: Sandbox, tmp_path: Path
) -> None:
    command = ["/bin/sh", "-c", "trap 'echo caught; exit 3' TERM; kill -TERM 0"]
    result = await bubblewrap.run(command, cwd=tmp_path, writable=[tmp_path], timeout=10)
    assert (result.exit_code, result.stdout) == (3, "caught\n")


async def test_program_that_does_not_exist_is_told(bubblewrap: Sandbox, tmp_path: Path) -> None:
    result = await bubblewrap.run(
        ["no-such-program"], cwd=tmp_path, writable=[tmp_path], timeout=10
    )
    assert result.exit_code != 0
    assert "no-such-program" in result.stderr
