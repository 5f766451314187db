"""Running commands that a model wrote: bubblewrap where it works, plain limits elsewhere."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import sys
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from agents.tools import landlock
from agents.tools.bubblewrap import SETTINGS, SYSTEM, Namespace, arguments, in_own_session
from agents.tools.guard import order
from agents.tools.limits import GIB, MIB, Limits, limited
from agents.tools.supervise import MARK, SandboxResult, supervise

__all__ = ["Sandbox", "SandboxResult"]

logger = logging.getLogger(__name__)

_GET_BUBBLEWRAP = (
    "On Debian and Ubuntu `sudo apt-get install bubblewrap` installs it; it also needs "
    "unprivileged user namespaces. Reason: {reason}"
)
NO_BUBBLEWRAP = (
    "Bubblewrap does not work here, so test runs are held by Landlock: files and secrets are "
    "safe, but they could use the network and sockets of your programs. "
    "`tenon doctor --sandbox` shows what is held. " + _GET_BUBBLEWRAP
)
NOTHING = (
    "Neither bubblewrap nor Landlock works here, so test runs are held by limits on time, memory, "
    "processes and output only: they could use the network, read or write your files and reach "
    "your other programs. `tenon doctor --sandbox` shows what is held. " + _GET_BUBBLEWRAP
)

Kind = Literal["bubblewrap", "landlock", "limits"]

_DEVICES = (*(f"/dev/{name}" for name in ("null", "zero", "full", "random", "urandom", "shm")),)
_FACTS = (
    "cpuinfo",
    "filesystems",
    "loadavg",
    "meminfo",
    "self",
    "stat",
    "sys",
    "uptime",
    "version",
)
_KERNEL = (*(f"/proc/{name}" for name in _FACTS), "/sys/devices/system/cpu")
"""Not all of /proc: Landlock lets the environment of other processes be read there."""
_PACKAGES = Path(__file__).parents[2]
"""Where `agents` is imported from."""
_ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}


@dataclass(frozen=True)
class Sandbox:
    """A place to run commands in.

    ``bubblewrap``: no network, an empty home and temporary folder, the system read-only, no
    sight of other processes. ``landlock``: only the files that are named, and no hand on other
    processes. ``limits``: time, memory, processes and output alone.
    """

    kind: Kind
    warning: str = ""
    """For a person, if confinement is weaker than it could be."""
    turns: asyncio.Semaphore | None = None
    """Held by each run, where runs take turns."""

    @classmethod
    async def probe(cls) -> Sandbox:
        """The strongest sandbox that works on this machine, found by running it."""
        reason = "the program bwrap is not installed"
        if shutil.which("bwrap"):
            reason = await cls("bubblewrap").problem()
            if not reason:
                return cls("bubblewrap")
        confined = not await cls("landlock").problem()
        warning = (NO_BUBBLEWRAP if confined else NOTHING).format(reason=reason[-300:])
        logger.warning(warning)
        return cls("landlock" if confined else "limits", warning)

    async def problem(self) -> str:
        """Why this kind of sandbox does not work here; empty if it does."""
        if self.kind == "landlock" and landlock.version() < landlock.OLDEST:
            return "the kernel has no Landlock, or an old one"
        with tempfile.TemporaryDirectory(prefix="tenon-probe-") as scratch:
            result = await self.run(
                ["/bin/sh", "-c", "echo works"],
                cwd=Path(scratch),
                writable=[Path(scratch)],
                timeout=10,
            )
        if result.exit_code == 0 and result.stdout == "works\n":
            return ""
        return result.stderr.strip() or f"{self.kind} ended with {result.exit_code}"

    async def run(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,
        writable: Sequence[Path],
        readable: Sequence[Path] = (),
        env: dict[str, str] | None = None,
        timeout: float,
        memory_bytes: int = 2 * GIB,
        max_output_bytes: int = MIB,
        max_processes: int = 64,
        limit_address_space: bool = True,
        disk_bytes: int = GIB,
    ) -> SandboxResult:
        """Run `argv` in `cwd` with nothing of Tenon's environment but `env`.

        `writable` and `readable` are folders or files; where one lies in another the inner
        rule holds, and ``.git`` in a writable folder is never writable. All processes are
        gone when this returns or is cancelled, and when the process that asked is killed.
        Raises OSError if the program cannot start.
        """
        limits = Limits(
            timeout,
            memory_bytes,
            max_output_bytes,
            max_processes,
            address_space=limit_address_space,
            disk_bytes=disk_bytes,
        )
        environment = {**_ENVIRONMENT, "HOME": str(Path.home()), "TMPDIR": "/tmp", **(env or {})}  # noqa: S108 - its own
        async with self.turns or nullcontext():
            if self.kind == "bubblewrap":
                return await _in_bubblewrap(
                    list(argv), cwd, writable, readable, environment, limits
                )
            confined = readable if self.kind == "landlock" else None
            with _git_links_restored(writable):
                return await _guarded(list(argv), cwd, writable, confined, environment, limits)


async def _in_bubblewrap(
    argv: list[str],
    cwd: Path,
    writable: Sequence[Path],
    readable: Sequence[Path],
    env: dict[str, str],
    limits: Limits,
) -> SandboxResult:
    with Namespace.open() as namespace:
        command = [
            *arguments(cwd, writable, readable, limits),
            *namespace.arguments,
            "--",
            *in_own_session(limited(argv, limits, own_user_namespace=True)),
        ]
        return await supervise(
            namespace.kept(command),
            cwd=Path("/"),
            env=env,
            limits=limits,
            writable=writable,
            namespace=namespace,
        )


async def _guarded(
    argv: list[str],
    cwd: Path,
    writable: Sequence[Path],
    readable: Sequence[Path] | None,
    env: dict[str, str],
    limits: Limits,
) -> SandboxResult:
    """Under a guard; with `readable` confined to that and to what is `writable`."""
    with tempfile.TemporaryDirectory(prefix="tenon-run-", ignore_cleanup_errors=True) as home:
        mark = uuid.uuid4().hex
        env = {**env, "HOME": home, "TMPDIR": home, MARK: mark}
        files = None
        if readable is not None:
            files = {
                "writable": [*map(str, writable), home, *_DEVICES],
                "readable": [*map(str, readable), *SYSTEM, *SETTINGS, *_KERNEL],
            }
        return await supervise(
            [sys.executable, "-P", "-S", "-m", "agents.tools.guard"],
            cwd=cwd,
            env={"PATH": os.defpath, "PYTHONPATH": str(_PACKAGES)},
            limits=limits,
            writable=[*writable, Path(home)],
            order=order(limited(argv, limits, own_user_namespace=False), env, files),
            mark=mark,
        )


@contextmanager
def _git_links_restored(folders: Sequence[Path]) -> Iterator[None]:
    """Put the ``.git`` files of worktrees back: another would tell Git what to run."""
    links = [link for folder in folders if (link := folder / ".git").is_file()]
    before = {link: link.read_bytes() for link in links}
    try:
        yield
    finally:
        for link, content in before.items():
            if link.is_symlink() or not link.is_file() or link.read_bytes() != content:
                _remove(link)
                link.write_bytes(content)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
