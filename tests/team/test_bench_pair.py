"""`tenon bench pair` claims nothing that a clean checkout does not show."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from server.cli import main

TASKS = Path(__file__).parents[1] / "benchmarks" / "tasks"
REVIEW = {"agent": "architect", "contains": "diff", "reply": "Look at it."}


def developer(reply: str, **rule: Any) -> dict[str, Any]:
    return {"agent": "developer", "reply": f"```python\n{reply}\n```", **rule}


def example(name: str) -> str:
    return (TASKS / name / ".meta" / "example.py").read_text()


def human_eval(folder: Path, **fields: str) -> Path:
    task = {
        "task_id": "Own/0",
        "prompt": 'def double(x):\n    """ Twice x.\n    >>> double(2)\n    4\n    """\n',
        "entry_point": "double",
        "test": "def check(candidate):\n"
        "    assert candidate(2) == 4\n    assert candidate(3) == 6\n",
        **fields,
    }
    file = folder / "tasks.jsonl"
    file.write_text(json.dumps(task) + "\n")
    return file


class Bench:
    """Runs the command with a scripted model."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self._monkeypatch = folder, monkeypatch
        self.out = folder / "out.json"

    def script(self, *rules: dict[str, Any], delay: float = 0) -> Path:
        file = self.folder / "script.json"
        file.write_text(json.dumps({"rules": [*rules], "delay_seconds_per_token": delay}))
        self._monkeypatch.setenv("TENON_SCRIPTED_MODEL", str(file))
        self._monkeypatch.setenv("TENON_DATA_DIR", str(self.folder / "data"))
        return file

    def arguments(self, tasks: Path, *more: str) -> list[str]:
        return ["bench", "pair", "--tasks", str(tasks), "--json", str(self.out), *more]

    def run(self, tasks: Path, *more: str) -> list[dict[str, Any]]:
        assert main(self.arguments(tasks, *more)) == 0
        results: list[dict[str, Any]] = json.loads(self.out.read_text())["tasks"]
        return results


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    return Bench(tmp_path, monkeypatch)


@pytest.mark.parametrize("name", sorted(f.name for f in TASKS.iterdir() if f.is_dir()))
def test_every_own_task_is_solved_by_its_example(bench: Bench, name: str) -> None:
    bench.script(developer(example(name)), REVIEW)
    (result,) = bench.run(TASKS, "--only", name)
    assert (result["claimed"], result["solved"]) == (True, True), result["note"]
    assert result["tries"] == 1 and result["rung"] and result["tokens"] > 0
    module = f"{name.replace('-', '_')}"
    assert set(result["files"]) == {f"{module}.py", f"{module}_test.py"}


def test_task_of_human_eval_is_solved(bench: Bench) -> None:
    bench.script(developer("def double(x):\n    return 2 * x"), REVIEW)
    (result,) = bench.run(human_eval(bench.folder))
    assert (result["task"], result["claimed"], result["solved"]) == ("Own/0", True, True)
    assert "return 2 * x" in result["files"]["solution.py"]


