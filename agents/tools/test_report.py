"""What a test run showed, read from its JUnit report."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from typing import Literal

from memory.records import TestRunSummary

Outcome = Literal["passed", "failed", "error", "skipped"]

_MESSAGE_LENGTH = 300
_SOURCE_LENGTH = 120
_COLLECTION = "collection failure"
_WORST_LAST: tuple[Outcome, ...] = ("passed", "skipped", "failed", "error")
_TAGS: dict[str, Outcome] = {"failure": "failed", "error": "error", "skipped": "skipped"}
_PLACE = re.compile(r"^((?:[^\s/:]+/)*[^\s/:]+\.py):(\d+): ", re.MULTILINE)
_NOISE = re.compile(r"[-?](?:\s|$)|\+ (?!where|and)|Full diff|Use -v|\^+$|Omitting|~|$")


@dataclass(frozen=True)
class TestCase:
    """One test of a run."""

    __test__ = False  # not a test class, whatever its name says to pytest

    id: str
    """pytest's node id (``tests/test_a.py::test_b[c]``); the file for a collection error."""
    outcome: Outcome
    message: str = ""
    """The failure in short: type and words, or why the test was skipped."""
    detail: str = ""
    """The whole traceback."""
    seconds: float = 0.0

    @property
    def distilled(self) -> str:
        """The failure in at most 300 characters: the line, what was wrong with values, where."""
        marked = [line[1:].strip() for line in self.detail.splitlines() if line.startswith("E ")]
        lines = [line for line in marked if line and not _NOISE.match(line)]
        source = [line[1:].strip() for line in self.detail.splitlines() if line.startswith(">")]
        text = "; ".join(lines) or self.message
        if source:
            text = f"`{source[-1][:_SOURCE_LENGTH]}`: {text}"
        place = _PLACE.findall(self.detail)
        where = f" ({place[-1][0]}:{place[-1][1]})" if place else ""
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


def parse_report(report: bytes) -> list[TestCase]:
    """The tests of a JUnit report (pytest's xunit1 family). Raises ValueError if it is no such.

    The report was written where a model's code ran, so documents that declare entities are
    refused; pytest never declares any.
    """
    if b"<!DOCTYPE" in report:
        raise ValueError("the report declares a document type")
    try:
        root = ET.fromstring(report)  # noqa: S314 - no document type, see above
    except ET.ParseError as error:
        raise ValueError(f"the report is no XML: {error}") from error
    cases: dict[str, TestCase] = {}
    for element in root.iter("testcase"):
        case = _case(element)
        other = cases.get(case.id)
        # A test that fails and whose fixture then breaks is reported twice; the worst counts.
        if other is None or _rank(case) > _rank(other):
            cases[case.id] = case
    return list(cases.values())


def _rank(case: TestCase) -> int:
    return _WORST_LAST.index(case.outcome)


def _case(element: ET.Element) -> TestCase:
    name = _node_id(element)
    seconds = float(element.get("time", "0"))
    for child in element:
        if child.tag in _TAGS:
            message, detail = child.get("message", "").strip(), child.text or ""
            if message == _COLLECTION:
                message = _last_explanation(detail) or message
            return TestCase(name, _TAGS[child.tag], message, detail, seconds)
    return TestCase(name, "passed", seconds=seconds)


def _last_explanation(detail: str) -> str:
    lines = [line[1:].strip() for line in detail.splitlines() if line.startswith("E ")]
    return lines[-1] if lines else ""


def _node_id(element: ET.Element) -> str:
    file, classname = element.get("file", ""), element.get("classname", "")
    if not classname:
        return file or element.get("name", "")
    module = file.removesuffix(".py").replace("/", ".")
    classes = classname.removeprefix(module).strip(".")
    return "::".join([file, *filter(None, classes.split(".")), element.get("name", "")])
