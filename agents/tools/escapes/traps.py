"""What lies outside the sandbox and notices when something gets there."""

from __future__ import annotations

import asyncio
import fcntl
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agents.tools.confine import ForbiddenPathError, confined

_VARIABLE = "TENON_ESCAPE_TRAP"
_PRIVATE = (
    *(".ssh", ".aws", ".gnupg", ".kube", ".docker/config.json", ".netrc", ".git-credentials"),
    *(".bash_history", ".zsh_history", ".python_history", ".npmrc", ".pypirc", ".config"),
)
_SERVICES = ("/run/docker.sock", "/run/dbus/system_bus_socket", "/tmp/.X11-unix/X0")  # noqa: S108


@dataclass
class Traps:
    """The traps of one attempt."""

    secret: str
    """Written, sent or read by whoever gets out."""
    worktree: Path
    """The folder that the sandbox may write to: a worktree as Git makes them."""
    outside: Path
    """A folder of the machine's temporary folder that it may not."""
    home: Path
    """A folder of this suite in the home folder."""
    victim: subprocess.Popen[bytes]
    ports: dict[str, Any]
    """The servers' addresses."""
    arrived: list[bytes] = field(default_factory=list)
    """What the servers were sent."""

    def told(self) -> dict[str, Any]:
        """What the attempts get to know."""
        return {
            "secret": self.secret,
            "outside": str(self.outside),
            "home_secret": str(self.home / "secret"),
            "victim": self.victim.pid,
            "services": [path for path in (*_SERVICES, *_own_services()) if Path(path).exists()],
            "private": [str(p) for name in _PRIVATE if (p := Path.home() / name).exists()],
            "vsock": _has_vsock(),
            **self.ports,
            **{name: str(path) for name, path in self._targets().items()},
        }

    def _targets(self) -> dict[str, Path]:
        return {
            "home_target": self.home / "written",
            "temporary_target": self.outside / "written",
            "linked_target": self.outside / "linked",
            "repository_target": self.outside / "repository" / "code.py",
            "git_target": self.outside / "repository" / ".git" / "config",
        }

    def sprung(self) -> str:
        """What got out, in words; empty if nothing did."""
        if self.secret.encode() in b"".join(self.arrived):
            return "the secret arrived"
        for path in self._targets().values():
            if path.exists() and self.secret in path.read_text(errors="replace"):
                return f"wrote to {path}"
        if self.victim.poll() is not None:
            return "another process was killed"
        if self.secret in (self.worktree / ".git").read_text(errors="replace"):
            return "replaced the worktree's link to .git"
        return self._followed() or self._alive()

    def _followed(self) -> str:
        """Whether Tenon itself would follow a link that was left in the worktree."""
        with suppress(ForbiddenPathError):
            if (self.worktree / "left-link").is_symlink():
                return f"Tenon would follow a link to {confined(self.worktree, 'left-link/x')}"
        return ""

    def _alive(self) -> str:
        """Whether a process that stayed behind still holds its lock."""
        lock = self.worktree / "alive.lock"
        if not lock.exists():
            return ""
        with lock.open("r+b") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return "a process stayed behind"
        return ""


@asynccontextmanager
async def set_traps() -> AsyncGenerator[Traps, None]:
    """Fresh traps, gone at the end with all that fell into them.

    Raises OSError if the home folder cannot be written.
    """
    secret = secrets.token_hex(16)
    with _folder(Path.home(), ".") as home, _folder(None, "") as outside, _variable(secret):
        (home / "secret").write_text(secret)
        worktree = _repository(outside)
        arrived: list[bytes] = []
        victim = _victim(secret)
        try:
            async with _servers(outside, secret, arrived) as ports:
                yield Traps(secret, worktree, outside, home, victim, ports, arrived)
        finally:
            (worktree / "go").touch()
            victim.kill()
            victim.communicate()


def _victim(secret: str) -> subprocess.Popen[bytes]:
    """A process of the same person, with the secret in its environment."""
    code = "import sys; sys.stdin.read()"
    return subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", code],
        stdin=subprocess.PIPE,
        env={_VARIABLE: secret},
    )


def _repository(outside: Path) -> Path:
    """A repository and a worktree of it, as far as an escape sees them."""
    git = outside / "repository" / ".git"
    git.mkdir(parents=True)
    (git / "config").write_text("[core]\n")
    (outside / "repository" / "code.py").write_text("\n")
    worktree = outside / "worktree"
    worktree.mkdir()
    (worktree / ".git").write_text(f"gitdir: {git}\n")
    return worktree


@contextmanager
def _folder(parent: Path | None, dot: str) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=f"{dot}tenon-trap-", dir=parent)).resolve()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _variable(secret: str) -> Iterator[None]:
    os.environ[_VARIABLE] = secret
    try:
        yield
    finally:
        del os.environ[_VARIABLE]


@asynccontextmanager
async def _servers(
    folder: Path, secret: str, arrived: list[bytes]
) -> AsyncGenerator[dict[str, Any], None]:
    """Servers that note what they are sent."""

    async def note(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        arrived.append(await reader.read(1000))
        writer.close()

    class Datagrams(asyncio.DatagramProtocol):
        def datagram_received(self, data: bytes, addr: Any) -> None:
            arrived.append(data)

    loop = asyncio.get_running_loop()
    path, abstract = str(folder / "socket"), f"tenon-trap-{secret[:8]}"
    tcp = await asyncio.start_server(note, "127.0.0.1", 0)
    named = await asyncio.start_unix_server(note, path)
    unnamed = await asyncio.start_unix_server(note, "\0" + abstract)
    transport, _ = await loop.create_datagram_endpoint(Datagrams, ("127.0.0.1", 0))
    try:
        yield {
            "tcp": tcp.sockets[0].getsockname()[1],
            "udp": transport.get_extra_info("sockname")[1],
            "unix": path,
            "abstract": abstract,
        }
    finally:
        transport.close()
        for server in (tcp, named, unnamed):
            server.close()


def _own_services() -> list[str]:
    """Sockets of the person's own session."""
    bus = f"/run/user/{os.getuid()}/bus"
    return [path for path in (bus, os.environ.get("SSH_AUTH_SOCK", "")) if path]


def _has_vsock() -> bool:
    with suppress(OSError, AttributeError):
        socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM).close()
        return True
    return False
