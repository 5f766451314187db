"""Repositories of other languages and styles, with real interpreters and real packages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from agents.tools.runners.choose import Wanted, choose
from agents.tools.sandbox import Sandbox
from agents.tools.test_report import TestCase, TestRun
from agents.tools.test_runner import TestRunner

PACKAGES = Path(__file__).parents[4] / "javascript" / "node_modules"
Runner = Callable[..., TestRunner]


@pytest.fixture(params=["bubblewrap", "limits"])
def sandbox(request: pytest.FixtureRequest) -> Sandbox:
    """Each kind of sandbox."""
    found: Sandbox = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def runner(sandbox: Sandbox) -> Runner:
    """The runner that Tenon chooses for a target file of a repository."""

    def start(root: Path, target: str, wanted: Wanted = "auto", timeout: float = 60) -> TestRunner:
        return TestRunner(sandbox, choose(root, target, None, wanted), timeout)

    return start


def write(root: Path, files: dict[str, str]) -> Path:
    """Files by path."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text))
    return root


def with_packages(root: Path) -> Path:
    """A repository in which vitest, Jest and tsx are installed."""
    assert PACKAGES.is_dir(), "The packages of the tests are missing: make setup-test."
    root.mkdir(parents=True, exist_ok=True)
    (root / "node_modules").symlink_to(PACKAGES)
    return root


def outcomes(run: TestRun) -> dict[str, str]:
    """Outcome by id."""
    return {case.id: case.outcome for case in run.cases}


def case_of(run: TestRun, id_: str) -> TestCase:
    """The test with an id."""
    return next(case for case in run.cases if case.id == id_)
