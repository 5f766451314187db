"""The runner follows the repository and the file that the ticket is about."""

from __future__ import annotations

import sys
import venv
from pathlib import Path

import pytest

from agents.tools.runners.choose import choose
from tests.unit.agents.tools.runners.conftest import write

PYTHON = Path(sys.executable)
UNITTEST = {"tests/test_a.py": "import unittest\n\nclass T(unittest.TestCase):\n    pass\n"}
PYTEST = {"tests/test_a.py": "def test_a():\n    assert True\n"}
MANIFEST = "package.json"


def own_python(root: Path, *, pytest_there: bool) -> Path:
    """A virtual environment of the repository."""
    venv.create(root / ".venv", with_pip=False)
    if pytest_there:
        (site,) = root.glob(".venv/lib/python3*/site-packages")
        (site / "pytest.py").write_text("")
    return root / ".venv" / "bin" / "python"


@pytest.mark.parametrize(
    ("files", "name"),
    [
        ({}, "pytest"),
        (PYTEST, "pytest"),
        (UNITTEST, "pytest"),  # it runs them, with better words
        ({**UNITTEST, "Makefile": "test:\n\tpython -m unittest discover\n"}, "unittest"),
        ({**UNITTEST, ".github/workflows/ci.yml": "run: python3 -m unittest -v"}, "unittest"),
        ({**UNITTEST, "Makefile": "python -m unittest", "pytest.ini": "[pytest]"}, "pytest"),
        ({**UNITTEST, **PYTEST, "Makefile": "python -m unittest"}, "pytest"),
        ({**UNITTEST, "tox.ini": "[testenv]\ncommands = python -m unittest"}, "unittest"),
        (
            {
                **UNITTEST,
                "Makefile": "python -m unittest",
                "pyproject.toml": "[tool.pytest.ini_options]\n",
            },
            "pytest",
        ),
        ({**UNITTEST, "Makefile": "python -m unittest", "pyproject.toml": "no [toml"}, "unittest"),
        ({**UNITTEST, "Makefile": "python -m unittest", "pyproject.toml": "tool = 1"}, "unittest"),
        (
            {**UNITTEST, "Makefile": "python -m unittest", "tests/conftest.py": "import pytest"},
            "pytest",
        ),
    ],
)
def test_python_repositories(tmp_path: Path, files: dict[str, str], name: str) -> None:
    assert choose(write(tmp_path, files), "a.py").name == name


def test_environment_without_pytest_runs_unittest(tmp_path: Path) -> None:
    root = write(tmp_path, UNITTEST)
    python = own_python(root, pytest_there=False)
    adapter = choose(root, "a.py")
    assert (adapter.name, adapter.python) == ("unittest", python)


def test_environment_with_pytest_runs_pytest(tmp_path: Path) -> None:
    root = write(tmp_path, UNITTEST)
    python = own_python(root, pytest_there=True)
    adapter = choose(root, "a.py")
    assert (adapter.name, adapter.python) == ("pytest", python)


def test_tests_for_pytest_keep_it_though_the_environment_has_none(tmp_path: Path) -> None:
    root = write(tmp_path, PYTEST)
    own_python(root, pytest_there=False)
    adapter = choose(root, "a.py")
    assert (adapter.name, adapter.python) == ("pytest", PYTHON)


@pytest.mark.parametrize(
    ("files", "name"),
    [
        ({}, "node"),
        ({MANIFEST: "not json"}, "node"),
        ({MANIFEST: '{"scripts": {"test": "vitest run"}}'}, "vitest"),
        ({MANIFEST: '{"scripts": {"test": "react-scripts && jest"}}'}, "jest"),
        ({MANIFEST: '{"scripts": {"test": "node --test"}, "jest": {}}'}, "node"),
        ({MANIFEST: '{"devDependencies": {"vitest": "^4"}}'}, "vitest"),
        ({MANIFEST: '{"devDependencies": {"jest": "^30"}}'}, "jest"),
        ({MANIFEST: "{}", "vitest.config.mts": ""}, "vitest"),
        ({MANIFEST: "{}", "jest.config.js": ""}, "jest"),
        ({"src/a.test.ts": "import { it } from 'vitest';"}, "vitest"),
        (
            {
                MANIFEST: '{"devDependencies": {"vitest": "^4"}}',
                "test/a.test.js": "import test from 'node:test';",
            },
            "node",
        ),
        ({"web/package.json": '{"devDependencies": {"vitest": "^4"}}'}, "node"),
    ],
)
def test_javascript_repositories(tmp_path: Path, files: dict[str, str], name: str) -> None:
    assert choose(write(tmp_path, files), "src/a.ts").name == name


def test_the_nearest_package_decides_before_the_repository(tmp_path: Path) -> None:
    files = {
        MANIFEST: '{"devDependencies": {"vitest": "^4"}, "scripts": {"test": "jest"}}',
        "web/package.json": '{"scripts": {"test": "vitest"}}',
    }
    root = write(tmp_path, files)
    assert choose(root, "web/src/a.ts").name == "vitest"
    assert choose(root, "src/a.ts").name == "jest"


def test_in_a_repository_of_two_languages_the_file_decides(tmp_path: Path) -> None:
    root = write(tmp_path, {**PYTEST, MANIFEST: '{"scripts": {"test": "vitest"}}', "setup.py": ""})
    assert choose(root, "app/a.py").name == "pytest"
    assert choose(root, "web/a.mjs").name == "vitest"
    assert choose(root).name == "pytest"


def test_the_setting_holds_for_its_language(tmp_path: Path) -> None:
    root = write(tmp_path, {**PYTEST, MANIFEST: '{"scripts": {"test": "vitest"}}'})
    assert choose(root, "a.py", None, "unittest").name == "unittest"
    assert choose(root, "a.js", None, "unittest").name == "vitest"
    assert choose(root, "a.js", None, "node").name == "node"
    assert choose(root, "a.py", None, "node").name == "pytest"
    python = tmp_path / "python"
    assert choose(root, "a.py", python, "unittest").python == python
