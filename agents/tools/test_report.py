"""What a test run showed, whichever runner it was and whatever the language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from memory.records import TestRunSummary

Outcome = Literal["passed", "failed", "error", "skipped"]
Cause = Literal["assertion", "broken", "stub", "other"]
"""An assertion; a test that cannot be right itself (it does not parse, wants what nobody gives);
code that is not written yet; anything else."""
MissingKind = Literal["module", "export", "attribute", "name", "call"]

_MESSAGE_LENGTH = 300
_SOURCE_LENGTH = 120
_WORST_LAST: tuple[Outcome, ...] = ("passed", "skipped", "failed", "error")


@dataclass(frozen=True)
class Frame:
    """A line of the repository that a failure went through."""

    path: str
    """Relative to the repository, with forward slashes."""
    line: int
    """From 1."""
    code: str = ""
    """The line's text where it is known."""


@dataclass(frozen=True)
class Missing:
    """What a failure says is not there.

    ``module``: a whole module; ``export``: `name` of `module`; ``attribute``: `name` of an
    object; ``name``: a variable that nobody defines; ``call``: something cannot be called like
    this.
    """

    kind: MissingKind
    name: str = ""
    module: str = ""
    """Dotted name in Python; path in the repository in JavaScript, with or without its suffix."""


@dataclass(frozen=True)
class TestCase:
    """One test of a run."""

    __test__ = False  # not a test class, whatever its name says to pytest

    id: str
    """``file::…``, unique in the run (pytest's node id); the file alone if it cannot be loaded."""
    outcome: Outcome
    message: str = ""
    """The failure in short: type and words, or why the test was skipped."""
    detail: str = ""
    """The whole traceback."""
    seconds: float = 0.0
    name: str = ""
    """What the test is called in its file: a function without parameters, or the titles around
    and of a JavaScript test joined by `` > ``. Empty for a file that cannot be loaded."""
    trace: tuple[Frame, ...] = ()
    """The way of the failure through the repository's files; innermost last."""
    cause: Cause = "other"
    missing: tuple[Missing, ...] = ()

    @property
    def file(self) -> str:
        """Path of the test file, relative to the repository."""
        return self.id.split("::", 1)[0]

    @property
    def distilled(self) -> str:
        """The failure in at most 300 characters: the line, what was wrong with values, where."""
        code = next((frame.code for frame in reversed(self.trace) if frame.code), "")
        text = f"`{code[:_SOURCE_LENGTH]}`: {self.message}" if code else self.message
        where = f" ({self.trace[-1].path}:{self.trace[-1].line})" if self.trace else ""
        room = _MESSAGE_LENGTH - len(where)
        return (text if len(text) <= room else text[: room - 1] + "…") + where


@dataclass(frozen=True)
class TestRun:
    """The outcome of one test command."""

    __test__ = False

    command: str
    """The command for a person to read, without the paths of this machine."""
    exit_code: int
    cases: list[TestCase] = field(default_factory=list)
    seconds: float = 0.0
    problem: str = ""
    """Why the run as a whole says nothing (time up, no tests, no pytest, …); else empty."""
    sandbox: str = ""

    @property
    def collected(self) -> int:
        """How many tests ran or were skipped; files that cannot be imported do not count."""
        return sum("::" in case.id for case in self.cases)

    def _ids(self, *outcomes: Outcome) -> list[str]:
        return [case.id for case in self.cases if case.outcome in outcomes]

    @property
    def passed(self) -> list[str]:
        """Ids of the tests that passed."""
        return self._ids("passed")

    @property
    def passed_names(self) -> frozenset[str]:
        """Names of the tests that passed with all their parameters."""
        failing = {case.name for case in self.cases if case.outcome in ("failed", "error")}
        return frozenset(c.name for c in self.cases if c.outcome == "passed") - failing - {""}

    @property
    def failed(self) -> list[str]:
        """Ids of the tests whose own code failed."""
        return self._ids("failed")

    @property
    def errors(self) -> list[str]:
        """Ids of the tests, or files, that broke outside the test's own code."""
        return self._ids("error")

    @property
    def skipped(self) -> list[str]:
        """Ids of the tests that were skipped or failed as expected."""
        return self._ids("skipped")

    @property
    def failing(self) -> list[str]:
        """Ids of the tests that failed or broke."""
        return self._ids("failed", "error")

    @property
    def green(self) -> bool:
        """Whether tests ran and nothing failed."""
        return not self.problem and not self.failing and bool(self.passed)

    def first_failure(self) -> str:
        """The first failure, or the problem of the run, in at most 300 characters."""
        for case in self.cases:
            if case.outcome in ("failed", "error"):
                return case.distilled
        return self.problem[:_MESSAGE_LENGTH]

    def summary(self) -> TestRunSummary:
        """The run as it is kept."""
        return TestRunSummary(
            command=self.command,
            passed=len(self.passed),
            failed=len(self.failed),
            errors=len(self.errors),
            skipped=len(self.skipped),
            seconds=round(self.seconds, 3),
            failing=self.failing,
            message=self.first_failure(),
            sandbox=self.sandbox,
        )


def worst_of_each(cases: Sequence[TestCase]) -> list[TestCase]:
    """Each id once, in order: a test may fail and its set-up break as well; the worst counts."""
    found: dict[str, TestCase] = {}
    for case in cases:
        other = found.get(case.id)
        if other is None or _rank(case) > _rank(other):
            found[case.id] = case
    return list(found.values())


def _rank(case: TestCase) -> int:
    return _WORST_LAST.index(case.outcome)
