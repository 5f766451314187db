"""Aider and Tenon on the same tasks: the same model, engine, minutes and tests.

Usage: python -m tests.benchmarks.bench_aider TASKS [--only a,b] [--minutes M] [--seed N]
Both see the tests: Aider reads them and runs them itself (`--auto-test`), as its users do. It is
served by `tenon models serve`, and started again with what it left until its minutes are over or
the tests pass. Each is judged on a clean checkout with the tests as they were given.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shlex
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from agents.progress import silent
from agents.tools.runners.choose import choose
from agents.tools.sandbox import Sandbox
from agents.tools.test_runner import TestRunner
from server.bench.attempt import PairBench
from server.bench.command import read_tasks
from server.bench.task import Task, wanted
from server.bench.workplace import clean_checkout, commit, new_repository
from server.components import open_models
from server.models.catalog import CATALOG, DEFAULT_MODEL
from server.models.configuration import physical_cores
from server.settings import load
from tests.benchmarks.serving import ROOT, Server, Setting, running, tenon

_OPTIONS = (
    *("--model", "openai/default", "--edit-format", "whole", "--map-tokens", "0"),
    *("--yes-always", "--auto-test", "--no-auto-commits", "--no-stream", "--no-pretty"),
    *("--no-check-update", "--analytics-disable", "--no-show-model-warnings"),
    *("--no-show-release-notes", "--no-gitignore"),
)


async def aider(server: Server, program: str, task: Task, minutes: float) -> tuple[bool, float]:
    """Whether Aider solved `task`, and the minutes that it took."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="tenon-aider-") as folder:
        place = Path(folder)
        repository = new_repository(task, place / "repository")
        for path, text in task.tests.items():
            (repository / path).write_text(text, "utf-8")
        command = [program, *_OPTIONS, *_about(task)]
        environment = os.environ | {
            "HOME": folder,
            "OPENAI_API_BASE": f"{server.client.base_url}/v1",
            "OPENAI_API_KEY": "none",
        }
        while (left := began + 60 * minutes - time.monotonic()) > 1:
            await _run(command, repository, environment, left)
            if await _solves(task, repository, place):
                break
        return await _solves(task, repository, place), (time.monotonic() - began) / 60


def _about(task: Task) -> list[str]:
    what = f"the function `{task.target_symbol}`" if task.target_symbol else "it"
    wish = f"Implement {what} in {task.target_file} so that the tests pass. {task.instructions}"
    tests = [part for path in task.tests for part in ("--read", path)]
    run = shlex.join(["python", "-m", "pytest", "-q", *task.tests])
    return [*tests, "--test-cmd", run, "--message", wish, task.target_file]


async def _run(
    command: list[str], repository: Path, environment: dict[str, str], seconds: float
) -> None:
    environment = environment | {"PATH": f"{Path(command[0]).parent}:{environment['PATH']}"}
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=repository,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(seconds):
            await process.wait()
    except TimeoutError:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


async def _solves(task: Task, repository: Path, place: Path) -> bool:
    target = repository / task.target_file
    text = target.read_text("utf-8") if target.is_file() else ""
    commit(repository, {task.target_file: text})
    with tempfile.TemporaryDirectory(dir=place) as folder:
        checkout = clean_checkout(repository, Path(folder) / "checkout", task)
        runner = TestRunner(await Sandbox.probe(), choose(checkout, task.target_file), timeout=60)
        return (await runner.run(checkout, list(task.tests))).green


async def main() -> None:
    """Both on each task, one after the other; a line for each, then the sums."""
    options = _options()
    values = load({"maxMinutes": options.minutes}).values
    model = CATALOG[DEFAULT_MODEL].path(values.models_dir)
    setting = Setting(model, physical_cores(), context=8192, slots=1)
    solved = {"Aider": 0, "Tenon": 0}
    tasks = wanted(read_tasks(options.tasks), options.only)
    for task in tasks:
        async with running(tenon, setting) as server:
            theirs, minutes = await aider(server, options.aider, task, options.minutes)
        models = open_models(values, print, lambda: None)
        try:
            ours = await PairBench(values, models, options.seed).attempt(task, silent)
        finally:
            await models.close()
        solved["Aider"] += theirs
        solved["Tenon"] += ours.solved
        print(
            f"{task.name:<24} Aider {_word(theirs)} {minutes:5.2f} min   "
            f"Tenon {_word(ours.solved)} {ours.minutes:5.2f} min",
            flush=True,
        )
    print("   ".join(f"{name}: {count} of {len(tasks)}" for name, count in solved.items()))


def _word(solved: bool) -> str:
    return "solved" if solved else "open  "


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    script = [ROOT / "scripts" / "aider.sh"]
    parser.add_argument("tasks", type=Path)
    parser.add_argument("--only", type=lambda text: text.split(","), default=[])
    parser.add_argument("--minutes", type=float, default=2)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    found = subprocess.run(script, check=True, stdout=subprocess.PIPE, text=True)
    options.aider = found.stdout.strip()
    return options


if __name__ == "__main__":
    asyncio.run(main())
