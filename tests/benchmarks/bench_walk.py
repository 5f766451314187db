"""How often the walk from a sentence to a merge succeeds with the real model.

Usage: python tests/benchmarks/bench_walk.py [SAMPLE …] [--seeds N]
For each sample under examples/ and each seed: a fresh repository, `tenon run --yes`, and the
tests on a clean checkout of the result. Only a run that passes all of it counts.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TENON = Path(sys.executable).with_name("tenon")


def fresh_repository(sample: str, folder: Path) -> Path:
    """A copy of a sample as a Git repository with one commit."""
    command = [sys.executable, str(ROOT / "scripts" / "sample_repository.py")]
    subprocess.run([*command, str(folder / sample), sample], check=True, stdout=subprocess.DEVNULL)
    return folder / sample


def walk(sample: str, seed: int, folder: Path) -> tuple[bool, float, int]:
    """(merged and proved, seconds, candidates run) of one run."""
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
    verify = [sys.executable, str(ROOT / "scripts" / "verify_clean_checkout.py")]
    proved = subprocess.run([*verify, str(repository), base], capture_output=True, check=False)
    candidates = len(re.findall(r"\d+ of \d+ tests pass", run.stdout))
    return run.returncode == 0 and proved.returncode == 0, seconds, candidates


def main() -> None:
    """Run every sample with every seed and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("samples", nargs="*", default=["textkit"])
    parser.add_argument("--seeds", type=int, default=10)
    arguments = parser.parse_args()
    print("| sample | seed | merged | seconds | candidates |\n|---|---|---|---|---|")
    for sample in arguments.samples:
        merged = 0
        for seed in range(arguments.seeds):
            with tempfile.TemporaryDirectory(prefix="tenon-bench-") as folder:
                good, seconds, candidates = walk(sample, seed, Path(folder))
            merged += good
            row = (sample, seed, "yes" if good else "no", round(seconds), candidates)
            print("| " + " | ".join(map(str, row)) + " |", flush=True)
        print(f"\n{sample}: {merged} of {arguments.seeds} merged\n", flush=True)


if __name__ == "__main__":
    main()
