"""How fast mutants run, and how many near misses the search mends.

Usage: python tests/benchmarks/bench_mutation.py [NAME …] [--seconds N] [--show]
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from agents.tools.mutation import Climb, climb
from agents.tools.mutation.evaluate import Evaluator
from agents.tools.runners.pytest_runner import Pytest
from agents.tools.sandbox import Sandbox
from agents.tools.test_runner import TestRunner
from tests.later_near_misses import LATER_NEAR_MISSES
from tests.near_miss import NearMiss
from tests.near_misses import NEAR_MISSES

PYTHON = Path(sys.executable)
ALL = NEAR_MISSES | LATER_NEAR_MISSES


async def speed(sandbox: Sandbox, miss: NearMiss, runs: int = 300) -> float:
    """Runs of the same source per second."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        miss.write(root)
        opened = Evaluator.open(sandbox, PYTHON, root, "near.py", ["test_near.py"], seconds=120)
        async with opened as evaluator:
            await evaluator.run([miss.source], trace=True)
            start = time.monotonic()
            await evaluator.run([miss.source] * runs)
            return runs / (time.monotonic() - start)


async def mend(sandbox: Sandbox, miss: NearMiss, seconds: float) -> tuple[Climb, bool]:
    """The search, and whether its result passes the hidden cases too, by plain pytest."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        miss.write(root)
        found = await climb(
            sandbox, PYTHON, root, "near.py", miss.symbol, ["test_near.py"], [miss.source],
            seconds=seconds,
        )  # fmt: skip
        (root / "near.py").write_text(found.best)
        (root / "test_near.py").write_text(miss.module(miss.tests + "\n" + miss.hidden))
        run = await TestRunner(sandbox, Pytest(PYTHON)).run(root)
        return found, run.green


async def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=list(ALL))
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--show", action="store_true", help="print what was found")
    options = parser.parse_args()
    sandbox = await Sandbox.probe()
    print(f"{await speed(sandbox, NEAR_MISSES['slugify']):.0f} runs/s")
    print("| near miss | tests | mended | hidden cases | runs | seconds | changes |")
    print("|---|---|---|---|---|---|---|")
    mended = 0
    for name in options.names:
        found, holds = await mend(sandbox, ALL[name], options.seconds)
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
