"""Make a fresh Git repository from a sample project and print its path.

Usage: python scripts/sample_repository.py DESTINATION [EXAMPLE]
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
LITTER = shutil.ignore_patterns("__pycache__", ".pytest_cache", ".venv", "*.egg-info")
QUIET_GIT = (
    *("git", "-c", "core.hooksPath=/dev/null", "-c", "commit.gpgSign=false"),
    *("-c", "user.name=Tenon sample", "-c", "user.email=sample@tenon.invalid"),
)


def create(destination: Path, example: str = "textkit") -> Path:
    """Copy the example to a new folder and commit it on `main`.

    Raises FileExistsError if the folder is there already.
    """
    shutil.copytree(EXAMPLES / example, destination, ignore=LITTER)
    for command in (
        ("init", "--quiet", "--initial-branch=main"),
        ("add", "--all"),
        ("commit", "--quiet", "--message", f"The sample project {example}"),
    ):
        subprocess.run([*QUIET_GIT, *command], cwd=destination, check=True)
    return destination.resolve()


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 3:
        sys.exit(__doc__)
    print(create(Path(sys.argv[1]), *sys.argv[2:]))
