"""Thousands of test runs: one sandboxed process that forks for each source."""

from __future__ import annotations

import asyncio
import shutil
import stat
import tempfile
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from agents.tools.interpreter import environment, installation
from agents.tools.limits import GIB
from agents.tools.mutation.channel import START_SECONDS, Channel, EvaluationError
from agents.tools.mutation.copies import NOT_COPIED
from agents.tools.sandbox import Sandbox, SandboxResult

__all__ = ["EvaluationError", "Evaluator", "Pace", "Verdict", "read_only_copy", "verdict_of"]

_SCRIPT = Path(__file__).with_name("child.py")


@dataclass(frozen=True)
class Verdict:
    """What the tests said to one source."""

    passed: frozenset[str]
    """Node ids of the tests that passed, each reported by itself."""
    failures: dict[str, str] = field(default_factory=dict)
    """Message of each test that failed."""
    collected: frozenset[str] = frozenset()
    skipped: frozenset[str] = frozenset()
    broken: tuple[str, ...] = ()
    """Why files could not be imported."""
    complete: bool = False
    """Whether the run came to its end, not to a limit or an exit."""
    closeness: float = 0.0
    """How like the expected values those of the failed tests are, summed up; each below 1."""
    lines: frozenset[int] = frozenset()
    """Lines that failing tests ran, if that was asked for."""
    modules: tuple[str, ...] = ()
    """Installed modules that were imported, if that was asked for."""
    slowest: float = 0.0
    """Processor time of the slowest test that passed."""
    needed: float = 0.0
    """Processor time of all that passed."""
    seconds: float = 0.0

    @property
    def clean(self) -> bool:
        """Whether nothing failed, broke or was cut off."""
        return self.complete and not self.failures and not self.broken and bool(self.passed)


@dataclass(frozen=True)
class Pace:
    """Limits of one mutant's run, in seconds."""

    test: float = 1.0
    """Processor time of one test."""
    run: float = 2.0
    """Wall-clock time of all."""

    def adapted(self, verdicts: Sequence[Verdict]) -> Pace:
        """Tighter limits, by what the tests that pass need."""
        passing = [v for v in verdicts if v.passed]
        if not passing:
            return Pace(self.test / 2, self.run)
        test = min(self.test, max(0.05, 4 * max(v.slowest for v in passing)))
        needed = max(v.needed for v in passing)
        return Pace(test, min(max(self.run, 3 * needed), 0.3 + 3 * test + 5 * needed))


class Evaluator:
    """Runs the tests of one repository with other texts of one file."""

    breadth = 16

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._preload: list[str] = []
        self.runs = 0

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        sandbox: Sandbox,
        python: Path,
        root: Path,
        target: str,
        tests: Sequence[str],
        *,
        seconds: float,
        workers: int = 2,
    ) -> AsyncGenerator[Evaluator, None]:
        """An evaluator for the file `target` of `root`; raises EvaluationError.

        The repository is read-only to the mutants, so tests that write beside themselves fail.
        Programs that tests start themselves see the file as it is on disk.
        """
        root = await asyncio.to_thread(root.resolve)
        with tempfile.TemporaryDirectory(prefix="tenon-mutants-") as scratch:
            folder = Path(scratch)
            if sandbox.kind == "limits":
                root = await asyncio.to_thread(read_only_copy, root, folder / "copy")
            start = partial(_sandboxed, sandbox, python, root, folder, seconds)
            async with Channel.open(start, folder) as channel:
                path = str(await asyncio.to_thread((root / target).resolve))
                settings = {"root": str(root), "target": path, "tests": list(tests)}
                channel.send({**settings, "workers": workers})
                yield cls(channel)

    async def run(
        self, sources: Sequence[str], pace: Pace = Pace(), *, trace: bool = False
    ) -> list[Verdict]:
        """A verdict for each source, in order; raises EvaluationError if the process ends."""
        self._channel.send(
            {
                "sources": list(sources),
                "test_seconds": pace.test,
                "run_seconds": pace.run,
                "trace": trace,
                "preload": self._preload,
            }
        )
        self._preload = []
        verdicts: dict[int, Verdict] = {}
        while len(verdicts) < len(sources):
            told = await self._channel.receive()
            verdicts[told["index"]] = verdict_of(told)
        self.runs += len(sources)
        return [verdicts[i] for i in range(len(sources))]

    def preload(self, modules: Sequence[str]) -> None:
        """Have installed modules imported before the next batch, once for all."""
        self._preload = list(modules)


async def _sandboxed(
    sandbox: Sandbox, python: Path, root: Path, scratch: Path, seconds: float, address: Path
) -> SandboxResult:
    return await sandbox.run(
        [str(python), str(_SCRIPT), str(address)],
        cwd=root,
        writable=[scratch],
        readable=[root, _SCRIPT, *await asyncio.to_thread(installation, python)],
        env=environment(root, python),
        timeout=seconds + START_SECONDS,
        memory_bytes=3 * GIB,
    )


def read_only_copy(root: Path, copy: Path) -> Path:
    """The repository for sandboxes that cannot make a folder read-only."""
    shutil.copytree(root, copy, symlinks=True, ignore=shutil.ignore_patterns(*NOT_COPIED))
    for path in [copy, *copy.rglob("*")]:
        if not path.is_symlink():
            path.chmod(path.stat().st_mode & ~(stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))
    return copy.resolve()


def verdict_of(told: dict[str, Any]) -> Verdict:
    """What the process told about one text."""
    tests: dict[str, dict[str, Any]] = told["tests"]
    failed = {i: str(t["message"]) for i, t in tests.items() if t["outcome"] == "failed"}
    times = [float(t["seconds"]) for t in tests.values() if t["outcome"] == "passed"]
    return Verdict(
        slowest=max(times, default=0.0),
        needed=sum(times),
        passed=frozenset(i for i, t in tests.items() if t["outcome"] == "passed"),
        failures=failed,
        collected=frozenset(told["collected"]),
        skipped=frozenset(i for i, t in tests.items() if t["outcome"] == "skipped"),
        broken=tuple(told["broken"]),
        complete=told.get("end") in (0, 1),
        closeness=sum(float(t.get("closeness", 0)) for t in tests.values()),
        lines=frozenset(n for i in failed for n in tests[i].get("lines", ())),
        modules=tuple(told.get("modules", ())),
        seconds=float(told["seconds"]),
    )
