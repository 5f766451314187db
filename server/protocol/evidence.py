"""What proves a ticket."""

from __future__ import annotations

from typing import Literal

from attrs import Factory, define


@define
class TestRun:
    """Outcome of a test run, computed from its report."""

    command: str
    passed: int
    failed: int
    errors: int
    seconds: float
    skipped: int = 0
    failing: list[str] = Factory(list)
    message: str = ""
    sandbox: str = ""


@define
class CheckResult:
    """What one of the repository's own checks said to the accepted code."""

    check: str
    kind: Literal["lint", "types", "format"]
    command: str
    seconds: float
    findings: list[str] = Factory(list)
    """Those that the code before the ticket did not have."""
    before: int = 0
    """How many the code had before."""
    problem: str = ""
    """Why it could not be run; then nothing is known."""
    sandbox: str = ""


@define
class RungCost:
    """What one rung of the search took and came to."""

    rung: str
    candidates: int
    completion_tokens: int
    seconds: float
    best_passed: int
    """Tests that the best attempt so far passes, of `tests`."""
    tests: int


@define
class BestAttempt:
    """What came closest where no code passed every test."""

    text: str
    """The whole target file."""
    rung: str
    passed: int
    tests: int
    failure: str


@define
class Evidence:
    """What proves a ticket."""

    base_commit: str = ""
    baseline_failing: list[str] = Factory(list)
    red_run: TestRun | None = None
    test_hashes: dict[str, str] = Factory(dict)
    test_origins: dict[str, Literal["tester", "person", "ticket"]] = Factory(dict)
    """Who brought each locked test file."""
    green_run: TestRun | None = None
    suite_run: TestRun | None = None
    checks: list[CheckResult] = Factory(list)
    """The repository's own checks of the accepted code."""
    repairs: list[str] = Factory(list)
    """What tools changed in it after it was found, in words."""
    commits: list[str] = Factory(list)
    merge_commit: str = ""
    models: list[str] = Factory(list)
    prompt_tokens: int = 0
    completion_tokens: int = 0
    candidates_run: int = 0
    rung: str = ""
    """Stage of the search that the accepted code comes from."""
    rungs: list[RungCost] = Factory(list)
    """Every step of the search, in order."""
    mutations: list[str] = Factory(list)
    """What mutation changed in the accepted code, in words: no model wrote that."""
    mutated_lines: list[int] = Factory(list)
    """Lines of the target file that mutation changed, from 1."""
    reservation: str = ""
    """Why the team does not call the ticket done although its tests pass; empty: it does."""
    doubts: list[str] = Factory(list)
    """Tests that candidates contradict, and calls to which they answer otherwise, in words."""
    best_attempt: BestAttempt | None = None
    """Of a blocked ticket."""
    minutes: float = 0.0
    review: str = ""
