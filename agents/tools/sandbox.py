"""Running commands that a model wrote: bubblewrap where it works, plain limits elsewhere."""

from __future__ import annotations

import asyncio
import logging
import shutil
import tempfile
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from agents.tools.guard import guarded
from agents.tools.limits import GIB, MIB, Limits, limited
from agents.tools.supervise import MARK, SandboxResult, supervise

__all__ = ["Sandbox", "SandboxResult"]

logger = logging.getLogger(__name__)

NO_BUBBLEWRAP = (
    "Bubblewrap does not work here, so test runs are held by limits on time, memory, processes "
    "and output only: they could use the network and read or write your files. "
    "On Debian and Ubuntu `sudo apt-get install bubblewrap` installs it; it also needs "
    "unprivileged user namespaces. Reason: {reason}"
)

_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_SETTINGS = (
    "/etc/alternatives",
    "/etc/group",
    "/etc/hosts",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/localtime",
    "/etc/mime.types",
    "/etc/nsswitch.conf",
    "/etc/passwd",
    "/etc/ssl/certs",
)
_ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}


@dataclass(frozen=True)
class Sandbox:
    """A place to run commands in.

    ``bubblewrap``: no network, an empty home and temporary folder, the system read-only, no
    sight of other processes. ``limits``: time, memory, processes and output alone.
    """

    kind: Literal["bubblewrap", "limits"]
    warning: str = ""
    """For a person, if confinement is weaker than it could be."""
    turns: asyncio.Semaphore | None = None
    """Held by each run, where runs take turns."""

    @classmethod
    async def probe(cls) -> Sandbox:
        """The strongest sandbox that works on this machine, found by running it."""
        sandbox = cls("bubblewrap")
        reason = "the program bwrap is not installed"
        if shutil.which("bwrap"):
            with tempfile.TemporaryDirectory(prefix="tenon-probe-") as scratch:
                result = await sandbox.run(
                    ["/bin/sh", "-c", "echo works"],
                    cwd=Path(scratch),
                    writable=[Path(scratch)],
                    timeout=10,
                )
            if result.exit_code == 0 and result.stdout == "works\n":
                return sandbox
            reason = result.stderr.strip() or f"bwrap ended with {result.exit_code}"
        warning = NO_BUBBLEWRAP.format(reason=reason[-300:])
        logger.warning(warning)
        return cls("limits", warning)

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
        )
        environment = {**_ENVIRONMENT, "HOME": str(Path.home()), "TMPDIR": "/tmp", **(env or {})}  # noqa: S108 - its own
        if self.kind == "bubblewrap":
            command = limited(list(argv), limits, own_user_namespace=True)
            wrapped = [*_bubblewrap(cwd, writable, readable, limits), "--", *command]
            async with self.turns or nullcontext():
                return await supervise(wrapped, cwd=Path("/"), env=environment, limits=limits)
        with tempfile.TemporaryDirectory(prefix="tenon-run-", ignore_cleanup_errors=True) as home:
            mark = uuid.uuid4().hex
            environment.update({"HOME": home, "TMPDIR": home, MARK: mark})
            command = limited(list(argv), limits, own_user_namespace=False)
            async with self.turns or nullcontext(), guarded(f"{MARK}={mark}"):
                return await supervise(command, cwd=cwd, env=environment, limits=limits, mark=mark)


def _bubblewrap(
    cwd: Path, writable: Sequence[Path], readable: Sequence[Path], limits: Limits
) -> list[str]:
    """The bwrap command up to the command that it runs."""
    empty = ["--size", str(limits.file_bytes), "--tmpfs"]
    return [
        shutil.which("bwrap") or "bwrap",
        *("--unshare-all", "--die-with-parent", "--new-session"),
        *("--cap-drop", "ALL"),
        *_each("--ro-bind-try", (*_SYSTEM, *_SETTINGS)),
        *("--proc", "/proc", "--dev", "/dev"),
        *empty,
        "/dev/shm",  # noqa: S108 - a mount point inside the sandbox
        *empty,
        "/tmp",  # noqa: S108 - a mount point inside the sandbox
        *_home(empty),
        *_binds(writable, readable),
        # Root could change the kernel's settings through a writable /proc/sys.
        *("--remount-ro", "/proc", "--remount-ro", "/dev", "--remount-ro", "/"),
        *("--chdir", str(cwd)),
    ]


def _home(empty: list[str]) -> list[str]:
    home = Path.home()
    return [*empty, str(home)] if home.is_dir() and home != Path("/") else []


def _each(option: str, paths: Iterable[str]) -> Iterator[str]:
    for path in paths:
        yield from (option, path, path)


def _binds(writable: Sequence[Path], readable: Sequence[Path]) -> Iterator[str]:
    """Binds from the outside in, so that the rule for an inner path comes last."""
    protected = [path / ".git" for path in writable if (path / ".git").exists()]
    rules = dict.fromkeys(writable, "--bind") | dict.fromkeys([*readable, *protected], "--ro-bind")
    for path in sorted(rules, key=lambda path: len(path.parts)):
        yield from (rules[path], str(path), str(path))
