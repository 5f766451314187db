"""How fast mutants of JavaScript run, and how many near misses the search mends.

Usage: python tests/benchmarks/bench_script_mutation.py [NAME …] [--seconds N] [--runner R]
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from agents.languages.registry import language_of
from agents.tools.mutation import Climb, climb_by
from agents.tools.mutation.judges import judge_of
from agents.tools.runners.choose import choose
from agents.tools.sandbox import Sandbox
from agents.tools.test_runner import TestRunner
from tests.script_miss import ScriptMiss
from tests.script_near_misses import SCRIPT_MISSES

PACKAGES = Path(__file__).parents[1] / "javascript" / "node_modules"


def prepared(folder: str, miss: ScriptMiss, runner: str, sandbox: Sandbox) -> TestRunner:
    """The repository of a near miss, and how its tests are run."""
    root = Path(folder)
    miss.write(root, runner)
    (root / "node_modules").symlink_to(PACKAGES)
    return TestRunner(sandbox, choose(root, "near.js", None, runner))  # type: ignore[arg-type]


async def speed(sandbox: Sandbox, miss: ScriptMiss, name: str, runs: int) -> float:
    """Runs of the same source per second."""
    with tempfile.TemporaryDirectory() as folder:
        runner = prepared(folder, miss, name, sandbox)
        opened = judge_of(runner, Path(folder), "near.js", ["near.test.js"], seconds=120)
        async with opened as judge:
            await judge.run([miss.source])
            start = time.monotonic()
            await judge.run([miss.source] * runs)
            return runs / (time.monotonic() - start)


async def mend(sandbox: Sandbox, miss: ScriptMiss, name: str, seconds: float) -> tuple[Climb, bool]:
    """The search, and whether its result passes the hidden cases too, by the plain runner."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        runner = prepared(folder, miss, name, sandbox)
        operators = language_of("near.js").operators
        assert operators is not None
        found = await climb_by(
            judge_of(runner, root, "near.js", ["near.test.js"], seconds=seconds),
            operators.given([miss.module(miss.tests, name)]),
            [miss.symbol],
            [miss.source],
            seconds=seconds,
        )
        (root / "near.js").write_text(found.best)
        (root / "near.test.js").write_text(miss.module(miss.tests + miss.hidden, name))
        run = await runner.run(root)
        return found, run.green


async def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=list(SCRIPT_MISSES))
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--runner", choices=["node", "vitest", "jest"], default="node")
    parser.add_argument("--runs", type=int, default=200, help="for the speed")
    parser.add_argument("--show", action="store_true", help="print what was found")
    options = parser.parse_args()
    sandbox = await Sandbox.probe()
    rate = await speed(sandbox, SCRIPT_MISSES["slugify"], options.runner, options.runs)
    print(f"{rate:.1f} runs/s")
    print("| near miss | tests | mended | hidden cases | runs | seconds | changes |")
    print("|---|---|---|---|---|---|---|")
    mended = 0
    for name in options.names:
        found, holds = await mend(sandbox, SCRIPT_MISSES[name], options.runner, options.seconds)
        mended += found.green
        words = "; ".join(change.what for change in found.changes) if found.green else found.problem
        print(
            f"| {name} | {len(found.passed)} of {found.total} | {'yes' if found.green else 'no'} "
            f"| {'pass' if holds else 'fail'} | {found.runs} | {found.seconds:.1f} | {words} |",
            flush=True,
        )
        if options.show:
            print(found.best)
    print(f"{mended} of {len(options.names)} mended")


if __name__ == "__main__":
    asyncio.run(main())
