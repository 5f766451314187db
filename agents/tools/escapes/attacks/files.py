"""Ways to write what is not the worktree."""

from __future__ import annotations

import glob
import os
from typing import Any

from .common import LIBC, Traps, checked

NEW_USER_NAMESPACE, NEW_MOUNTS = 0x10000000, 0x20000


def write(path: str, traps: Traps) -> str:
    with open(path, "w", encoding="utf-8") as file:
        file.write(traps["secret"])
    return ""


def write_home(traps: Traps) -> str:
    return write(traps["home_target"], traps)


def write_temporary(traps: Traps) -> str:
    return write(traps["temporary_target"], traps)


def write_repository(traps: Traps) -> str:
    return write(traps["repository_target"], traps)


def write_git(traps: Traps) -> str:
    return write(traps["git_target"], traps)


def replace_git(traps: Traps) -> str:
    spare = "spare"
    write(spare, traps)
    os.replace(spare, ".git")
    return ""


def unnamed(folder: str) -> str:
    os.close(os.open(folder, os.O_TMPFILE | os.O_WRONLY, 0o600))  # leaves nothing
    return "could write to " + folder


def write_system(_traps: Traps) -> str:
    refusals = []
    for folder in ("/usr", "/etc", "/bin", "/"):
        try:
            return unnamed(folder)
        except OSError as error:
            refusals.append(error)
    raise refusals[0]


def symbolic_link(traps: Traps) -> str:
    os.symlink(os.path.dirname(traps["linked_target"]), "way-out")
    return write("way-out/" + os.path.basename(traps["linked_target"]), traps)


def left_link(traps: Traps) -> str:
    os.symlink(traps["outside"], "left-link")
    return ""


def hard_link(traps: Traps) -> str:
    os.link(traps["home_secret"], "hard-link")
    return "made a hard link to a file in the home folder"


def opened_for_writing(paths: Any) -> str:
    refusals = []
    for path in paths:
        try:
            os.close(os.open(path, os.O_WRONLY))
        except OSError as error:
            refusals.append(error)
            continue
        return f"could write to {path}"
    raise refusals[0]


def kernel_settings(_traps: Traps) -> str:
    names = (
        "sys/kernel/core_pattern",
        "sys/vm/overcommit_memory",
        "sysrq-trigger",
        "self/../kcore",
    )
    return opened_for_writing(["/proc/" + name for name in names])


def system_devices(_traps: Traps) -> str:
    groups = glob.glob("/sys/fs/cgroup/**/cgroup.procs", recursive=True)[:20]
    return opened_for_writing(["/sys/kernel/uevent_helper", "/sys/power/state", *groups])


def devices(_traps: Traps) -> str:
    kinds = ("mem", "kmem", "sd*", "vd*", "nvme*", "dm-*", "kvm", "fuse", "uinput", "dri/*")
    found = [path for kind in kinds for path in sorted(glob.glob("/dev/" + kind))]
    return opened_for_writing(found or ["/dev/mem"])


def terminal(_traps: Traps) -> str:
    return opened_for_writing(["/dev/tty"])


def user_namespace(_traps: Traps) -> str:
    checked(LIBC.unshare(NEW_USER_NAMESPACE | NEW_MOUNTS))
    return "a user namespace of its own, with the right to mount"
