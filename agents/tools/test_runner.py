"""Running a repository's tests in the sandbox and reading what they showed."""

from __future__ import annotations

import asyncio
import os
import stat
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from agents.tools.runners.contract import REPORT_BYTES, Adapter, Command, NotRunnableError
from agents.tools.runners.node_modules import lent
from agents.tools.sandbox import Sandbox, SandboxResult
from agents.tools.test_report import TestCase, TestRun

__all__ = ["TestCase", "TestRun", "TestRunner"]

_STOPPED = {
    "time": "The tests did not finish within {timeout:g} s and were stopped. "
    "An endless loop is the usual cause.",
    "memory": "The tests took more memory than they may and were stopped.",
    "processes": "The tests started more processes than they may and were stopped.",
    "output": "The tests printed without end and were stopped.",
    "disk": "The tests wrote more to the disk than they may and were stopped.",
}


@dataclass(frozen=True)
class TestRunner:
    """Runs the tests of one repository, whatever they are written for."""

    __test__ = False

    sandbox: Sandbox
    adapter: Adapter
    timeout: float = 60.0
    """Seconds of one run."""

    @property
    def python(self) -> Path | None:
        """The interpreter of the tests; None if they are not Python."""
        return self.adapter.python

    def within(self, seconds: float) -> TestRunner:
        """The same with at most `seconds`."""
        return replace(self, timeout=min(self.timeout, seconds))

    def patient(self, factor: float) -> TestRunner:
        """The same with `factor` times the time."""
        return replace(self, timeout=factor * self.timeout)

    async def run(
        self, root: Path, paths: Sequence[str] | None = None, *, stop_at_first: bool = False
    ) -> TestRun:
        """Run the tests in `paths` (files or folders; None: all) of `root`.

        Never raises for what the tests do: a run that says nothing has a `problem`.
        """
        root = await asyncio.to_thread(root.resolve)
        shown = self.adapter.shown(paths or (), stop_at_first=stop_at_first)
        with tempfile.TemporaryDirectory(prefix="tenon-report-") as scratch:
            report = Path(scratch) / "report"
            try:
                command = await asyncio.to_thread(
                    self.adapter.command, root, paths or (), report, stop_at_first=stop_at_first
                )
                result = await self._sandboxed(root, report.parent, command)
            except NotRunnableError as error:
                return self._told(shown, problem=str(error))
            except OSError as error:
                return self._told(shown, problem=f"The tests cannot be started: {error}.")
            return self._read(root, report, result, shown)

    async def _sandboxed(self, root: Path, scratch: Path, command: Command) -> SandboxResult:
        with lent(root, command.modules):
            return await self.sandbox.run(
                command.argv,
                cwd=root / command.folder,
                writable=[root, scratch],
                readable=command.readable,
                env=command.env,
                timeout=self.timeout,
                memory_bytes=command.memory_bytes,
                limit_address_space=command.limit_address_space,
                max_processes=command.max_processes,
            )

    def _read(self, root: Path, report: Path, result: SandboxResult, shown: str) -> TestRun:
        if result.stopped_for:
            problem = _STOPPED[result.stopped_for].format(timeout=self.timeout)
            return self._told(shown, result, problem=problem)
        try:
            cases = self.adapter.read(root, _read_untrusted(report))
        except (OSError, ValueError) as error:
            return self._told(shown, result, problem=self._no_report(result, error))
        return self._told(shown, result, cases, self._contradiction(result, cases))

    def _told(
        self,
        shown: str,
        result: SandboxResult | None = None,
        cases: list[TestCase] | None = None,
        problem: str = "",
    ) -> TestRun:
        code, seconds = (result.exit_code, result.seconds) if result else (-1, 0.0)
        return TestRun(shown, code, cases or [], seconds, problem.strip(), self.sandbox.kind)

    def _no_report(self, result: SandboxResult, error: Exception) -> str:
        if advice := self.adapter.advice(result):
            return advice
        last = _last_words(result)
        name = self.adapter.name
        if isinstance(error, FileNotFoundError):
            return f"{name} ended with exit code {result.exit_code} and no report. {last}"
        return f"{name}'s report cannot be read ({error}). {last}"

    def _contradiction(self, result: SandboxResult, cases: list[TestCase]) -> str:
        """Why report and exit code do not make a sound run; empty if they do."""
        ended = f"{self.adapter.name} ended with exit code {result.exit_code}"
        if not cases:
            if result.exit_code in self.adapter.no_tests:
                return "No tests were found."
            return f"{ended}. {_last_words(result)}"
        failing = any(case.outcome in ("failed", "error") for case in cases)
        if failing == (result.exit_code == 0):
            words = "tests failed" if failing else "no test failed"
            return f"{ended} though {words}. {_last_words(result)}"
        return ""


def _read_untrusted(path: Path) -> bytes:
    """The file, unless the tests have put something else in its place."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size > REPORT_BYTES:
            raise ValueError("it is not an ordinary file or too large")
        return file.read()


def _last_words(result: SandboxResult) -> str:
    """The last lines that say something."""
    text = result.stderr if result.stderr.strip() else result.stdout
    lines = [line.removeprefix("E").strip() for line in text.splitlines() if line.strip()]
    return " ".join(lines[-4:])[-400:]
