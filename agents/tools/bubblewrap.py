"""How bubblewrap is started, and how one knows that all it held is gone."""

from __future__ import annotations

import json
import os
import select
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from agents.tools.limits import Limits
from agents.tools.seccomp import seccomp_program

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
SETTINGS = (
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
_END_SECONDS = 10
_KEEPER = (
    "exec {copy}<&0 </dev/null; "
    '(read -r _ <&{copy}; kill -9 0) >/dev/null 2>&1 & exec "$@" {copy}<&-'
)
"""A shell gives its background commands no standard input, so that is copied."""


class Namespace:
    """The process namespace of one run, and the descriptors that bwrap shares with Tenon."""

    def __init__(self, seccomp: int, reader: int, writer: int) -> None:
        self.stdin, self._alive = os.pipe()
        self.descriptors = (seccomp, writer)
        self.arguments = ["--info-fd", str(writer)]
        if os.fstat(seccomp).st_size:
            self.arguments += ["--seccomp", str(seccomp)]
        self._reader, self._writer = reader, writer
        self._init = -1

    @classmethod
    @contextmanager
    def open(cls) -> Iterator[Namespace]:
        """Everything that one start of bwrap needs."""
        with tempfile.TemporaryFile() as seccomp:
            seccomp.write(seccomp_program())
            seccomp.seek(0)
            reader, writer = os.pipe()
            namespace = cls(seccomp.fileno(), reader, writer)
            try:
                yield namespace
            finally:
                own = (reader, namespace._writer, namespace._init)
                for descriptor in (*own, namespace.stdin, namespace._alive):
                    if descriptor >= 0:
                        os.close(descriptor)

    def kept(self, bwrap: list[str]) -> list[str]:
        """`bwrap`, with a process beside it that kills its process group when `stdin` ends.

        ``--die-with-parent`` alone leaves a gap: of bwrap's two processes the inner one asks to
        die with the outer one only when all is mounted, and goes on if that one dies before.
        """
        copy = next(n for n in range(3, 10) if n not in self.descriptors)
        return ["/bin/sh", "-c", _KEEPER.format(copy=copy), "sh", *bwrap]

    def started(self, bwrap: int) -> None:
        """Take note of the namespace's first process; `bwrap` is the started one. Blocks."""
        os.close(self._writer)
        self._writer = -1
        told = b""
        with suppress(ValueError, KeyError, OSError, AttributeError):
            with _pidfd(bwrap) as ended:
                while not told.endswith(b"}\n"):
                    ready, _, _ = select.select([self._reader, ended], [], [])
                    chunk = os.read(self._reader, 4096) if self._reader in ready else b""
                    if not chunk:  # bwrap ended without a namespace
                        return
                    told += chunk
            self._init = os.pidfd_open(json.loads(told)["child-pid"])

    def wait(self) -> None:
        """Return when no process of the namespace is left. Blocks.

        bwrap itself ends before that: the kernel kills the others with the first process, and
        what they still do in the meantime would come after the result.
        """
        if self._init >= 0:
            select.select([self._init], [], [], _END_SECONDS)


@contextmanager
def _pidfd(process: int) -> Iterator[int]:
    descriptor = os.pidfd_open(process)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def arguments(
    cwd: Path, writable: Sequence[Path], readable: Sequence[Path], limits: Limits
) -> list[str]:
    """The bwrap command up to the command that it runs."""
    empty = ["--size", str(limits.file_bytes), "--tmpfs"]
    return [
        shutil.which("bwrap") or "bwrap",
        *("--unshare-all", "--die-with-parent"),
        *("--cap-drop", "ALL"),
        *_each("--ro-bind-try", (*SYSTEM, *SETTINGS)),
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


def in_own_session(argv: list[str]) -> list[str]:
    """`argv` where its signals to "my process group" do not reach bwrap.

    ``--new-session`` would take the namespace's first process out of that group too.
    """
    return [shutil.which("setsid") or "setsid", *argv]


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
