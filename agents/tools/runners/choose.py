"""Which runner a repository's tests are for."""

from __future__ import annotations

import os
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Literal, TypeVar

from agents.tools.interpreter import find_python, has_pytest, own_pythons
from agents.tools.runners.contract import Adapter, RunnerName
from agents.tools.runners.node_program import find_node
from agents.tools.runners.node_runner import NodeTest
from agents.tools.runners.packages import SCRIPTS, Package, script_files
from agents.tools.runners.pytest_runner import Pytest
from agents.tools.runners.script_runner import ScriptRunner
from agents.tools.runners.unittest_runner import Unittest
from agents.tools.runners.vitest_runner import Jest, Vitest

Wanted = Literal["auto", "pytest", "unittest", "node", "vitest", "jest"]
"""Value of the setting."""

_SCRIPT_RUNNERS: dict[str, type[ScriptRunner]] = {
    runner.name: runner for runner in (Vitest, Jest, NodeTest)
}
_IMPORTS = re.compile(r"""['"](node:test|vitest|@jest/globals)['"]""")
_IMPORTED: dict[str, RunnerName] = {
    "node:test": "node",
    "vitest": "vitest",
    "@jest/globals": "jest",
}
_SCRIPT_TEST = re.compile(r"\.(?:test|spec)\.\w+$|(?:^|/)(?:test|tests|__tests__)/")

_PYTHON_SIGNS = (
    "pyproject.toml",
    "setup.py",
    "setup.cfg",
    "requirements.txt",
    "tox.ini",
    "Pipfile",
)
_NOT_SEARCHED = frozenset({"node_modules", "venv", "build", "dist", "__pycache__", "site-packages"})
_TEST_NAME = re.compile(r"(?:test.*|.*_test|conftest)\.py$")
_PYTEST_STYLE = re.compile(r"^(?:import pytest|from pytest\b|(?:async )?def test)", re.MULTILINE)
_UNITTEST_STYLE = re.compile(r"^(?:import unittest|from unittest\b)", re.MULTILINE)
_UNITTEST_COMMAND = re.compile(r"-m unittest\b|unittest discover|unittest\.main")
_COMMAND_FILES = ("tox.ini", "noxfile.py", "Makefile", "pyproject.toml", "setup.cfg", "README.md")
_T = TypeVar("_T")
_SAMPLE = 60
_SAMPLE_BYTES = 16 * 1024


def choose(
    root: Path, target_file: str = "", python: Path | None = None, wanted: Wanted = "auto"
) -> Adapter:
    """The adapter for tests of `target_file` in the repository at `root`.

    `python` is the interpreter if a setting names one, `wanted` a runner that a setting asks
    for; it holds for its own language. Looks at files and may start the interpreters.
    """
    suffix = PurePosixPath(target_file).suffix
    if suffix in SCRIPTS or (suffix != ".py" and _is_script_repository(root, wanted)):
        return _script_runner(Package.of(root, target_file), wanted)
    return _python_runner(root, python, wanted)


def _is_script_repository(root: Path, wanted: Wanted) -> bool:
    """For a target that says nothing."""
    if wanted != "auto":
        return wanted in _SCRIPT_RUNNERS
    return (root / "package.json").is_file() and not any((root / s).exists() for s in _PYTHON_SIGNS)


def _script_runner(package: Package, wanted: Wanted) -> ScriptRunner:
    name = wanted if wanted in _SCRIPT_RUNNERS else _script_runner_name(package)
    return _SCRIPT_RUNNERS[name](find_node(), package)


def _script_runner_name(package: Package) -> RunnerName:
    """The first sign counts: what is run, what is configured, installed, imported."""
    script = package.test_script
    for name in ("vitest", "jest"):
        if re.search(rf"\b{name}\b", script):
            return name
    if re.search(r"\b(?:node|tsx)\b.* --test\b", script):
        return "node"
    if package.has_file("vitest.config.*", "vitest.workspace.*"):
        return "vitest"
    if package.has_file("jest.config.*") or any("jest" in m for m in package.manifests):
        return "jest"
    imported = _imported(package)
    if imported:
        return imported
    return next((n for n in ("vitest", "jest") if package.depends_on(n)), "node")


def _imported(package: Package) -> RunnerName | None:
    """What most test files import."""
    found: list[RunnerName] = []
    for file in _first(script_files(package.path)):
        if _SCRIPT_TEST.search(file):
            text = _beginning(package.path / file)
            found += [_IMPORTED[name] for name in set(_IMPORTS.findall(text))]
    return max(found, key=found.count, default=None)


def _python_runner(root: Path, python: Path | None, wanted: Wanted) -> Adapter:
    """pytest, unless the tests are unittest's and the repository knows no pytest."""
    own = [python] if python else own_pythons(root)
    if wanted == "unittest" or (wanted != "pytest" and _is_for_unittest(root, own)):
        return Unittest(own[0] if own else Path(sys.executable))
    return Pytest(python or find_python(root))


def _is_for_unittest(root: Path, own: list[Path]) -> bool:
    if _configures_pytest(root):
        return False
    styles = {style for file in _python_tests(root) for style in _styles(file)}
    if "pytest" in styles:
        return False
    if own and not any(has_pytest(python) for python in own):
        return True
    return "unittest" in styles and any(
        _UNITTEST_COMMAND.search(_beginning(path)) for path in _command_files(root)
    )


def _styles(file: Path) -> Iterator[str]:
    text = _beginning(file)
    if _PYTEST_STYLE.search(text):
        yield "pytest"
    if _UNITTEST_STYLE.search(text):
        yield "unittest"


def _configures_pytest(root: Path) -> bool:
    if any((root / name).is_file() for name in ("pytest.ini", ".pytest.ini", "conftest.py")):
        return True
    if "[pytest]" in _beginning(root / "tox.ini") or "[tool:pytest]" in _beginning(
        root / "setup.cfg"
    ):
        return True
    try:
        project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    except (OSError, ValueError):
        return False
    tools = project.get("tool")
    return isinstance(tools, dict) and "pytest" in tools


def _python_tests(root: Path) -> Iterator[Path]:
    """Test files, and what pytest knows as their set-up."""

    def files() -> Iterator[Path]:
        for place, folders, names in os.walk(root):
            folders[:] = sorted(n for n in folders if n not in _NOT_SEARCHED and n[0] != ".")
            for name in sorted(names):
                if _TEST_NAME.match(name):
                    yield Path(place, name)

    return _first(files())


def _command_files(root: Path) -> Iterator[Path]:
    """Where people write down how the tests are run."""
    yield from (root / name for name in _COMMAND_FILES)
    yield from sorted((root / ".github" / "workflows").glob("*.y*ml"))
    yield root / ".gitlab-ci.yml"


def _first(items: Iterator[_T]) -> Iterator[_T]:
    yield from (item for item, _ in zip(items, range(_SAMPLE), strict=False))


def _beginning(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_SAMPLE_BYTES).decode(errors="replace")
    except OSError:
        return ""
