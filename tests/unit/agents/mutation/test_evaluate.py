"""Whatever a mutant does, it harms nothing and does not pass without passing."""

import os
import sys
from pathlib import Path

import pytest

from agents.tools import landlock
from agents.tools.mutation.evaluate import EvaluationError, Evaluator, Pace, Verdict
from agents.tools.sandbox import Sandbox

PYTHON = Path(sys.executable)
RIGHT = "def f(x):\n    return x + 1\n"
TESTS = """
import unittest

import pytest

import target
from target import f


@pytest.fixture
def one():
    return 1


@pytest.mark.parametrize("x", [0, 5])
def test_parametrized(x):
    assert f(x) == x + 1


def test_fixture(one, tmp_path):
    (tmp_path / "file").write_text("fine")
    assert target.f(one) == 2


class TestOld(unittest.TestCase):
    def setUp(self):
        self.x = 3

    def test_unittest(self):
        self.assertEqual(f(self.x), 4)


@pytest.mark.skip(reason="never")
def test_skipped():
    assert False
"""
HARMFUL = {
    "loops for ever": "    while True:\n        pass\n",
    "loops and catches": "    while True:\n        try:\n            while True: pass\n"
    "        except BaseException: pass\n",
    "sleeps": "    import time\n    time.sleep(100)\n",
    "exits": "    import os\n    os._exit(0)\n",
    "raises SystemExit": "    raise SystemExit(0)\n",
    "kills itself": "    import os, signal\n    os.kill(os.getpid(), signal.SIGKILL)\n",
    "kills its group": "    import os, signal\n    os.killpg(0, signal.SIGKILL)\n",
    "forks": "    import os\n    if os.fork(): return None\n    return x + 1\n",
    "leaves a daemon": "    import os, time\n    if not os.fork():\n        os.setsid()\n"
    "        time.sleep(1000)\n",
    "takes memory": "    return [bytearray(1 << 26) for _ in range(1000)]\n",
    "writes files": "    open('made', 'w').write('x')\n    return x + 1\n",
    "deletes tests": "    import os\n    os.remove('test_target.py')\n    return x + 1\n",
    "writes everywhere": "    import os\n    for d in range(50):\n        try:\n"
    '            os.write(d, b\'{"test": "a", "outcome": "passed"}\\n{"end": 0}\\n\')\n'
    "        except OSError: pass\n    os._exit(0)\n",
}
_ON_FILES = ("writes files", "deletes tests")


@pytest.fixture(params=["strongest", "landlock", "limits"])
def either(request: pytest.FixtureRequest, sandbox: Sandbox) -> Sandbox:
    """Every kind of sandbox."""
    if request.param == "landlock" and landlock.version() < landlock.OLDEST:
        pytest.skip("Landlock does not work here")
    return sandbox if request.param == "strongest" else Sandbox(request.param, "a warning")


def repository(root: Path) -> dict[str, bytes]:
    """Files of a small repository, written."""
    (root / "target.py").write_text("def f(x):\n    return None\n")
    (root / "test_target.py").write_text(TESTS)
    return picture(root)


def picture(root: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in root.rglob("*") if p.is_file()}


async def verdicts(sandbox: Sandbox, root: Path, *sources: str) -> list[Verdict]:
    opened = Evaluator.open(sandbox, PYTHON, root, "target.py", ["test_target.py"], seconds=60)
    async with opened as evaluator:
        return await evaluator.run(sources, Pace(0.3, 3))


async def test_fixtures_parameters_and_unittest_classes_run_as_in_pytest(
    either: Sandbox, tmp_path: Path
) -> None:
    repository(tmp_path)
    (verdict,) = await verdicts(either, tmp_path, RIGHT)
    assert verdict.clean
    assert verdict.passed == {
        "test_target.py::test_parametrized[0]",
        "test_target.py::test_parametrized[5]",
        "test_target.py::test_fixture",
        "test_target.py::TestOld::test_unittest",
    }
    assert verdict.skipped == {"test_target.py::test_skipped"}


async def test_each_source_is_judged_by_itself_in_order(sandbox: Sandbox, tmp_path: Path) -> None:
    repository(tmp_path)
    wrong = RIGHT.replace("+ 1", "- 1")
    found = await verdicts(sandbox, tmp_path, wrong, RIGHT, wrong, "def f(:", RIGHT)
    assert [v.clean for v in found] == [False, True, False, False, True]
    assert found[3].broken


async def test_a_conftest_that_imports_the_target_sees_each_mutant(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    repository(tmp_path)
    (tmp_path / "conftest.py").write_text(
        "import pytest\nimport target\n\n\n@pytest.fixture\ndef one():\n    return target.f(0)\n"
    )
    found = await verdicts(sandbox, tmp_path, RIGHT, RIGHT.replace("+", "-"), RIGHT)
    assert [v.clean for v in found] == [True, False, True]


@pytest.mark.parametrize("deed", HARMFUL)
async def test_a_mutant_that_misbehaves_harms_nothing(
    either: Sandbox, tmp_path: Path, deed: str
) -> None:
    before = repository(tmp_path)
    if either.kind == "limits" and os.getuid() == 0 and deed in _ON_FILES:
        pytest.skip("nothing is read-only to root under limits")
    harmful = f"def f(x):\n{HARMFUL[deed]}"
    found = await verdicts(either, tmp_path, harmful, RIGHT, harmful, RIGHT)
    assert [v.clean for v in found] == [False, True, False, True]
    assert not found[0].passed
    assert picture(tmp_path) == before


async def test_a_mutant_that_kills_the_runner_ends_the_evaluation(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    if sandbox.kind != "bubblewrap":
        pytest.skip("would end every process of the user")
    repository(tmp_path)
    harmful = "def f(x):\n    import os, signal\n    os.kill(-1, signal.SIGKILL)\n"
    with pytest.raises(EvaluationError):
        await verdicts(sandbox, tmp_path, harmful)


async def test_a_fork_does_not_report_for_its_parent(sandbox: Sandbox, tmp_path: Path) -> None:
    repository(tmp_path)
    (verdict,) = await verdicts(sandbox, tmp_path, f"def f(x):\n{HARMFUL['forks']}")
    assert not verdict.passed


async def test_nearer_values_score_higher(sandbox: Sandbox, tmp_path: Path) -> None:
    repository(tmp_path)
    far, near = await verdicts(
        sandbox, tmp_path, RIGHT.replace("+ 1", "+ 900"), RIGHT.replace("+ 1", "+ 2")
    )
    assert 0 < far.closeness < near.closeness


async def test_lines_of_failing_tests_are_told(sandbox: Sandbox, tmp_path: Path) -> None:
    repository(tmp_path)
    source = "def f(x):\n    if x == 5:\n        return 0\n    return x + 1\n"
    opened = Evaluator.open(sandbox, PYTHON, tmp_path, "target.py", ["test_target.py"], seconds=60)
    async with opened as evaluator:
        (verdict,) = await evaluator.run([source], trace=True)
    assert verdict.lines == {1, 2, 3}
