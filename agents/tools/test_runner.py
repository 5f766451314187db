"""Running a repository's tests in the sandbox and reading what they showed."""

from __future__ import annotations

import asyncio
import os
import stat
import sys
import tempfile
from pathlib import Path

from agents.tools.interpreter import find_python, installation
from agents.tools.repo_map import SOURCE_FOLDERS
from agents.tools.sandbox import Sandbox, SandboxResult
from agents.tools.test_report import TestCase, TestRun, parse_report

__all__ = ["PytestRunner", "TestCase", "TestRun", "environment", "find_python"]

_REPORT_BYTES = 32 * 1024 * 1024
_NO_TESTS = 5
_STOPPED = {
    "time": "The tests did not finish within {timeout:g} s and were stopped. "
    "An endless loop is the usual cause.",
    "memory": "The tests took more memory than they may and were stopped.",
    "processes": "The tests started more processes than they may and were stopped.",
    "output": "The tests printed without end and were stopped.",
}


class PytestRunner:
    """Runs pytest with a repository's own interpreter."""

    def __init__(self, sandbox: Sandbox, python: Path, timeout: float = 60) -> None:
        self.sandbox = sandbox
        self.python = python
        self.timeout = timeout

    async def run(
        self, root: Path, paths: list[str] | None = None, *, stop_at_first: bool = False
    ) -> TestRun:
        """Run the tests in `paths` (files, folders or node ids; None: all) of `root`.

        Never raises for what the tests do: a run that says nothing has a `problem`.
        """
        root = await asyncio.to_thread(root.resolve)
        arguments = ["-q", *(["-x"] if stop_at_first else []), *(["--", *paths] if paths else [])]
        with tempfile.TemporaryDirectory(prefix="tenon-report-") as scratch:
            report = Path(scratch) / "report.xml"
            try:
                result = await self._sandboxed(root, report, arguments)
            except OSError as error:
                return self._run(arguments, -1, problem=f"The tests cannot be started: {error}.")
            return self._read(root, report, result, arguments)

    async def _sandboxed(self, root: Path, report: Path, arguments: list[str]) -> SandboxResult:
        options = [
            *("-p", "no:cacheprovider"),
            *("-o", "junit_family=xunit1"),  # the one that names each test's file
            "--continue-on-collection-errors",
            f"--rootdir={root}",
            f"--junitxml={report}",
        ]
        return await self.sandbox.run(
            [str(self.python), "-m", "pytest", *options, *arguments],
            cwd=root,
            writable=[root, report.parent],
            readable=await asyncio.to_thread(installation, self.python),
            env=environment(root, self.python),
            timeout=self.timeout,
        )

    def _read(
        self, root: Path, report: Path, result: SandboxResult, arguments: list[str]
    ) -> TestRun:
        if result.stopped_for:
            problem = _STOPPED[result.stopped_for].format(timeout=self.timeout)
            return self._run(arguments, result.exit_code, result.seconds, problem=problem)
        try:
            cases = parse_report(_read_untrusted(report).replace(f"{root}/".encode(), b""))
        except (OSError, ValueError) as error:
            problem = self._no_report(result, error)
            return self._run(arguments, result.exit_code, result.seconds, problem=problem)
        problem = _contradiction(result, cases)
        return self._run(arguments, result.exit_code, result.seconds, cases, problem)

    def _no_report(self, result: SandboxResult, error: Exception) -> str:
        if "No module named pytest" in result.stderr:
            return (
                f"pytest is not installed for {self.python}. "
                f"Install it: {self.python} -m pip install pytest"
            )
        last = _last_words(result)
        if isinstance(error, FileNotFoundError):
            return f"pytest ended with exit code {result.exit_code} and no report. {last}"
        return f"pytest's report cannot be read ({error}). {last}"

    def _run(
        self,
        arguments: list[str],
        exit_code: int,
        seconds: float = 0.0,
        cases: list[TestCase] | None = None,
        problem: str = "",
    ) -> TestRun:
        command = " ".join(["python -m pytest", *arguments])
        return TestRun(command, exit_code, cases or [], seconds, problem.strip(), self.sandbox.kind)


def environment(root: Path, python: Path) -> dict[str, str]:
    """What the tests see; the code under test comes before anything that is installed."""
    folders = [root, *(root / n for n in SOURCE_FOLDERS if (root / n).is_dir())]
    # Nothing in Tenon's own environment was installed for the repository's tests.
    own = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"} if python == Path(sys.executable) else {}
    return {
        **own,
        "PATH": f"{python.parent}:/usr/local/bin:/usr/bin:/bin",
        "PYTHONPATH": os.pathsep.join(map(str, folders)),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONIOENCODING": "utf-8",
        # Numeric libraries reserve address space for each core, which is limited here.
        "OMP_NUM_THREADS": "2",
        "OPENBLAS_NUM_THREADS": "2",
    }


def _read_untrusted(path: Path) -> bytes:
    """The file, unless the tests have put something else in its place."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size > _REPORT_BYTES:
            raise ValueError("it is not an ordinary file or too large")
        return file.read()


def _contradiction(result: SandboxResult, cases: list[TestCase]) -> str:
    """Why report and exit code do not make a sound run; empty if they do."""
    if result.exit_code == _NO_TESTS:
        return "No tests were found."
    if not cases:
        return f"pytest ended with exit code {result.exit_code}. {_last_words(result)}"
    failing = any(case.outcome in ("failed", "error") for case in cases)
    if failing == (result.exit_code == 0) or (result.exit_code > 1 and not failing):
        words = "tests failed" if failing else "no test failed"
        last = _last_words(result)
        return f"pytest ended with exit code {result.exit_code} though {words}. {last}"
    return ""


def _last_words(result: SandboxResult) -> str:
    """The last lines that say something."""
    text = result.stderr if result.stderr.strip() else result.stdout
    lines = [line.removeprefix("E").strip() for line in text.splitlines() if line.strip()]
    return " ".join(lines[-4:])[-400:]
