"""Ways to other processes, and to outlive the run."""

from __future__ import annotations

import fcntl
import os
import signal
import sys
import time
from typing import Callable

from . import START
from .common import LINGER, Traps

ABOVE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def kill_other(traps: Traps) -> str:
    os.kill(traps["victim"], signal.SIGKILL)
    return "killed another process"


def linger(_traps: Traps) -> str:
    """Stay, holding the lock by which this is seen, until told to go."""
    lock = os.open("alive.lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_SH)
    with open("lingers", "w", encoding="utf-8"):
        pass
    for name in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(name, signal.SIG_IGN)
    for number in (0, 1, 2):
        os.dup2(os.open(os.devnull, os.O_RDWR), number)
    end = time.monotonic() + LINGER
    while time.monotonic() < end and not os.path.exists("go"):
        time.sleep(0.02)
    os._exit(0)


def linger_anew(_traps: Traps) -> str:
    """The same in a program of its own, with nothing in its environment."""
    os.execve(sys.executable, [sys.executable, "-I", "-S", "-c", START, ABOVE, "linger", "{}"], {})  # noqa: S606


def leave(stay: Callable[[Traps], str], forks: int) -> str:
    """Leave a process behind that has left the session."""
    child = os.fork()
    if child:
        if forks == 1:
            while not os.path.exists("lingers"):
                time.sleep(0.01)
        else:
            os.waitpid(child, 0)
        return ""
    os.setsid()
    if forks > 1:
        leave(stay, forks - 1)
        os._exit(0)
    stay({})
    return ""


def session(_traps: Traps) -> str:
    return leave(linger, 1)


def daemon(_traps: Traps) -> str:
    return leave(linger, 2)


def clean_daemon(_traps: Traps) -> str:
    return leave(linger_anew, 2)


def kill_keeper(_traps: Traps) -> str:
    leave(linger_anew, 2)
    try:
        os.kill(os.getppid(), signal.SIGKILL)
    except OSError:
        pass
    return ""
