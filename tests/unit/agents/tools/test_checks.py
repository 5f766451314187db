"""The checks that a repository uses are found, run and read."""

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from agents.tools.checks import Checker, Finding, find_checks, new_findings, readers
from agents.tools.checks.configuration import Configuration
from agents.tools.checks.python_checks import _TOOLS
from agents.tools.sandbox import Sandbox, SandboxResult

PYTHON = Path(sys.executable)
MODULES = Path(__file__).parents[4] / "extension" / "node_modules"


def ended(stdout: str, exit_code: int = 1, **more: Any) -> SandboxResult:
    return SandboxResult(exit_code, stdout, more.pop("stderr", ""), False, 0.1, **more)


# ------------------------------------------------------------------ what is configured


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"ruff.toml": ""}, {"ruff"}),
        ({"pyproject.toml": "[tool.ruff]\n[tool.ruff.format]\n"}, {"ruff", "ruff format"}),
        ({"pyproject.toml": "[tool.ruff.lint]\n[tool.black]\n"}, {"ruff", "black"}),
        ({"pyproject.toml": "[tool.pylint.main]\n[tool.isort]\n"}, {"pylint", "isort"}),
        ({"setup.cfg": "[flake8]\nmax-line-length = 99\n[mypy-a.*]\n[mypy]\n"}, {"flake8", "mypy"}),
        ({"tox.ini": "[flake8]\n[tool:isort]\n[pylint.MAIN]\n"}, {"flake8", "isort", "pylint"}),
        ({".pylintrc": "[MAIN]\n", ".flake8": "[flake8]\n"}, {"pylint", "flake8"}),
        ({"pyrightconfig.json": "{}", "mypy.ini": "[mypy]\n"}, {"pyright", "mypy"}),
        (
            {".pre-commit-config.yaml": "repos:\n- hooks:\n  - id: ruff\n  - id: ruff-format\n"},
            {"ruff", "ruff format"},
        ),
        ({"pyproject.toml": "[project]\nname = 'ruff'\n", "setup.cfg": "[metadata]\n"}, set()),
        ({"pyproject.toml": "[tool.ruff\n", "setup.cfg": "no section\n"}, set()),
        ({"pyproject.toml": "tool = 3\n"}, set()),
    ],
)  # fmt: skip
def test_configured_checks_are_known(
    tmp_path: Path, files: dict[str, str], expected: set[str]
) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    found = Configuration(tmp_path)
    assert {tool.name or tool.module for tool in _TOOLS if tool.is_used(found)} == expected


def test_check_that_is_configured_but_not_installed_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.ruff]\n[tool.mypy]\n")
    bare = tmp_path / "python"
    bare.write_text(f'#!/bin/sh\nexec "{os.path.realpath(PYTHON)}" -S "$@"\n')
    bare.chmod(0o755)
    assert find_checks(tmp_path, tmp_path, bare, "a.py") == []
    names = [check.name for check in find_checks(tmp_path, tmp_path, PYTHON, "a.py")]
    assert names == ["ruff", "mypy"]


def test_file_of_another_kind_has_no_checks(tmp_path: Path) -> None:
    (tmp_path / "ruff.toml").touch()
    assert find_checks(tmp_path, tmp_path, PYTHON, "notes.md") == []


# ------------------------------------------------------------------ what they print


def test_flake8_is_read(tmp_path: Path) -> None:
    found = readers.flake8(tmp_path, ended("./a.py\t1\tF401\t'os' imported\tbut unused\n"))
    assert found == [Finding("flake8", "a.py", 1, "F401", "'os' imported\tbut unused")]


def test_pylint_is_read(tmp_path: Path) -> None:
    message = {"path": "a.py", "line": 3, "symbol": "unused-variable", "message": "Unused 'y'"}
    found = readers.pylint(tmp_path, ended(json.dumps([message]), 4))
    assert found == [Finding("pylint", "a.py", 3, "unused-variable", "Unused 'y'")]
    with pytest.raises(ValueError, match="exit code 32"):
        readers.pylint(tmp_path, ended("[]", 32, stderr="usage"))


def test_pyright_is_read(tmp_path: Path) -> None:
    place = {"start": {"line": 4, "character": 0}, "end": {"line": 4, "character": 1}}
    diagnostics = [
        {"file": str(tmp_path / "a.py"), "severity": "error", "range": place, "message": "No\n  x"},
        {"file": str(tmp_path / "a.py"), "severity": "warning", "range": place, "message": "w"},
    ]
    found = readers.pyright(tmp_path, ended(json.dumps({"generalDiagnostics": diagnostics})))
    assert found == [Finding("pyright", "a.py", 5, "", "No")]


