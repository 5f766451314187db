"""What Tenon needs to know about a test runner: how to start it and how to read its report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from agents.tools.limits import GIB
from agents.tools.sandbox import SandboxResult
from agents.tools.test_report import TestCase

Language = Literal["python", "javascript"]
RunnerName = Literal["pytest", "unittest", "node", "vitest", "jest"]

REPORT_BYTES = 32 * 1024 * 1024
"""Reports that are larger are not read."""


class NotRunnableError(Exception):
    """The tests cannot be started here; the words say why and what to do."""


@dataclass(frozen=True)
class Command:
    """How the sandbox is to start a runner."""

    argv: list[str]
    env: dict[str, str]
    folder: str = ""
    """Where to start it, relative to the repository."""
    readable: tuple[Path, ...] = ()
    """Beside the system's folders: where the interpreter and its packages lie."""
    modules: dict[str, Path] = field(default_factory=dict)
    """Folders of installed packages to lend to the run, by path in the repository."""
    memory_bytes: int = 2 * GIB
    limit_address_space: bool = True
    """False for programs that reserve far more address space than they use, as V8 does."""
    max_processes: int = 64


class Adapter(Protocol):
    """One test runner, set up for one repository. Adapters start nothing themselves."""

    @property
    def name(self) -> RunnerName:
        """As it is called in the setting."""

    @property
    def language(self) -> Language:
        """Of the tests that it runs; TypeScript counts as JavaScript."""

    @property
    def python(self) -> Path | None:
        """The interpreter of Python tests, else None."""

    @property
    def no_tests(self) -> frozenset[int]:
        """Exit codes by which, with an empty report, it says that there are no tests."""

    def command(
        self, root: Path, paths: Sequence[str], report: Path, *, stop_at_first: bool
    ) -> Command:
        """How to run the tests in `paths` (relative to `root`; empty: all) into `report`.

        Raises NotRunnableError.
        """

    def shown(self, paths: Sequence[str], *, stop_at_first: bool) -> str:
        """The command for a person to read, without the paths of this machine."""

    def read(self, root: Path, report: bytes) -> list[TestCase]:
        """The tests of a report; each file that could not be loaded is one with outcome `error`.

        The report was written where a model's code ran: nothing in it is believed beyond its
        text, and ValueError is raised for what is no such report or was cut off.
        """

    def advice(self, result: SandboxResult) -> str:
        """What to do where there is no report, if that can be told; else empty."""
