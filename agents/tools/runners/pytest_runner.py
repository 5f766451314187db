"""pytest with a repository's own interpreter, read from its JUnit report."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from agents.tools.interpreter import environment, installation
from agents.tools.runners.contract import Command, Language, RunnerName
from agents.tools.runners.python_failures import explained
from agents.tools.sandbox import SandboxResult
from agents.tools.test_report import Frame, Outcome, TestCase, worst_of_each

_COLLECTION = "collection failure"
_TAGS: dict[str, Outcome] = {"failure": "failed", "error": "error", "skipped": "skipped"}
_PLACE = re.compile(r"((?:[^\s/:]+/)*[^\s/:]+\.py):(\d+): ")
_FOREIGN_PLACE = re.compile(r"\S+:\d+: ")
_NOISE = re.compile(r"[-?](?:\s|$)|\+ (?!where|and)|Full diff|Use -v|\^+$|Omitting|~|$")


@dataclass(frozen=True)
class Pytest:
    """The adapter of pytest; see `Adapter`."""

    python: Path
    name: RunnerName = "pytest"
    language: Language = "python"
    no_tests: frozenset[int] = frozenset({5})

    def command(
        self, root: Path, paths: Sequence[str], report: Path, *, stop_at_first: bool
    ) -> Command:
        """As `Adapter.command`; `paths` may be node ids."""
        options = [
            *("-p", "no:cacheprovider"),
            *("-o", "junit_family=xunit1"),  # the one that names each test's file
            "--continue-on-collection-errors",
            f"--rootdir={root}",
            f"--junitxml={report}",
        ]
        arguments = _arguments(paths, stop_at_first)
        return Command(
            argv=[str(self.python), "-m", "pytest", *options, *arguments],
            env=environment(root, self.python),
            readable=installation(self.python),
        )

    def shown(self, paths: Sequence[str], *, stop_at_first: bool) -> str:
        """As `Adapter.shown`."""
        return " ".join(["python -m pytest", *_arguments(paths, stop_at_first)])

    def read(self, root: Path, report: bytes) -> list[TestCase]:
        """As `Adapter.read`."""
        return parse_report(report.replace(f"{root}/".encode(), b""))

    def advice(self, result: SandboxResult) -> str:
        """As `Adapter.advice`."""
        if "No module named pytest" not in result.stderr:
            return ""
        return (
            f"pytest is not installed for {self.python}. "
            f"Install it: {self.python} -m pip install pytest"
        )


def _arguments(paths: Sequence[str], stop_at_first: bool) -> list[str]:
    return ["-q", *(["-x"] if stop_at_first else []), *(["--", *paths] if paths else [])]


def parse_report(report: bytes) -> list[TestCase]:
    """The tests of a JUnit report (pytest's xunit1 family). Raises ValueError if it is no such.

    Documents that declare entities are refused; pytest never declares any.
    """
    if b"<!DOCTYPE" in report:
        raise ValueError("the report declares a document type")
    try:
        root = ET.fromstring(report)  # noqa: S314 - no document type, see above
    except ET.ParseError as error:
        raise ValueError(f"the report is no XML: {error}") from error
    return worst_of_each([explained(_case(element)) for element in root.iter("testcase")])


def _case(element: ET.Element) -> TestCase:
    name, plain = _names(element)
    seconds = float(element.get("time", "0"))
    for child in element:
        if child.tag in _TAGS:
            message, detail = child.get("message", "").strip(), child.text or ""
            outcome = _TAGS[child.tag]
            if outcome == "skipped":
                return TestCase(name, outcome, message, detail, seconds, plain)
            words = "; ".join(_explanations(detail)) or message
            trace = tuple(_frames(detail))
            return TestCase(name, outcome, words, detail, seconds, plain, trace)
    return TestCase(name, "passed", seconds=seconds, name=plain)


def _explanations(detail: str) -> list[str]:
    """What pytest marks as the reason, without the longer of two ways to put it."""
    marked = [line[1:].strip() for line in detail.splitlines() if line.startswith("E ")]
    return [line for line in marked if line and not _NOISE.match(line)]


def _frames(detail: str) -> Iterator[Frame]:
    """Each entry of a traceback shows its line, marked, and ends with its place."""
    code = ""
    for line in detail.splitlines():
        if line.startswith(">"):
            code = line[1:].strip()
        elif place := _PLACE.match(line):
            yield Frame(place[1], int(place[2]), code)
            code = ""
        elif _FOREIGN_PLACE.match(line):
            code = ""


def _names(element: ET.Element) -> tuple[str, str]:
    """The node id, and the function's name without parameters; no name for a whole file."""
    file, classname = element.get("file", ""), element.get("classname", "")
    name = element.get("name", "")
    if not classname:
        return file or name, ""
    module = file.removesuffix(".py").replace("/", ".")
    classes = classname.removeprefix(module).strip(".")
    node_id = "::".join([file, *filter(None, classes.split(".")), name])
    return node_id, name.split("[", 1)[0]
