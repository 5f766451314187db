"""Which escapes are tried, and which sandbox is expected to hold each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agents.tools.limits import MIB

SMALL: Mapping[str, Any] = {
    "timeout": 8.0,
    "memory_bytes": 256 * MIB,
    "max_output_bytes": 100_000,
    "max_processes": 40,
    "disk_bytes": 48 * MIB,
}
"""Limits under which a bomb is small enough to be tried on anybody's machine."""


@dataclass(frozen=True)
class Escape:
    """One way out."""

    name: str
    """Of the function in `attacks/`."""
    group: str
    what: str
    """For a person: what would get out."""
    limits: bool | None = True
    """Whether limits alone are to hold it; None where that is up to the machine and its user.
    Bubblewrap is to hold every one."""
    landlock: bool | None = True
    """The same of Landlock."""
    needs: str = ""
    """Name of the trap without which there is nothing to try."""
    timeout: float = 8.0


_NETWORK = "network"
_SECRETS = "secrets"
_FILES = "files"
_KERNEL = "kernel"
_PROCESSES = "processes"
_RESOURCES = "resources"

ESCAPES: tuple[Escape, ...] = (
    Escape("tcp", _NETWORK, "a TCP server of this machine", limits=False, landlock=False),
    Escape("udp", _NETWORK, "a UDP server of this machine", limits=False, landlock=False),
    Escape("outside", _NETWORK, "the internet", limits=None, landlock=None),
    Escape("dns", _NETWORK, "the name server", limits=None, landlock=None),
    Escape("unix", _NETWORK, "a Unix socket in a folder", limits=False, landlock=False),
    Escape("abstract", _NETWORK, "an abstract Unix socket", limits=False, landlock=None),
    Escape(
        *("services", _NETWORK, "D-Bus, Docker, X11, the SSH agent"),
        limits=None,
        landlock=None,
        needs="services",
    ),
    Escape("vsock", _NETWORK, "the host of a virtual machine", limits=None, needs="vsock"),
    Escape("home", _SECRETS, "a file in the home folder", limits=False),
    Escape(
        *("private", _SECRETS, "keys and shell history (~/.ssh, ~/.aws, …)"),
        limits=None,
        needs="private",
    ),
    Escape("environment", _SECRETS, "Tenon's environment"),
    Escape("other_environments", _SECRETS, "the environment of another process", limits=False),
    Escape("other_memory", _SECRETS, "the memory of another process", limits=None),
    Escape("ptrace", _SECRETS, "another process, as its debugger", limits=None),
    Escape("other_roots", _SECRETS, "files by way of /proc", limits=False),
    Escape("descriptors", _SECRETS, "files that Tenon has open"),
    Escape("keyring", _SECRETS, "the kernel's key ring", limits=None),
    Escape("write_home", _FILES, "write to the home folder", limits=False),
    Escape("write_temporary", _FILES, "write to the machine's /tmp", limits=False),
    Escape("write_repository", _FILES, "write to the repository itself", limits=False),
    Escape("write_git", _FILES, "write to the repository's .git", limits=False),
    Escape("replace_git", _FILES, "replace the worktree's link to .git"),
    Escape("write_system", _FILES, "write to the system", limits=None),
    Escape("symbolic_link", _FILES, "write through a symbolic link", limits=False),
    Escape("left_link", _FILES, "a link that Tenon would follow later"),
    Escape("hard_link", _FILES, "a hard link to a file outside", limits=False),
    Escape("kernel_settings", _KERNEL, "settings in /proc", limits=None),
    Escape("system_devices", _KERNEL, "settings in /sys", limits=None),
    Escape("devices", _KERNEL, "disks and other devices", limits=None),
    Escape("terminal", _KERNEL, "the terminal"),
    Escape("user_namespace", _KERNEL, "the right to mount", limits=None),
    Escape("kill_other", _PROCESSES, "kill Tenon or another program", limits=False, landlock=None),
    Escape("session", _PROCESSES, "stay behind in a session of its own"),
    Escape("daemon", _PROCESSES, "stay behind by a double fork"),
    Escape("clean_daemon", _PROCESSES, "stay behind, with an empty environment"),
    Escape(
        "kill_keeper",
        _PROCESSES,
        "stay behind, with the keeper killed",
        limits=False,
        landlock=None,
    ),
    Escape("fork_bomb", _RESOURCES, "fork without end"),
    Escape("memory_bomb", _RESOURCES, "memory of one process"),
    Escape("memory_of_many", _RESOURCES, "memory of many processes"),
    Escape("memory_files", _RESOURCES, "memory in files that nobody maps"),
    Escape("temporary_files", _RESOURCES, "fill the temporary folder"),
    Escape("disk_bomb", _RESOURCES, "fill the disk"),
    Escape("hidden_disk_bomb", _RESOURCES, "fill the disk with files without a name"),
    Escape("huge_file", _RESOURCES, "a huge file"),
    Escape("endless_output", _RESOURCES, "print without end"),
    Escape("endless_loop", _RESOURCES, "loop without end, deaf to signals", timeout=1.0),
    Escape("sleep", _RESOURCES, "wait without end, with its output closed", timeout=1.0),
)
