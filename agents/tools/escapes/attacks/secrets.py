"""Ways to what only the person may read."""

from __future__ import annotations

import ctypes
import glob
import os
import platform

from .common import LIBC, Traps, checked


def home(traps: Traps) -> str:
    with open(traps["home_secret"], encoding="utf-8") as file:
        return "read a file in the home folder" if traps["secret"] in file.read() else ""


def private(traps: Traps) -> str:
    for path in traps["private"]:
        try:
            os.close(os.open(path, os.O_RDONLY))
        except OSError:
            continue
        return f"could open {path}"
    raise OSError("none of them can be opened")


def environment(traps: Traps) -> str:
    return "a variable of Tenon's environment" if traps["secret"] in str(os.environ) else ""


def other_environments(traps: Traps) -> str:
    for path in glob.glob("/proc/[0-9]*/environ"):
        try:
            with open(path, "rb") as file:
                if traps["secret"].encode() in file.read():
                    return "read the environment of another process"
        except OSError:
            continue
    return ""


def other_memory(traps: Traps) -> str:
    with open("/proc/%d/mem" % traps["victim"], "rb"):
        return "opened the memory of another process"


def ptrace(traps: Traps) -> str:
    attach, detach = 16, 17
    LIBC.ptrace.argtypes = [ctypes.c_long] * 4
    checked(LIBC.ptrace(attach, traps["victim"], 0, 0))
    os.waitpid(traps["victim"], 0x40000000)  # __WALL
    LIBC.ptrace(detach, traps["victim"], 0, 0)
    return "attached to another process as a debugger"


def keyring(_traps: Traps) -> str:
    number = {"x86_64": 250, "aarch64": 219}[platform.machine()]
    checked(LIBC.syscall(number, 0, -3, 0))  # KEYCTL_GET_KEYRING_ID of the session
    return "the kernel's key ring of the session"


def descriptors(_traps: Traps) -> str:
    inherited = []
    for number in range(3, 1024):
        try:
            inherited.append(os.readlink("/proc/self/fd/%d" % number))
        except OSError:
            continue
    return "open files of Tenon: " + ", ".join(inherited) if inherited else ""


def other_roots(traps: Traps) -> str:
    for root in glob.glob("/proc/[0-9]*/root") + glob.glob("/proc/[0-9]*/cwd/../../../../../.."):
        try:
            with open(root + traps["home_secret"], encoding="utf-8") as file:
                if traps["secret"] in file.read():
                    return "read a file through " + root
        except OSError:
            continue
    return ""