def test_unsolved_task_keeps_the_best_attempt(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.script(developer("def double(x):\n    return 4"), REVIEW)
    (result,) = bench.run(human_eval(bench.folder), "--greedy")
    assert (result["claimed"], result["solved"], result["tries"]) == (False, False, 1)
    assert "return 4" in result["files"]["solution.py"]
    assert "0 of 1 solved" in capsys.readouterr().out


def test_best_attempt_at_a_whole_file_is_that_file(bench: Bench) -> None:
    text = "class Kitchen:\n    def running(self):\n        return []"
    bench.script(developer(text), REVIEW)
    (result,) = bench.run(TASKS, "--only", "kitchen-timer", "--greedy")
    best = result["files"]["kitchen_timer.py"]
    assert not result["claimed"] and best.startswith(text)
    assert "def pass_time(self, minutes):\n        pass" in best, "it was forgotten"


def test_the_bare_model_gets_no_tests_and_is_judged_by_them(bench: Bench) -> None:
    wrong = {"contains": "candidate(", "reply": "It saw the tests."}
    bench.script(wrong, developer("def double(x):\n    return 2 * x"))
    (result,) = bench.run(human_eval(bench.folder), "--alone")
    assert result["solved"] and result["tries"] == 1 and not result["rungs"]

    bench.script(developer("def double(x):\n    return 4"))
    (result,) = bench.run(human_eval(bench.folder), "--alone")
    assert not result["solved"]


def from_docstring(*developers: dict[str, Any]) -> list[dict[str, Any]]:
    """Rules for the wish of `human_eval`'s task, whose docstring has one example."""
    draft = {"statement": "The library shall double a number with `double`.", "title": "Double"}
    return [
        *developers,
        {"agent": "spec_builder", "contains": "Behaviours:", "reply": '{"examples": []}'},
        {"agent": "spec_builder", "reply": json.dumps(draft)},
        {"agent": "architect", "contains": "Map of", "reply": '{"file": "solution.py"}'},
        REVIEW,
    ]


def test_hidden_tests_that_disagree_with_the_claim_decide(bench: Bench) -> None:
    bench.script(*from_docstring(developer("def double(x):\n    return 4")))
    (result,) = bench.run(human_eval(bench.folder), "--tests", "written")
    assert (result["claimed"], result["solved"]) == (True, False)
    assert "clean checkout" in result["note"]
    assert "candidate(3)" not in "".join(result["files"].values())
    assert "test_solution.py" not in result["files"], "the given tests stay hidden"
    assert result["outvoted_solved"] is None


def test_code_that_the_team_has_a_reservation_about_is_merged_and_not_claimed(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.script(*from_docstring(developer("def double(x):\n    return x * 3")))
    (result,) = bench.run(human_eval(bench.folder), "--tests", "written", "--minutes", "0.5")
    assert (result["merged"], result["claimed"], result["rung"]) == (True, False, "mutation")
    assert "changes by search" in result["reservation"] and result["doubts"]
    out = capsys.readouterr().out
    assert "not called done" in out and "0 claimed" in out


def test_code_that_was_outvoted_is_judged_too(bench: Bench) -> None:
    right = [f"def double(x):\n    return {code}" for code in ("2 * x", "x * 2", "x + x")]
    bench.script(
        *from_docstring(
            developer("def double(x):\n    return 4", times=1),
            *(developer(text, times=1) for text in right),
            developer(right[0]),
        )
    )
    (result,) = bench.run(human_eval(bench.folder), "--tests", "written")
    assert (result["solved"], result["outvoted_solved"]) == (True, False)
    assert "return 4" in result["outvoted"]["solution.py"]
    assert "return 4" not in result["files"]["solution.py"]


def test_bad_task_is_reported_and_the_rest_goes_on(bench: Bench) -> None:
    tasks = bench.folder / "tasks"
    shutil.copytree(TASKS / "night-tariff", tasks / "night-tariff")
    (tasks / "broken").mkdir()
    bench.script(developer(example("night-tariff")), REVIEW)
    broken, good = bench.run(tasks)
    assert "layout" in broken["error"] and not broken["solved"]
    assert good["solved"] and not good["error"]


def test_task_that_breaks_is_reported_and_the_rest_goes_on(bench: Bench) -> None:
    solved = developer(example("night-tariff"), contains="day_price")
    bench.script(solved, REVIEW)  # nothing answers for the other task
    other, good = sorted(
        bench.run(TASKS, "--only", "night-tariff,ferry-queue"), key=lambda r: r["task"]
    )
    assert "No rule" in other["error"] and good["solved"]


def test_stopped_run_keeps_what_was_finished(bench: Bench) -> None:
    slow = developer("x = 1\n" * 4000, contains="night_price")
    bench.script(developer(example("ferry-queue"), contains="ashore"), slow, REVIEW, delay=0.01)
    arguments = bench.arguments(TASKS, "--only", "ferry-queue,night-tariff")
    process = subprocess.Popen(
        [sys.executable, "-m", "server.cli", *arguments],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert "solved" in line
    (result,) = json.loads(bench.out.read_text())["tasks"]
    assert result["task"] == "ferry-queue" and result["solved"]


def test_unknown_task_or_file_is_wrong_usage(bench: Bench) -> None:
    bench.script()
    assert main(bench.arguments(TASKS, "--only", "nothing")) == 2
    assert main(bench.arguments(bench.folder / "nowhere")) == 2


def test_greedy_asks_once_at_temperature_zero() -> None:
    from argparse import Namespace

    from server.bench.command import chosen_settings

    options = Namespace(minutes=2.0, model=None, greedy=True)
    values = chosen_settings(options)
    assert values.max_candidates == 1 and values.max_minutes == 2
    assert values.agents["developer"].temperature == 0


PACKAGES = Path(__file__).parents[1] / "javascript" / "node_modules"
STUB = """\
export const mix = (colours) => {
  throw new Error('Remove this statement and implement this function');
};
"""
SPEC = """\
import { describe, expect, test, xtest } from '@jest/globals';
import { mix } from './paint-mix';

describe('Paint', () => {
  test('of one colour', () => {
    expect(mix(['red'])).toEqual('red');
  });

  xtest('of two colours', () => {
    expect(mix(['red', 'blue'])).toEqual('red-blue');
  });
});
"""


@pytest.fixture
def paint(tmp_path: Path) -> Path:
    """An exercise as the JavaScript track has it, with Jest installed around it."""
    assert PACKAGES.is_dir(), "The packages of the tests are missing: make setup-test."
    exercise = tmp_path / "practice" / "paint-mix"
    (exercise / ".docs").mkdir(parents=True)
    (exercise / ".docs" / "instructions.md").write_text("Join the colours with hyphens.")
    (exercise / ".meta").mkdir()
    (exercise / ".meta" / "proof.ci.js").write_text("export const mix = () => 'secret';\n")
    (exercise / "paint-mix.js").write_text(STUB)
    (exercise / "paint-mix.spec.js").write_text(SPEC)
    (exercise / "package.json").write_text('{"scripts": {"test": "jest ./*"}}')
    (exercise / "babel.config.js").write_text("module.exports = { presets: ['nowhere'] };")
    (exercise.parent / "node_modules").symlink_to(PACKAGES)
    return exercise


@pytest.mark.parametrize(
    ("body", "solved"),
    [("colours.join('-')", True), ("colours[0]", False)],
    ids=["right", "right by the first test alone"],
)
def test_exercise_of_the_javascript_track_counts_with_every_test(
    bench: Bench, paint: Path, body: str, solved: bool
) -> None:
    reply = f"```javascript\nexport const mix = (colours) => {body};\n```"
    bench.script({"agent": "developer", "reply": reply}, REVIEW)
    (result,) = bench.run(paint.parent, "--greedy")
    assert not result["error"]
    assert (result["claimed"], result["solved"]) == (solved, solved), result["note"]
    assert "secret" not in json.dumps(result)


def test_exercise_without_jest_says_what_to_do(bench: Bench, paint: Path) -> None:
    (paint.parent / "node_modules").unlink()
    bench.script(REVIEW)
    (result,) = bench.run(paint.parent)
    assert "npm install" in result["error"]


def test_the_bare_model_writes_javascript_too(bench: Bench, paint: Path) -> None:
    reply = "```javascript\nexport const mix = (colours) => colours.join('-');\n```"
    bench.script({"agent": "developer", "contains": "paint-mix.js", "reply": reply})
    (result,) = bench.run(paint, "--alone")
    assert result["solved"], result["note"]
