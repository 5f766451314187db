"""`make setup` and `make run` on a machine without a Python that is new enough."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
NEEDED = ("bash", "cat", "dirname", "env", "id", "mkdir", "sh", "touch", "true")
OLD_PYTHON = '#!/bin/sh\necho "SyntaxError: invalid syntax" >&2\nexit 1\n'


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """The only folder of the PATH: the shell and a few small tools."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in NEEDED:
        found = shutil.which(name)
        assert found is not None, name
        (folder / name).symlink_to(found)
    (folder / "bwrap").symlink_to(folder / "true")  # a Debian package that set-up would look for
    return folder


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What set-up reads, without what was set up here before."""
    folder = tmp_path / "tenon ü"
    shutil.copytree(ROOT / "scripts", folder / "scripts", ignore=shutil.ignore_patterns("node_*"))
    for path in (ROOT / "Makefile", ROOT / "pyproject.toml", *ROOT.glob("requirements*.txt")):
        shutil.copy(path, folder)
    return folder


@pytest.mark.parametrize("target", ["setup", "run"])
@pytest.mark.parametrize("python", ["none", "too old"])
def test_without_python_make_says_in_one_line_what_to_do(
    target: str, python: str, checkout: Path, programs: Path
) -> None:
    if python == "too old":
        (programs / "python3").write_text(OLD_PYTHON)
        (programs / "python3").chmod(0o755)
    make = shutil.which("make")
    assert make is not None

    done = subprocess.run(
        [make, target],
        check=False,
        cwd=checkout,
        env={"PATH": str(programs), "HOME": str(checkout.parent)},
        capture_output=True,
        text=True,
    )

    assert done.returncode != 0
    said = [line for line in done.stderr.splitlines() if not line.startswith("make:")]
    assert len(said) == 1
    assert said[0].startswith("Python 3.11 or newer is missing.")
    assert "apt-get install -y python3" in said[0]
    assert "make setup PYTHON=" in said[0]
    assert done.stdout == ""
    assert not (checkout / ".venv").exists()
