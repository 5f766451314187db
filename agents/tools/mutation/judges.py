"""Which judge the mutants of a repository get: by what runs its tests."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from agents.tools.mutation.channel import EvaluationError
from agents.tools.mutation.contract import Judge
from agents.tools.mutation.evaluate import Evaluator
from agents.tools.mutation.script_judge import ScriptJudge
from agents.tools.runners.script_runner import ScriptRunner
from agents.tools.test_runner import TestRunner


@asynccontextmanager
async def judge_of(
    runner: TestRunner, root: Path, target: str, tests: Sequence[str], *, seconds: float
) -> AsyncGenerator[Judge, None]:
    """A judge for the file `target` of `root`; raises EvaluationError if there is none."""
    sandbox, adapter = runner.sandbox, runner.adapter
    if adapter.python is not None:
        python = Evaluator.open(sandbox, adapter.python, root, target, tests, seconds=seconds)
        async with python as judge:
            yield judge
    elif isinstance(adapter, ScriptRunner):
        node = ScriptJudge.open(sandbox, adapter, root, target, tests, seconds=seconds)
        async with node as script_judge:
            yield script_judge
    else:
        raise EvaluationError(f"mutants cannot be run by {adapter.name}")
