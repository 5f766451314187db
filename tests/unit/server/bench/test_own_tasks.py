"""Every exercise of our own can be solved, has to be solved, and gives nothing away."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest

from server.bench.exercism import read_exercise
from server.bench.workplace import new_repository

TASKS = Path(__file__).parents[3] / "benchmarks" / "tasks"
NAMES = sorted(folder.name for folder in TASKS.iterdir() if folder.is_dir())
Outcomes = dict[str, Counter[str]]


def outcomes(folder: Path, *, solved: bool) -> Outcomes:
    """How many acceptance tests pass and fail for each task, all in one run of pytest."""
    for name in NAMES:
        task = read_exercise(TASKS / name)
        example = (TASKS / name / ".meta" / "example.py").read_text("utf-8")
        (folder / name).mkdir()
        for path, text in {**task.files, **task.tests}.items():
            answered = solved and path == task.target_file
            (folder / name / path).write_text(example if answered else text, "utf-8")
    report = folder / "report.xml"
    options = ["-q", "-p", "no:cacheprovider", f"--rootdir={folder}", "-o", "junit_family=xunit1"]
    command = [sys.executable, "-m", "pytest", *options, f"--junit-xml={report}", str(folder)]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    run = subprocess.run(
        command, check=False, cwd=folder, env=environment, capture_output=True, text=True
    )
    assert report.is_file(), run.stdout + run.stderr
    found: Outcomes = {name: Counter() for name in NAMES}
    for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314
        name = case.get("file", "").split("/")[0]
        found[name]["passed" if len(case) == 0 else "failed"] += 1
    return found


@pytest.fixture(scope="module")
def of_examples(tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    return outcomes(tmp_path_factory.mktemp("examples"), solved=True)


@pytest.fixture(scope="module")
def of_stubs(tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    return outcomes(tmp_path_factory.mktemp("stubs"), solved=False)


@pytest.mark.parametrize("name", NAMES)
def test_example_passes_every_acceptance_test(of_examples: Outcomes, name: str) -> None:
    assert of_examples[name]["passed"] and not of_examples[name]["failed"]


@pytest.mark.parametrize("name", NAMES)
def test_stub_fails(of_stubs: Outcomes, name: str) -> None:
    assert of_stubs[name]["failed"]


@pytest.mark.parametrize("name", NAMES)
def test_repository_of_a_task_holds_its_stub_and_instructions_and_no_example(
    tmp_path: Path, name: str
) -> None:
    task = read_exercise(TASKS / name)
    repository = new_repository(task, tmp_path / name)
    paths = {path.relative_to(repository) for path in repository.rglob("*") if path.is_file()}
    shown = {path.as_posix() for path in paths if path.parts[0] != ".git"}
    module = name.replace("-", "_")
    assert shown == {"README.md", f"{module}.py"} and set(task.tests) == {f"{module}_test.py"}
    example = (TASKS / name / ".meta" / "example.py").read_text("utf-8")
    texts = [task.request, *task.tests.values(), *((repository / p).read_text() for p in shown)]
    assert not any(example.strip() in text for text in texts)
