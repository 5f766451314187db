"""Running a command under watch: output capped while it is read, everything killed at the end."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from agents.tools.bubblewrap import Namespace
from agents.tools.disk_watch import DiskWatch
from agents.tools.limits import Limits
from agents.tools.process_tree import kill_marked, shared_memory, usage
from agents.uninterrupted import uninterrupted

Stop = Literal["", "time", "memory", "processes", "output", "disk"]

MARK = "TENON_SANDBOX_RUN"
_INTERVAL = 0.05
_GUARD_SECONDS = 10
"""For a guard to end what it keeps."""
_FLOOD = 10
"""A run that writes this many times the output that is kept is stopped."""


@dataclass(frozen=True)
class SandboxResult:
    """How a command ended."""

    exit_code: int
    """As a shell reports it; negative or above 128 after a signal."""
    stdout: str
    stderr: str
    output_truncated: bool
    seconds: float
    stopped_for: Stop = ""
    """The limit for which the whole run was killed."""

    @property
    def timed_out(self) -> bool:
        """Whether the run was killed because its time was up."""
        return self.stopped_for == "time"


class _Output:
    """One captured stream."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.kept = bytearray()
        self.size = 0

    async def read(self, stream: asyncio.StreamReader) -> None:
        while chunk := await stream.read(65536):
            self.size += len(chunk)
            self.kept += chunk[: self.limit - len(self.kept)]

    @property
    def flooded(self) -> bool:
        return self.size > _FLOOD * self.limit

    def text(self) -> str:
        return self.kept.decode(errors="replace")


async def supervise(
    argv: list[str],
    *,
    cwd: Path,
    env: dict[str, str],
    limits: Limits,
    writable: Sequence[Path] = (),
    namespace: Namespace | None = None,
    order: bytes = b"",
    mark: str = "",
) -> SandboxResult:
    """Run `argv` in a session of its own, without input, until it ends or a limit is passed.

    Cancelling kills it. With `namespace`, `argv` is what its `kept` gives. With `order` it is a
    guard (`agents/tools/guard.py`), which is told that and kills what it keeps when its input
    ends; processes that carry `mark` in their environment are killed even if the guard was
    killed before. The disk is watched under `writable`.
    """
    start = time.monotonic()
    disk = await asyncio.to_thread(DiskWatch, writable, limits)
    stdin = asyncio.subprocess.PIPE if order else asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(
        *argv,
        cwd=cwd,
        env=env,
        stdin=namespace.stdin if namespace else stdin,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
        pass_fds=namespace.descriptors if namespace else (),
    )
    if process.stdin:
        process.stdin.write(order)
    assert process.stdout and process.stderr  # noqa: S101 - both are pipes
    outputs = _Output(limits.max_output_bytes), _Output(limits.max_output_bytes)
    reading = asyncio.gather(outputs[0].read(process.stdout), outputs[1].read(process.stderr))
    try:
        if namespace:
            await asyncio.to_thread(namespace.started, process.pid)
        stopped = await _watch(process, outputs, limits, disk)
    finally:
        await uninterrupted(_end(process, reading, namespace, mark))
    return SandboxResult(
        exit_code=process.returncode if process.returncode is not None else -signal.SIGKILL,
        stdout=outputs[0].text(),
        stderr=outputs[1].text(),
        output_truncated=any(output.size > output.limit for output in outputs),
        seconds=time.monotonic() - start,
        stopped_for=stopped,
    )


async def _watch(
    process: asyncio.subprocess.Process,
    outputs: tuple[_Output, _Output],
    limits: Limits,
    disk: DiskWatch,
) -> Stop:
    """Wait for the end of the process or of what it may use."""
    deadline = time.monotonic() + limits.timeout
    shared = shared_memory()
    ended = asyncio.ensure_future(process.wait())
    while process.returncode is None:
        await asyncio.wait({ended}, timeout=_INTERVAL)
        if process.returncode is not None:
            break
        if time.monotonic() > deadline:
            return "time"
        if any(output.flooded for output in outputs):
            return "output"
        now = await asyncio.to_thread(usage, process.pid)
        if now.processes > limits.max_processes:
            return "processes"
        if now.memory_bytes + max(0, shared_memory() - shared) > limits.memory_bytes:
            return "memory"
        if await asyncio.to_thread(disk.is_full, process.pid):
            return "disk"
    return ""


async def _end(
    process: asyncio.subprocess.Process,
    reading: asyncio.Future[Any],
    namespace: Namespace | None,
    mark: str,
) -> None:
    """Kill what is left of the run and take in the rest of its output."""
    if process.stdin:
        process.stdin.close()
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), _GUARD_SECONDS)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    if namespace:
        await asyncio.to_thread(namespace.wait)
    if mark:
        await asyncio.to_thread(kill_marked, f"{MARK}={mark}")
    await asyncio.wait({reading}, timeout=5)
    reading.cancel()
    with suppress(asyncio.CancelledError):
        await reading
    await process.wait()
