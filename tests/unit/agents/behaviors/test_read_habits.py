"""The example that is shown to the model is a short, telling test that passes, near the subject."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.asking import Context
from agents.behaviors.read_habits import Habits, read_habits
from agents.behaviors.test_style import TestStyle
from agents.budget import Budget
from agents.languages.python import Python
from agents.tools.git import Workspace
from agents.tools.repo_map import RepoMap
from agents.tools.test_runner import TestCase, TestRun
from agents.workbench import Workbench
from memory.records import Ticket
from tests.unit.agents.tools.conftest import Repository

NEAR = """import numpy as np
import pytest
from kit.text import shorten


def test_fails():
    assert shorten("ab") == "x"


def test_shorten_of_words(shop, tmp_path):
    assert shorten("words of a title") == "words…"


def test_vague():
    assert shorten("words of a title")


@pytest.mark.slow
def test_marked():
    assert shorten("a title") == "a title"


def test_with_unknown_fixture(thing):
    assert shorten(thing) == "a"
"""
FAR = "from other import area\n\n\ndef test_area():\n    assert area(2) == 4\n"
CONFTEST = "import pytest\n\n\n@pytest.fixture(scope='session')\ndef shop():\n    return 1\n"
UNITTEST = """import unittest

from kit.text import shorten


class ShortenTest(unittest.TestCase):
    def setUp(self):
        self.text = "a title"

    def test_title(self):
        self.assertEqual(shorten(self.text), "a…")
"""


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "repository")


async def habits(repository: Repository, tmp_path: Path, **files: str) -> Habits:
    repository.commit("first", kit____init__="", kit__text="def shorten(x): ...\n", **files)
    workspace = await Workspace.open(repository.root)
    worktree = await workspace.create_worktree(tmp_path / "work", "tenon/x", "HEAD")
    tracked = repository.git("ls-files").splitlines()
    names = [
        (path, line.split("(")[0].removeprefix("def "))
        for path in tracked
        for line in map(str.strip, (repository.root / path).read_text().splitlines())
        if line.startswith("def test_") and "fails" not in line
    ]
    bench = Workbench(
        ticket=Ticket(
            id="t", repository="r", title="t", target_file="kit/text.py", target_symbol="slug"
        ),
        worktree=worktree,
        runner=None,  # type: ignore[arg-type]
        suite_runner=None,  # type: ignore[arg-type]
        repo_map=RepoMap(),
        files=tracked,
        context=Context(language=Python(tracked)),
        budget=Budget(1, 1),
        words="Turn the words of a title into a slug.",
        statement="",
        baseline=TestRun("pytest", 0, [TestCase(f"{p}::{n}", "passed", name=n) for p, n in names]),
    )
    return await read_habits(bench)


async def test_nearest_telling_test_that_passes_is_the_first_example(
    repository: Repository, tmp_path: Path
) -> None:
    found = await habits(
        repository, tmp_path, tests__test_text=NEAR, tests__test_area=FAR, conftest=CONFTEST
    )
    first, second, third = found.examples
    assert first.startswith("def test_shorten_of_words(shop, tmp_path):\n    assert shorten")
    assert "test_vague" in second and "test_area" in third
    assert found.style == TestStyle("functions", annotated=False)
    assert found.own_fixtures == ["shop"] and "capsys" in found.fixtures
    assert found.imports["np"] == "import numpy as np"


async def test_method_is_shown_as_the_function_that_is_asked_for(
    repository: Repository, tmp_path: Path
) -> None:
    found = await habits(repository, tmp_path, tests__test_text=UNITTEST)
    assert found.style.layout == "TestCase" and found.fixtures == ()
    (example,) = found.examples
    assert example == ("def test_title():\n    text = 'a title'\n    assert shorten(text) == 'a…'")


async def test_repository_without_tests_has_no_habits(
    repository: Repository, tmp_path: Path
) -> None:
    found = await habits(repository, tmp_path)
    assert found.examples == () and found.style == TestStyle()
