"""Test runs are read from the report, and every run that says nothing says why."""

import subprocess
import sys
import venv
from pathlib import Path
from textwrap import dedent

import pytest

from agents.tools.interpreter import find_python, installation
from agents.tools.runners.pytest_runner import Pytest, parse_report
from agents.tools.sandbox import Sandbox
from agents.tools.test_runner import TestRun, TestRunner

PYTHON = Path(sys.executable)


@pytest.fixture(params=["bubblewrap", "limits"])
def runner(request: pytest.FixtureRequest) -> TestRunner:
    sandbox: Sandbox = request.getfixturevalue(request.param)
    return TestRunner(sandbox, Pytest(PYTHON), timeout=30)


def write(root: Path, **files: str) -> Path:
    """Files by module name; ``__`` stands for a folder."""
    for name, text in files.items():
        path = root / (name.replace("__", "/") + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text))
    return root


def by_name(run: TestRun) -> dict[str, str]:
    return {case.id: case.outcome for case in run.cases}


async def test_every_test_has_id_outcome_and_message(runner: TestRunner, tmp_path: Path) -> None:
    root = write(
        tmp_path,
        slug="def slug(text):\n    return text\n",
        tests__test_slug="""
            import pytest
            from slug import slug

            class TestSlug:
                @pytest.mark.parametrize("text", ["a", "A b", "x::y[z]"])
                def test_lower(self, text):
                    assert slug(text) == text.lower()

            @pytest.fixture
            def broken():
                raise RuntimeError("no set-up")

            def test_fixture(broken):
                pass

            @pytest.mark.skip(reason="later")
            def test_skipped():
                pass
            """,
        tests__test_missing="from slug import shorten\n",
    )
    run = await runner.run(root)
    assert run.problem == ""
    assert by_name(run) == {
        "tests/test_missing.py": "error",
        "tests/test_slug.py::TestSlug::test_lower[a]": "passed",
        "tests/test_slug.py::TestSlug::test_lower[A b]": "failed",
        "tests/test_slug.py::TestSlug::test_lower[x::y[z]]": "passed",
        "tests/test_slug.py::test_fixture": "error",
        "tests/test_slug.py::test_skipped": "skipped",
    }
    assert run.collected == 5
    assert run.passed_names == frozenset(), "a test has passed with all its parameters or not"
    messages = {case.id: case.distilled for case in run.cases}
    assert messages["tests/test_missing.py"] == (
        "ImportError: cannot import name 'shorten' from 'slug' (slug.py) (tests/test_missing.py:1)"
    )
    assert messages["tests/test_slug.py::test_fixture"] == (
        '`raise RuntimeError("no set-up")`: RuntimeError: no set-up (tests/test_slug.py:12)'
    )
    failed = messages["tests/test_slug.py::TestSlug::test_lower[A b]"]
    assert failed == (
        "`assert slug(text) == text.lower()`: AssertionError: assert 'A b' == 'a b' "
        "(tests/test_slug.py:8)"
    )
    missing = next(case for case in run.cases if case.id == "tests/test_missing.py")
    assert missing.message.startswith("ImportError: cannot import name 'shorten'")
    summary = run.summary()
    assert (summary.passed, summary.failed, summary.errors, summary.skipped) == (2, 1, 2, 1)
    assert summary.failing == run.failing
    assert summary.sandbox == runner.sandbox.kind
    assert str(tmp_path) not in str(summary)


async def test_one_test_can_be_chosen_and_paths_hold_spaces(
    runner: TestRunner, tmp_path: Path
) -> None:
    root = write(
        tmp_path / "größe und mehr",
        src__code="VALUE = 1\n",
        test_a="""
            from code import VALUE

            def test_a():
                assert VALUE == 1

            def test_b():
                assert 0
            """,
    )
    run = await runner.run(root, ["test_a.py::test_a"])
    assert run.green
    assert run.passed == ["test_a.py::test_a"]
    assert run.command == "python -m pytest -q -- test_a.py::test_a"


async def test_stop_at_first_failure(runner: TestRunner, tmp_path: Path) -> None:
    root = write(tmp_path, test_a="def test_a():\n    assert 0\n\ndef test_b():\n    assert 0\n")
    assert (await runner.run(root, stop_at_first=True)).failed == ["test_a.py::test_a"]


async def test_nothing_is_written_to_the_worktree(runner: TestRunner, tmp_path: Path) -> None:
    root = write(tmp_path, test_a="def test_a():\n    pass\n")
    await runner.run(root)
    assert [path.name for path in root.iterdir()] == ["test_a.py"]


