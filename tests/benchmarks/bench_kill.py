"""How many small faults the tests of merged code notice: ``bench_kill.py RESULTS.json``.

Takes what `tenon bench pair --json` wrote. Every solved task's code is changed by the operators
of the search, one change at a time, and the tests that were merged with it run against each. A
mutant that they do not kill is a gap in the tests, or does the same as the code (those are not
told apart, so the share is a lower bound; mutation score after Offutt et al., 1996).
"""

from __future__ import annotations

import ast
import asyncio
import json
import random
import sys
import tempfile
from pathlib import Path

from agents.tools.mutation.evaluate import Evaluator
from agents.tools.mutation.hints import Hints
from agents.tools.mutation.operators import mutations
from agents.tools.mutation.unit import Unit
from agents.tools.repo_map import is_test_file
from agents.tools.sandbox import Sandbox

_MUTANTS = 60
"""Of each task, drawn at random with a fixed seed."""


def mutants(source: str) -> list[str]:
    """Sources that differ in one small change."""
    kinds = (ast.FunctionDef, ast.ClassDef)
    names = [node.name for node in ast.parse(source).body if isinstance(node, kinds)]
    found: dict[str, None] = {}
    for name in names:
        unit = Unit(source, name, Hints())
        for mutation in mutations(unit):
            if unit.key(mutation) is not None:
                found[mutation.apply(source)] = None
    chosen = [text for text in found if text != source]
    return random.Random(0).sample(chosen, min(_MUTANTS, len(chosen)))


async def killed(sandbox: Sandbox, files: dict[str, str]) -> tuple[int, int]:
    """(mutants killed, mutants made) of one task."""
    tests = [path for path in files if is_test_file(path)]
    target = next(path for path in files if path.endswith(".py") and path not in tests)
    made = mutants(files[target])
    with tempfile.TemporaryDirectory(prefix="tenon-kill-") as folder:
        root = Path(folder)
        for path, text in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, "utf-8")
        python = Path(sys.executable)
        async with Evaluator.open(sandbox, python, root, target, tests, seconds=120) as evaluator:
            verdicts = await evaluator.run(made)
    return sum(not verdict.clean for verdict in verdicts), len(made)


async def main(path: Path) -> None:
    """A line for each task, then all of them."""
    sandbox = await Sandbox.probe()
    total = [0, 0]
    for task in json.loads(path.read_text("utf-8"))["tasks"]:
        if not task["solved"]:
            continue
        dead, made = await killed(sandbox, task["files"])
        total = [total[0] + dead, total[1] + made]
        print(f"{task['task']:<28} {dead:3} of {made:3} mutants killed", flush=True)
    print(f"{total[0]} of {total[1]} killed: {total[0] / max(1, total[1]):.0%}")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
