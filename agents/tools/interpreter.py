"""Finding a repository's Python and the folders that it needs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

from agents.tools.repo_map import SOURCE_FOLDERS

_CHECK_SECONDS = 30
_PREFIXES = "import json, sys; print(json.dumps([sys.prefix, sys.base_prefix, sys.exec_prefix]))"


def find_python(root: Path) -> Path:
    """The Python of the repository's own virtual environment if it has pytest, else Tenon's."""
    return next(filter(has_pytest, own_pythons(root)), Path(sys.executable))


def own_pythons(root: Path) -> list[Path]:
    """The interpreters of the repository's own virtual environments."""
    pythons = (root / folder / "bin" / "python" for folder in (".venv", "venv"))
    return [python for python in pythons if python.is_file()]


def has_pytest(python: Path) -> bool:
    """Whether `python` can import pytest. Starts it."""
    return _output(python, "import pytest") is not None


def environment(root: Path, python: Path) -> dict[str, str]:
    """What the tests see; the code under test comes before anything that is installed."""
    folders = [root, *(root / n for n in SOURCE_FOLDERS if (root / n).is_dir())]
    # Nothing in Tenon's own environment was installed for the repository's tests.
    own = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"} if python == Path(sys.executable) else {}
    return {
        **own,
        "PATH": f"{python.parent}:/usr/local/bin:/usr/bin:/bin",
        "PYTHONPATH": os.pathsep.join(map(str, folders)),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONIOENCODING": "utf-8",
        # Numeric libraries reserve address space for each core, which is limited here.
        "OMP_NUM_THREADS": "2",
        "OPENBLAS_NUM_THREADS": "2",
    }


@cache
def installation(python: Path) -> tuple[Path, ...]:
    """Folders that `python` needs to run, beside those of the system. Starts it once.

    Virtual environments and interpreters often lie under a home folder, reached by links.
    """
    found = {link.parent for link in links(python)}
    for prefix in json.loads(_output(python, _PREFIXES) or "[]"):
        found |= {Path(prefix), Path(prefix).resolve()}
    return tuple(sorted(path for path in found if is_private(path)))


def links(path: Path) -> list[Path]:
    """`path` and every place that its chain of links goes through."""
    chain = [path.absolute()]
    while chain[-1].is_symlink() and len(chain) < 40:
        chain.append(Path(os.path.normpath(chain[-1].parent / chain[-1].readlink())))
    return [*chain, path.resolve()]


def is_private(path: Path) -> bool:
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
