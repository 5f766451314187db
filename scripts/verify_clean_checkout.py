"""Prove the result of a run: something was merged, and the tests pass on a clean checkout.

Usage: python scripts/verify_clean_checkout.py REPOSITORY BASE_COMMIT [TEST_FILE]
The checkout is a clone in a temporary folder; the tests run in the same sandbox as the team's.
TEST_FILE is put among them: tests that nobody has seen who wrote the code.
"""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from agents.tools.runners.choose import choose
from agents.tools.sandbox import Sandbox
from agents.tools.test_runner import TestRunner


def git(repository: Path, *arguments: str) -> str:
    """Return the output of a Git command. Raises CalledProcessError."""
    command = ["git", "-C", str(repository), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


async def test_checkout(repository: Path, checkout: Path, unseen: Path | None) -> bool:
    """Run the whole suite of a fresh clone and say how it went."""
    git(repository, "clone", "--quiet", "--no-hardlinks", str(repository), str(checkout))
    if unseen is not None:
        shutil.copy(unseen, checkout / "tests" / f"test_{unseen.stem}.py")
    runner = TestRunner(await Sandbox.probe(), choose(repository), timeout=600)
    result = await runner.run(checkout)
    print(f"Clean checkout: {len(result.passed)} tests passed, {len(result.failing)} failed.")
    if result.problem:
        print(result.problem)
    return result.exit_code == 0 and bool(result.passed)


def main(repository: Path, base: str, unseen: Path | None = None) -> int:
    """Return 0 only if there is a merge since `base` and its tests pass."""
    merges = git(repository, "log", "--merges", "--format=%h %s", f"{base}..HEAD")
    if not merges:
        print("Nothing was merged.", file=sys.stderr)
        return 1
    print(f"Merged:\n{merges}")
    with tempfile.TemporaryDirectory(prefix="tenon-verify-") as folder:
        passed = asyncio.run(test_checkout(repository, Path(folder) / "checkout", unseen))
    return 0 if passed else 1


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1]).resolve(), sys.argv[2], *map(Path, sys.argv[3:])))
