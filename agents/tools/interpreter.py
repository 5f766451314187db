"""Finding a repository's Python and the folders that it needs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

_CHECK_SECONDS = 30
_PREFIXES = "import json, sys; print(json.dumps([sys.prefix, sys.base_prefix, sys.exec_prefix]))"


def find_python(root: Path) -> Path:
    """The Python of the repository's own virtual environment if it has pytest, else Tenon's."""
    for folder in (".venv", "venv"):
        python = root / folder / "bin" / "python"
        if python.is_file() and _output(python, "import pytest") is not None:
            return python
    return Path(sys.executable)


@cache
def installation(python: Path) -> tuple[Path, ...]:
    """Folders that `python` needs to run, beside those of the system. Starts it once.

    Virtual environments and interpreters often lie under a home folder, reached by links.
    """
    found = {link.parent for link in _links(python)}
    for prefix in json.loads(_output(python, _PREFIXES) or "[]"):
        found |= {Path(prefix), Path(prefix).resolve()}
    return tuple(sorted(path for path in found if _is_private(path)))


def _links(path: Path) -> list[Path]:
    """`path` and every place that its chain of links goes through."""
    chain = [path.absolute()]
    while chain[-1].is_symlink() and len(chain) < 40:
        chain.append(Path(os.path.normpath(chain[-1].parent / chain[-1].readlink())))
    return [*chain, path.resolve()]


def _is_private(path: Path) -> bool:
    """Whether a folder is neither the system's nor so wide that it would show the home folder."""
    system = any(path.is_relative_to(part) for part in ("/usr", "/bin", "/sbin", "/lib"))
    return path.is_dir() and not system and not Path.home().is_relative_to(path)


def _output(python: Path, code: str) -> str | None:
    """What `python` prints for `code`; None if it fails."""
    try:
        result = subprocess.run(
            [str(python), "-I", "-c", code],
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_CHECK_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return result.stdout if result.returncode == 0 else None
