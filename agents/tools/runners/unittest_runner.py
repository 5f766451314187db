"""Python's own unittest with a repository's own interpreter, which needs nothing installed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from agents.tools.interpreter import environment, installation
from agents.tools.runners.contract import Command, Language, RunnerName
from agents.tools.runners.lines_report import GUESTS, Sources, Told, read_lines
from agents.tools.runners.python_failures import explained
from agents.tools.sandbox import SandboxResult
from agents.tools.test_report import TestCase, worst_of_each

_GUEST = GUESTS / "unittest_guest.py"


@dataclass(frozen=True)
class Unittest:
    """The adapter of unittest; see `Adapter`."""

    python: Path
    name: RunnerName = "unittest"
    language: Language = "python"
    no_tests: frozenset[int] = frozenset({5})

    def command(
        self, root: Path, paths: Sequence[str], report: Path, *, stop_at_first: bool
    ) -> Command:
        """As `Adapter.command`."""
        first = ["-x"] if stop_at_first else []
        return Command(
            argv=[str(self.python), str(_GUEST), str(root), str(report), *first, *paths],
            env=environment(root, self.python),
            readable=(_GUEST, *installation(self.python)),
        )

    def shown(self, paths: Sequence[str], *, stop_at_first: bool) -> str:
        """As `Adapter.shown`."""
        first = ["--failfast"] if stop_at_first else []
        return " ".join(["python -m unittest", *first, *paths])

    def read(self, root: Path, report: bytes) -> list[TestCase]:
        """As `Adapter.read`."""
        sources = Sources(root)
        return worst_of_each([_case(told, sources) for told in read_lines(report)])

    def advice(self, result: SandboxResult) -> str:
        """As `Adapter.advice`."""
        return ""


def _case(told: Told, sources: Sources) -> TestCase:
    file = sources.relative(told.file) or told.file
    return explained(
        TestCase(
            id="::".join([file, *told.parts]),
            outcome=told.outcome,
            message=told.message.replace(f"{sources.root}/", ""),
            detail=told.detail.replace(f"{sources.root}/", ""),
            seconds=told.seconds,
            name=told.name,
            trace=sources.frames(told.frames),
        )
    )
