"""Keeps a command where no bubblewrap does: nothing that it starts outlives it, or Tenon.

Started as ``python -m agents.tools.guard``. It reads one line of JSON (`Order`) and runs that
command as its child. When the command ends, or its own standard input does (which the system
closes with the process that holds the other end, however that ended), it kills everything that
is left and ends with the command's exit code. Orphans become its children (PR_SET_CHILD_SUBREAPER,
Linux), so that no double fork, session or emptied environment hides them.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import suppress

from agents.tools.landlock import restrict
from agents.tools.process_tree import kill_below
from agents.tools.seccomp import refuse_calls

_SUBREAPER = 36
_CANNOT_START = 127


Files = dict[str, list[str]]
"""``writable`` and ``readable`` paths."""


def order(argv: list[str], env: dict[str, str], files: Files | None) -> bytes:
    """What a guard is told to run, and to which files it is to confine that by Landlock."""
    return json.dumps({"argv": argv, "env": env, "files": files}).encode() + b"\n"


def main() -> int:
    """Run the command that standard input names; returns its exit code as a shell would."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    command = json.loads(_line())
    child = _start(command["argv"], command["env"], command["files"])
    status = _wait(child)
    _kill_all(child)
    if status is None:
        return 128 + signal.SIGKILL
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


def _line() -> bytes:
    """One line, and not a byte more, so that `select` sees what follows."""
    line = b""
    while not line.endswith(b"\n"):
        byte = os.read(0, 1)
        if not byte:
            sys.exit(0)
        line += byte
    return line


def _start(argv: list[str], env: dict[str, str], files: Files | None) -> int:
    child = os.fork()
    if child:
        return child
    for ignored in (signal.SIGPIPE, signal.SIGXFSZ):  # by Python, for itself
        signal.signal(ignored, signal.SIG_DFL)
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        if sys.platform == "linux":
            if files is not None:
                restrict(**files)
            refuse_calls()
        os.execvpe(argv[0], argv, env)  # noqa: S606 - no shell is what is wanted
    except OSError as error:
        os.write(2, f"{argv[0]} cannot be started: {error.strerror}\n".encode())
    os._exit(_CANNOT_START)


def _wait(child: int) -> int | None:
    """The status of `child` when it ends; None if standard input ends before."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    while True:
        for ended, status in _reaped():
            if ended == child:
                return status
        if 0 in select.select([0, reader], [], [])[0]:
            return None
        os.read(reader, 4096)


def _reaped() -> Iterator[tuple[int, int]]:
    """The children that have ended, with their status; none if there is no child at all."""
    with suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            yield ended


def _kill_all(child: int) -> None:
    """Kill what is below this process until it has no child left."""
    with suppress(ChildProcessError):
        while True:
            kill_below(os.getpid())
            with suppress(ProcessLookupError):  # where there is no /proc, only this one is known
                os.kill(child, signal.SIGKILL)
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
            time.sleep(0.005)


if __name__ == "__main__":
    sys.exit(main())