async def test_no_tests_is_a_problem(runner: TestRunner, tmp_path: Path) -> None:
    run = await runner.run(tmp_path)
    assert (run.collected, run.problem, run.green) == (0, "No tests were found.", False)


async def test_endless_test_is_a_problem(bubblewrap: Sandbox, tmp_path: Path) -> None:
    root = write(tmp_path, test_a="def test_a():\n    while True:\n        pass\n")
    run = await TestRunner(bubblewrap, Pytest(PYTHON), timeout=3).run(root)
    assert run.problem.startswith("The tests did not finish within 3 s")
    assert run.first_failure() == run.problem


async def test_missing_file_is_a_problem(runner: TestRunner, tmp_path: Path) -> None:
    run = await runner.run(write(tmp_path, test_a=""), ["nope.py"])
    assert "file or directory not found: nope.py" in run.problem


async def test_broken_conftest_is_a_problem(runner: TestRunner, tmp_path: Path) -> None:
    root = write(tmp_path, conftest="import nowhere\n", test_a="def test_a():\n    pass\n")
    run = await runner.run(root)
    assert "No module named 'nowhere'" in run.problem


@pytest.mark.parametrize("code", [0, 1])
async def test_run_that_ends_itself_proves_nothing(
    runner: TestRunner, tmp_path: Path, code: int
) -> None:
    root = write(tmp_path, test_a=f"import os\n\ndef test_a():\n    os._exit({code})\n")
    run = await runner.run(root)
    assert f"exit code {code} and no report" in run.problem
    assert not run.green


async def test_report_that_is_a_link_is_not_followed(runner: TestRunner, tmp_path: Path) -> None:
    code = """
        import os, sys

        def test_a():
            report = next(a for a in sys.argv if "--junitxml" in a).split("=")[1]
            os.symlink("/etc/passwd", report)
            os._exit(0)
        """
    run = await runner.run(write(tmp_path, test_a=code))
    assert "report cannot be read" in run.problem


async def test_tests_do_not_see_the_environment(
    runner: TestRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "hunter2")
    code = "import os\n\ndef test_a():\n    assert 'SECRET_TOKEN' not in os.environ\n"
    assert (await runner.run(write(tmp_path, test_a=code))).green


async def test_python_without_pytest_is_a_problem(bubblewrap: Sandbox, tmp_path: Path) -> None:
    venv.create(tmp_path / "env", with_pip=False)
    python = tmp_path / "env" / "bin" / "python"
    root = write(tmp_path / "repo", test_a="def test_a():\n    pass\n")
    run = await TestRunner(bubblewrap, Pytest(python)).run(root)
    assert run.problem == (
        f"pytest is not installed for {python}. Install it: {python} -m pip install pytest"
    )


async def test_python_that_does_not_exist_is_a_problem(limits: Sandbox, tmp_path: Path) -> None:
    run = await TestRunner(limits, Pytest(tmp_path / "nope")).run(tmp_path)
    assert not run.green
    assert run.problem


def test_own_environment_is_taken_only_if_it_has_pytest(tmp_path: Path) -> None:
    assert find_python(tmp_path) == PYTHON
    venv.create(tmp_path / ".venv", with_pip=False)
    assert find_python(tmp_path) == PYTHON
    site = subprocess.run(
        [tmp_path / ".venv/bin/python", "-c", "import site; print(site.getsitepackages()[0])"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    (Path(site) / "pytest.py").write_text("")
    assert find_python(tmp_path) == tmp_path / ".venv" / "bin" / "python"


def test_installation_never_shows_the_home_folder() -> None:
    folders = installation(PYTHON)
    assert not any(Path.home().is_relative_to(folder) for folder in folders)
    assert installation(Path("/no/such/python")) == ()


@pytest.mark.parametrize(
    "report",
    [b"", b"<testsuites><testcase", b'<!DOCTYPE x [<!ENTITY a "b">]><testsuites/>', b"hello"],
)
def test_report_that_is_cut_or_strange_is_refused(report: bytes) -> None:
    with pytest.raises(ValueError, match="report"):
        parse_report(report)


def test_distilled_failure_is_short() -> None:
    report = f'<t><testcase file="a.py" classname="a" name="b"><failure message="x">E   {"v" * 999}'
    case = parse_report(f"{report}\n\na.py:3: AssertionError</failure></testcase></t>".encode())[0]
    assert len(case.distilled) == 300
    assert case.distilled.endswith("v… (a.py:3)")
