"""How often the walk from a sentence to a merge succeeds with the real model.

Usage: python tests/benchmarks/bench_walk.py [SAMPLE …] [--seeds N]
For each sample under examples/ and each seed: a fresh repository, `tenon run --yes`, and the
tests on a clean checkout of the result (merged). It is right if it passes the tests of walk/ too,
which nobody has seen who wrote the code, and doubted if the person is asked about it.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TENON = Path(sys.executable).with_name("tenon")


def fresh_repository(sample: str, folder: Path) -> Path:
    """A copy of a sample as a Git repository with one commit."""
    command = [sys.executable, str(ROOT / "scripts" / "sample_repository.py")]
    subprocess.run([*command, str(folder / sample), sample], check=True, stdout=subprocess.DEVNULL)
    return folder / sample


@dataclass(frozen=True)
class Walk:
    """What came of one run."""

    merged: bool
    right: bool
    doubted: bool
    seconds: float
    candidates: int

    def cells(self) -> list[str]:
        """The columns of the table."""
        told = ["yes" if each else "no" for each in (self.merged, self.right, self.doubted)]
        return [*told, str(round(self.seconds)), str(self.candidates)]


def walk(sample: str, seed: int, folder: Path) -> Walk:
    """One run, and what the tests say to its result."""
    repository = fresh_repository(sample, folder)
    head = ["git", "-C", str(repository), "rev-parse", "HEAD"]
    base = subprocess.run(head, check=True, capture_output=True, text=True).stdout.strip()
    request = (ROOT / "examples" / f"{sample}.request.txt").read_text("utf-8")
    began = time.monotonic()
    run = subprocess.run(
        [str(TENON), "run", "--repository", str(repository), "--request", request,
         "--yes", "--seed", str(seed)],
        env={**os.environ, "TENON_DATA_DIR": str(folder / "data")},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    seconds = time.monotonic() - began
    merged = run.returncode == 0 and passes(repository, base)
    unseen = ROOT / "tests" / "benchmarks" / "walk" / f"{sample}_hidden.py"
    return Walk(
        merged,
        merged and passes(repository, base, unseen),
        "please decide" in run.stdout,
        seconds,
        len(re.findall(r"\d+ of \d+ tests pass", run.stdout)),
    )


def passes(repository: Path, base: str, *unseen: Path) -> bool:
    """Whether something was merged, and every test passes on a clean checkout."""
    verify = [sys.executable, str(ROOT / "scripts" / "verify_clean_checkout.py")]
    done = subprocess.run([*verify, repository, base, *unseen], capture_output=True, check=False)
    return done.returncode == 0


def main() -> None:
    """Run every sample with every seed and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("samples", nargs="*", default=["textkit"])
    parser.add_argument("--seeds", type=int, default=10)
    arguments = parser.parse_args()
    print(
        "| sample | seed | merged | right | doubted | seconds | candidates |\n" + "|---" * 7 + "|"
    )
    for sample in arguments.samples:
        walks: list[Walk] = []
        for seed in range(arguments.seeds):
            with tempfile.TemporaryDirectory(prefix="tenon-bench-") as folder:
                walks.append(walk(sample, seed, Path(folder)))
            print("| " + " | ".join([sample, str(seed), *walks[-1].cells()]) + " |", flush=True)
        merged, right = (sum(getattr(w, what) for w in walks) for what in ("merged", "right"))
        print(f"\n{sample}: {merged} of {arguments.seeds} merged, {right} right\n", flush=True)


if __name__ == "__main__":
    main()
