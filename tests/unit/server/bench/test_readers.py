"""Every format of tasks becomes a stub, tests and instructions, and no more."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from server.bench.command import read_tasks
from server.bench.exercism import read_exercise
from server.bench.task import Task, wanted

PROMPT = (
    "import math\nfrom typing import List\n\n\ndef double(x):\n    return 2 * x\n\n\n"
    'def total(xs: List[int]) -> int:\n    """ The sum.\n    >>> total([1])\n    1\n    """\n'
)
CHECK = "\nMETADATA = {}\n\ndef check(candidate):\n"


def human_eval(tmp_path: Path, check: str, prompt: str = PROMPT) -> Task:
    raw = {"task_id": "T/1", "prompt": prompt, "entry_point": "total", "test": CHECK + check}
    file = tmp_path / "tasks.jsonl.gz"
    file.write_bytes(gzip.compress(json.dumps(raw).encode()))
    return read_tasks(file)[0]


def given_tests(task: Task) -> str:
    assert not task.problem
    return task.tests["test_solution.py"]


def test_stub_of_human_eval_raises_and_the_docstring_is_the_task(tmp_path: Path) -> None:
    task = human_eval(tmp_path, "    assert candidate([1, 2]) == 3\n")
    assert task.files["solution.py"].endswith("    raise NotImplementedError\n")
    assert task.target_symbol == "total"
    assert task.instructions == "The sum.\n>>> total([1])\n1"
    assert task.request.startswith("Implement `total(xs)` in solution.py. The sum.")


def test_assertions_that_share_nothing_are_tests_of_their_own(tmp_path: Path) -> None:
    check = (
        "    # simple\n    assert True, 'x'\n    import random\n"
        "    assert candidate([1]) == 1\n    assert candidate([]) == 0\n"
        "    assert candidate([]) == 0, 'again'\n"
    )
    text = given_tests(human_eval(tmp_path, check))
    assert text.count("def test_total_") == 2
    assert text.count("import random") == 2
    assert "candidate" not in text and "METADATA" not in text


def test_assertions_in_a_loop_stay_one_test_with_what_they_use(tmp_path: Path) -> None:
    check = "    for n in range(3):\n        assert candidate([double(n)]) == math.prod([2, n])\n"
    text = given_tests(human_eval(tmp_path, check))
    assert text.count("def test_total_") == 1
    assert text.startswith("import math\nfrom solution import double, total\n")


def test_line_that_is_no_task_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    good = {"task_id": "a/1", "prompt": PROMPT, "entry_point": "total",
            "test": CHECK + "    assert candidate([]) == 0"}  # fmt: skip
    lines = [json.dumps(good), "{", json.dumps({**good, "entry_point": "other"})]
    file = tmp_path / "tasks.jsonl"
    file.write_text("\n".join(lines))
    problems = [task.problem for task in read_tasks(file)]
    assert problems[0] == "" and "no task of HumanEval" in problems[1]
    assert "no function other" in problems[2]


def exercise(tmp_path: Path, stub: str, tests: str, name: str = "two-moons") -> Path:
    folder = tmp_path / name
    (folder / ".docs").mkdir(parents=True)
    (folder / ".meta").mkdir()
    (folder / ".docs" / "instructions.md").write_text("# Instructions\n\nDo it.\n")
    (folder / ".docs" / "instructions.append.md").write_text("And raise `ValueError`.\n")
    (folder / ".meta" / "example.py").write_text("SECRET = 1\n")
    module = name.replace("-", "_")
    (folder / f"{module}.py").write_text(stub)
    (folder / f"{module}_test.py").write_text(tests)
    return folder


STUB = "def phase(day):\n    pass\n"
TESTS = "from two_moons import phase\n\n\ndef test_new():\n    assert phase(0) == 'new'\n"


def test_exercise_is_stub_tests_and_instructions(tmp_path: Path) -> None:
    task = read_exercise(exercise(tmp_path, STUB, TESTS))
    assert task.instructions == "# Instructions\n\nDo it.\n\nAnd raise `ValueError`."
    assert (task.target_file, task.target_symbol) == ("two_moons.py", "phase")
    assert task.files == {"two_moons.py": STUB} and task.tests == {"two_moons_test.py": TESTS}


@pytest.mark.parametrize(
    ("stub", "tests"),
    [
        ("", TESTS),
        ("class Moon:\n    pass\n", "from two_moons import Moon"),
        (STUB + "\n\ndef next_full(day):\n    pass\n", TESTS),
        (STUB, "from two_moons import phase, NAMES"),
        (STUB, "import two_moons\n\n\ndef test_it():\n    assert two_moons.NAMES"),
    ],
)
def test_whole_file_is_the_unit_where_one_function_is_too_little(
    tmp_path: Path, stub: str, tests: str
) -> None:
    task = read_exercise(exercise(tmp_path, stub, tests))
    assert not task.problem and task.target_symbol == ""


def test_bad_layout_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    exercise(tmp_path, STUB, TESTS)
    (tmp_path / "empty-one").mkdir()
    (exercise(tmp_path, STUB, TESTS, "no-stub") / "no_stub.py").unlink()
    (exercise(tmp_path, STUB, TESTS, "no-tests") / "no_tests_test.py").unlink()
    problems = {task.name: task.problem for task in read_tasks(tmp_path)}
    assert problems.pop("two-moons") == ""
    assert len(problems) == 3 and all("layout" in problem for problem in problems.values())


def test_one_exercise_and_a_folder_of_them_are_both_read(tmp_path: Path) -> None:
    folder = exercise(tmp_path, STUB, TESTS)
    assert read_tasks(folder) == read_tasks(tmp_path)


def test_tasks_are_picked_by_name_or_by_its_last_part() -> None:
    tasks = [Task("HumanEval/1"), Task("HumanEval/11"), Task("two-moons")]
    assert wanted(tasks, ["11", "two-moons"]) == tasks[1:]
    with pytest.raises(ValueError, match="no task three"):
        wanted(tasks, ["1", "three"])


def test_folder_without_tasks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="holds no tasks"):
        read_tasks(tmp_path)
