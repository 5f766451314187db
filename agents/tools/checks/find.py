"""Finding the checks that a repository already uses."""

from __future__ import annotations

from pathlib import Path

from agents.tools.checks.contract import Check
from agents.tools.checks.node_checks import node_checks
from agents.tools.checks.python_checks import python_checks

_PYTHON = (".py", ".pyi")
_SCRIPT = (".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts")


def find_checks(root: Path, workspace: Path, python: Path | None, path: str) -> list[Check]:
    """The checks of the file `path` that are both configured in `root` and installed.

    Formatters come behind the linters that may change imports, and what only looks comes last,
    so that repairs in this order are repairs once. `workspace` is the person's checkout, where
    packages are installed.
    """
    if path.endswith(_PYTHON) and python is not None:
        return list(python_checks(root, python, path))
    if path.endswith(_SCRIPT):
        return list(node_checks(root, workspace, path))
    return []
