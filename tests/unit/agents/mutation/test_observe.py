"""What versions of a file answer is seen in the sandbox, whatever they do."""

import sys
from pathlib import Path

import pytest

from agents.languages.python import PYTHON
from agents.tools.observe import NO_ANSWER, Observation, observe
from agents.tools.runners.pytest_runner import Pytest
from agents.tools.sandbox import Sandbox
from agents.tools.test_runner import TestRunner

CALLS = ["f(0)", "f(-1)", "f(300)"]
TESTS = "from target import f\n\n\ndef test_one():\n    assert f(1) == 1\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "target.py").write_text("def f(x):\n    raise NotImplementedError\n")
    (tmp_path / "test_f.py").write_text(TESTS)
    return tmp_path


async def seen(root: Path, *bodies: str) -> list[Observation]:
    versions = [f"def f(x):\n    {body}\n" for body in bodies]
    runner = TestRunner(await Sandbox.probe(), Pytest(Path(sys.executable)))
    probe = PYTHON.calls.probe("test_f.py", ["from target import f"], CALLS)
    found = await observe(runner, root, "target.py", ["test_f.py"], probe, versions)
    assert sorted(p.name for p in root.glob("*.py")) == ["target.py", "test_f.py"]
    return found


async def test_values_and_exceptions_are_told(root: Path):
    (found,) = await seen(root, "return [1, 2, 3][x]")
    assert found.answers == ("1", "3", "IndexError: list index out of range")


async def test_only_what_passes_the_tests_is_sound(root: Path):
    right, wrong = await seen(root, "return x", "return 2")
    assert right.sound and not wrong.sound


async def test_long_values_differ_where_they_differ(root: Path):
    one, other = await seen(root, "return x * 'a'", "return x * 'a' + '.'")
    assert one.answers[2] != other.answers[2] and len(one.answers[2]) < 200


async def test_an_endless_loop_is_no_answer_and_harms_no_other(root: Path):
    endless, fine = await seen(root, "while x != 1: pass\n    return 1", "return x")
    assert fine.answers == ("0", "-1", "300") and fine.sound
    assert all(a == NO_ANSWER or a.startswith("OutOfTime") for a in endless.answers)


async def test_an_object_without_a_repr_of_its_own_has_no_address(root: Path):
    one, other = await seen(root, "return object()", "return object()")
    assert one.answers == other.answers


async def test_a_file_that_does_not_parse_answers_nothing(root: Path):
    (found,) = await seen(root, "return (")
    assert found.answers == (NO_ANSWER,) * 3 and not found.sound


@pytest.mark.parametrize("name", ["tell", "re", "hashlib", "Saw"])
async def test_what_is_called_may_have_any_name(root: Path, name: str):
    text = f"def {name}(x):\n    return x * 'a'\n"
    (root / "target.py").write_text(text)
    (root / "test_f.py").write_text(
        f"from target import {name}\n\ndef test_one():\n    {name}(1)\n"
    )
    calls = [f"{name}(2)", f"{name}(300)"]
    runner = TestRunner(await Sandbox.probe(), Pytest(Path(sys.executable)))
    probe = PYTHON.calls.probe("test_f.py", [f"from target import {name}"], calls)
    (found,) = await observe(runner, root, "target.py", ["test_f.py"], probe, [text])
    assert found.sound and found.answers[0] == "'aa'" and found.answers[1].startswith("'aaa")
