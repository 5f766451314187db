"""`tenon bench pair`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from agents.inference import LanguageModel, ModelUnavailableError
from agents.progress import Progress, Report, silent
from server import settings
from server.bench import report
from server.bench.attempt import PairBench
from server.bench.exercism import read_exercises
from server.bench.human_eval import read_human_eval
from server.bench.result import Result
from server.bench.task import Task, wanted
from server.components import open_models
from server.settings import Settings

_FAILURE, _USAGE_ERROR = 1, 2


async def bench_pair(options: argparse.Namespace) -> int:
    """Run the tasks one after the other; 0 when the run was completed, whatever it found."""
    try:
        tasks = wanted(read_tasks(options.tasks), options.only)
        if options.out:
            report.write(options.out, _head(options), [])
    except (OSError, ValueError) as error:
        print(f"tenon: {error}", file=sys.stderr)
        return _USAGE_ERROR
    values = chosen_settings(options)
    results: list[Result] = []
    try:
        async with _models(values) as models:
            bench = PairBench(
                values, models, options.seed, options.tests == "written", options.alone
            )
            for task in tasks:
                results.append(await _attempt(bench, task, _report(options)))
                if options.out:
                    report.write(options.out, _head(options), results)
                print(report.line(results[-1]), flush=True)
    except ModelUnavailableError as error:
        print(f"tenon: {error}", file=sys.stderr)
        return _FAILURE
    print(report.summary(results))
    return 0


def read_tasks(path: Path) -> list[Task]:
    """The tasks of a file of HumanEval's or of a folder in exercism's layout.

    Raises OSError, and ValueError if there are none.
    """
    tasks = read_exercises(path) if path.is_dir() else read_human_eval(path)
    if not tasks:
        raise ValueError(f"{path} holds no tasks.")
    return tasks


async def _attempt(bench: PairBench, task: Task, tell: Report) -> Result:
    """A task that breaks is told as such, and the rest goes on."""
    try:
        return await bench.attempt(task, tell)
    except ModelUnavailableError:
        raise
    except Exception as error:
        return Result(task.name, error=f"{type(error).__name__}: {error}")


def chosen_settings(options: argparse.Namespace) -> Settings:
    """The settings in force, with what the command line says."""
    chosen: dict[str, Any] = {"maxMinutes": options.minutes}
    if options.model:
        chosen["model"] = options.model
    if options.greedy:
        chosen |= {"maxCandidates": 1, "agents": {"developer": {"temperature": 0}}}
    return settings.load(chosen).values


def _head(options: argparse.Namespace) -> dict[str, Any]:
    return {
        "source": options.tasks.name,
        "model": chosen_settings(options).model,
        "tests": options.tests,
        "greedy": options.greedy,
        "alone": options.alone,
        "seed": options.seed,
        "minutes": options.minutes,
    }


@asynccontextmanager
async def _models(values: Settings) -> AsyncGenerator[LanguageModel, None]:
    models = open_models(values, lambda text: print(text, file=sys.stderr), lambda: None)
    try:
        yield models
    finally:
        await models.close()


def _report(options: argparse.Namespace) -> Report:
    def tell(progress: Progress) -> None:
        if progress.kind == "step" and progress.elapsed_seconds is None:
            print(f"  {progress.agent}: {progress.text}", file=sys.stderr, flush=True)

    return tell if options.verbose else silent
