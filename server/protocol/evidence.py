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
    commits: list[str] = Factory(list)
    merge_commit: str = ""
    models: list[str] = Factory(list)
    prompt_tokens: int = 0
    completion_tokens: int = 0
    candidates_run: int = 0
    rung: str = ""
    """Stage of the search that the accepted code comes from."""
    minutes: float = 0.0
    review: str = ""
