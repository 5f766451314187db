"""Which runner a repository's tests are for."""

from __future__ import annotations

from pathlib import Path

from agents.tools.interpreter import find_python
from agents.tools.runners.contract import Adapter
from agents.tools.runners.pytest_runner import Pytest


def choose(root: Path, target_file: str = "", python: Path | None = None) -> Adapter:
    """The adapter for tests of `target_file` in the repository at `root`.

    `python` is the interpreter if a setting names one.
    """
    return Pytest(python or find_python(root))
