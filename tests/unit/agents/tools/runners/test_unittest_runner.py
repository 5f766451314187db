"""unittest: every test has its id, outcome and reason, and nothing has to be installed."""

from __future__ import annotations

import sys
import venv
from pathlib import Path

import pytest

from agents.behaviors.judge_red import wrong_reason
from agents.tools.runners.unittest_runner import Unittest
from agents.tools.sandbox import Sandbox
from agents.tools.test_runner import TestRunner
from memory.records import Ticket
from tests.unit.agents.tools.runners.conftest import case_of, outcomes, write

PYTHON = Path(sys.executable)
SHAPES = {
    "shapes/__init__.py": "def area(side):\n    return side\n",
    "tests/test_area.py": """
        import unittest

        from shapes import area


        class AreaTest(unittest.TestCase):
            def test_one(self):
                self.assertEqual(area(1), 1)

            def test_two(self):
                self.assertEqual(area(2), 4, "a square")

            def test_many(self):
                for side in range(3):
                    with self.subTest(side=side):
                        self.assertEqual(area(side), side * side)

            @unittest.skip("later")
            def test_later(self):
                pass

            @unittest.expectedFailure
            def test_known(self):
                self.assertEqual(area(2), 5)

            @unittest.expectedFailure
            def test_mended(self):
                pass

            def test_ends(self):
                raise SystemExit(0)


        class Prepared(unittest.TestCase):
            @classmethod
            def setUpClass(cls):
                raise OSError("no disk")

            def test_never(self):
                pass
        """,
    "tests/test_missing.py": "from shapes import volume\n",
    "tests/test_broken.py": "def test(:\n",
    "tests/none_test.py": "import unittest\n\nraise unittest.SkipTest('not here')\n",
    "tests/helpers.py": "raise RuntimeError('this is no test')\n",
}


def runner(sandbox: Sandbox, timeout: float = 30) -> TestRunner:
    return TestRunner(sandbox, Unittest(PYTHON), timeout)


async def test_every_test_has_id_outcome_and_reason(sandbox: Sandbox, tmp_path: Path) -> None:
    run = await runner(sandbox).run(write(tmp_path, SHAPES))
    assert run.problem == ""
    test = "tests/test_area.py::AreaTest::test_"
    assert outcomes(run) == {
        "tests/none_test.py": "skipped",
        f"{test}one": "passed",
        f"{test}two": "failed",
        f"{test}many[side=2]": "failed",
        f"{test}later": "skipped",
        f"{test}known": "skipped",
        f"{test}mended": "failed",
        f"{test}ends": "failed",
        "tests/test_area.py::Prepared::setUpClass": "error",
        "tests/test_broken.py": "error",
        "tests/test_missing.py": "error",
    }
    assert run.passed_names == {"test_one"}, "a test whose subtests fail has not passed"
    assert case_of(run, f"{test}two").distilled == (
        '`self.assertEqual(area(2), 4, "a square")`: AssertionError: 2 != 4 : a square '
        "(tests/test_area.py:12)"
    )
    assert (
        "no disk (tests/test_area.py:38)"
        in case_of(run, "tests/test_area.py::Prepared::setUpClass").distilled
    )
    assert case_of(run, "tests/test_broken.py").distilled == (
        "`def test(:`: SyntaxError: invalid syntax (tests/test_broken.py:1)"
    )
    assert str(tmp_path) not in str(run)


async def test_a_missing_name_is_red_and_a_broken_test_is_not(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    run = await runner(sandbox).run(write(tmp_path, SHAPES))
    ticket = Ticket(
        id="tkt-1",
        repository="/r",
        title="t",
        target_file="shapes/__init__.py",
        target_symbol="volume",
    )

    def reason(id_: str) -> str | None:
        return wrong_reason(case_of(run, id_), ticket, list(SHAPES))

    assert reason("tests/test_missing.py") is None
    assert reason("tests/test_area.py::AreaTest::test_two") is None
    assert "itself is broken" in (reason("tests/test_broken.py") or "")
    assert "another reason" in (reason("tests/test_area.py::Prepared::setUpClass") or "")


async def test_chosen_files_alone_run_and_the_first_failure_ends_it(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    root = write(tmp_path / "größe und mehr", SHAPES)
    run = await runner(sandbox).run(root, ["tests/test_missing.py"])
    assert outcomes(run) == {"tests/test_missing.py": "error"}
    assert run.command == "python -m unittest tests/test_missing.py"
    stopped = await runner(sandbox).run(root, ["tests/test_area.py"], stop_at_first=True)
    assert len(stopped.failing) == 1


async def test_files_of_one_name_in_two_folders_both_run(sandbox: Sandbox, tmp_path: Path) -> None:
    one = "import unittest\n\nclass T(unittest.TestCase):\n    def test_a(self):\n        pass\n"
    run = await runner(sandbox).run(write(tmp_path, {"a/test_x.py": one, "b/test_x.py": one}))
    assert run.passed == ["a/test_x.py::T::test_a", "b/test_x.py::T::test_a"]


async def test_a_run_that_says_nothing_says_why(sandbox: Sandbox, tmp_path: Path) -> None:
    none = await runner(sandbox).run(tmp_path)
    assert none.problem == "No tests were found."
    missing = await runner(sandbox).run(tmp_path, ["nope.py"])
    assert "file or directory not found: nope.py" in missing.problem
    loop = write(tmp_path / "l", {"test_a.py": "while True:\n    pass\n"})
    endless = await runner(sandbox, timeout=2).run(loop)
    assert endless.problem.startswith("The tests did not finish")
    exits = write(tmp_path / "e", {"test_a.py": "import os\n\nos._exit(0)\n"})
    ended = await runner(sandbox).run(exits)
    assert not ended.green and "report was cut off" in ended.problem


async def test_any_text_may_be_in_a_failure(sandbox: Sandbox, tmp_path: Path) -> None:
    text = (
        "import unittest\n\n\nclass T(unittest.TestCase):\n    def test_odd(self):\n"
        "        raise OSError('\\u2028 \\ud800 \\0 é')\n"
    )
    run = await runner(sandbox).run(write(tmp_path, {"test_a.py": text}))
    assert run.failing == ["test_a.py::T::test_odd"] and run.problem == ""
    assert "é" in run.first_failure().encode().decode()


@pytest.mark.parametrize(
    "report",
    [b"", b'{"end": false}', b'{"end": true} x', b"[]", b'{"outcome": "passed"}\n{"end": true}',
     b'{"file": "a", "outcome": "great"}\n{"end": true}', b"[" * 100_000 + b'\n{"end": true}'],
)  # fmt: skip
def test_report_that_is_cut_or_strange_is_refused(report: bytes) -> None:
    with pytest.raises(ValueError, match="the report"):
        Unittest(PYTHON).read(Path("/r"), report)


async def test_it_needs_nothing_installed(sandbox: Sandbox, tmp_path: Path) -> None:
    venv.create(tmp_path / "env", with_pip=False)
    root = write(tmp_path / "repo", {"test_a.py": SHAPES["tests/test_area.py"], **SHAPES})
    adapter = Unittest(tmp_path / "env" / "bin" / "python")
    run = await TestRunner(sandbox, adapter, 30).run(root, ["test_a.py"])
    assert "test_one" in run.passed_names