@pytest.mark.parametrize(
    "result",
    [
        ended("", 2, stderr="ruff failed\n  Cause: unknown field"),
        ended("[", 1),
        ended("[]", -9, stopped_for="time"),
    ],
)
def test_report_that_is_none_is_an_error(tmp_path: Path, result: SandboxResult) -> None:
    with pytest.raises(ValueError):
        readers.ruff(tmp_path, result)


# ------------------------------------------------------------------ what is new


def test_finding_that_moved_is_not_new() -> None:
    before = [Finding("ruff", "a.py", 3, "E501", "Line too long (101 > 100)")]
    moved = Finding("ruff", "a.py", 9, "E501", "Line too long (120 > 100)")
    again = Finding("ruff", "a.py", 20, "E501", "Line too long (105 > 100)")
    assert new_findings(before, [moved]) == []
    assert new_findings(before, [moved, again]) == [again]


# ------------------------------------------------------------------ really run


async def test_python_checks_run_in_both_sandboxes(
    bubblewrap: Sandbox, limits: Sandbox, tmp_path: Path
) -> None:
    root, cache = tmp_path / "with space é", tmp_path / "cache"
    root.mkdir()
    cache.mkdir()
    config = '[tool.ruff.lint]\nselect = ["F"]\n[tool.ruff.format]\n[tool.mypy]\nstrict = true\n'
    (root / "pyproject.toml").write_text(config)
    (root / "pathspec.py").write_text("raise RuntimeError('not the module that the tools mean')\n")
    (root / "a.py").write_text("import os\n\n\ndef f(x: int) -> str:\n    return  x\n")
    checks = tuple(find_checks(root, root, PYTHON, "a.py"))
    for sandbox in (bubblewrap, limits):
        runs = await Checker(sandbox, checks, root, "a.py", cache).run()
        assert [run.problem for run in runs] == ["", "", ""]
        found = {run.check.name: [(f.path, f.line, f.code) for f in run.findings] for run in runs}
        assert found == {
            "ruff": [("a.py", 1, "F401")],
            "ruff format": [("a.py", 0, "")],
            "mypy": [("a.py", 5, "return-value")],
        }
    assert {path.name for path in root.iterdir()} == {"a.py", "pyproject.toml", "pathspec.py"}


async def test_repairs_change_the_file_alone(bubblewrap: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "ruff.toml").write_text('[lint]\nselect = ["F", "I"]\n')
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text("import sys\nimport os\n\nprint(os, sys)\n")
    checks = tuple(find_checks(tmp_path, tmp_path, PYTHON, "a.py"))
    await Checker(bubblewrap, checks, tmp_path, "a.py", tmp_path).repair(["ruff"])
    assert (tmp_path / "a.py").read_text().startswith("import os\nimport sys\n")
    assert (tmp_path / "b.py").read_text().startswith("import sys\n")


async def test_javascript_checks_run_with_the_packages_of_the_workspace(
    bubblewrap: Sandbox, tmp_path: Path
) -> None:
    workspace, root, cache = (tmp_path / name for name in ("workspace", "worktree", "cache"))
    package = root / "packages" / "shop"
    (package / "src").mkdir(parents=True)
    (workspace / "packages" / "shop").mkdir(parents=True)
    cache.mkdir()
    (workspace / "node_modules").symlink_to(MODULES.resolve())
    (package / "tsconfig.json").write_text('{"compilerOptions": {"strict": true, "types": []}}')
    (package / ".prettierrc").write_text("{}")
    rules = "[{ rules: { 'no-undef': 'error', 'no-empty': 'warn' } }]"
    (package / "eslint.config.mjs").write_text(f"export default {rules};\n")
    (package / "src" / "a.ts").write_text("export const a: string  = 1;\n")
    (package / "src" / "b.js").write_text("b();\nif (1) {}\n")

    async def found(path: str) -> dict[str, list[tuple[str, int, str]]]:
        checks = tuple(find_checks(root, workspace, None, path))
        runs = await Checker(bubblewrap, checks, root, path, cache).run()
        assert [run.problem for run in runs] == [""] * len(runs)
        return {r.check.name: [(f.path, f.line, f.code) for f in r.findings] for r in runs}

    typed = "packages/shop/src/a.ts"
    told = await found(typed)
    assert told["prettier"] == [(typed, 0, "")]
    assert told["tsc"] == [(typed, 1, "TS2322")]
    plain = "packages/shop/src/b.js"
    told = await found(plain)
    assert told["eslint"] == [(plain, 1, "no-undef")]
    assert "tsc" not in told
    assert not list(root.rglob("node_modules"))
