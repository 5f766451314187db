"""Finding Node and what it can do."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from agents.tools.interpreter import is_private

_ASK = (
    "const f = process.features.typescript; "
    "console.log(JSON.stringify([process.execPath, process.versions.node, Boolean(f)]))"
)
_CHECK_SECONDS = 30
_FOLDERS = ("/usr/local/bin", "/opt/homebrew/bin", "~/.volta/bin", "~/.local/share/mise/shims")
_VERSIONS = ("~/.nvm/versions/node", "~/.local/share/fnm/node-versions")


@dataclass(frozen=True)
class Node:
    """One installed Node."""

    path: Path
    version: tuple[int, int]
    types: bool = False
    """Whether it runs TypeScript by leaving the types out."""

    @property
    def readable(self) -> tuple[Path, ...]:
        """What it needs to run, beside the system's folders."""
        prefix = self.path.parent.parent
        if self.path.parent.name == "bin" and is_private(prefix):
            return (prefix,)
        return () if self.path.is_relative_to("/usr") else (self.path,)


def find_node() -> Node | None:
    """The Node that a terminal would start, else one in a usual place; None without any.

    Version managers put a starter in its place, so Node itself is asked where it is.
    """
    return next((node for path in _places() if (node := _ask(path)) is not None), None)


def _places() -> Iterator[Path]:
    if found := shutil.which("node"):
        yield Path(found)
    for folder in _FOLDERS:
        yield Path(folder).expanduser() / "node"
    for folder in _VERSIONS:
        yield from sorted(
            Path(folder).expanduser().glob("*/**/bin/node"), key=_version, reverse=True
        )


def _version(path: Path) -> tuple[int, ...]:
    found = re.search(r"/v?(\d+)\.(\d+)\.(\d+)/", str(path))
    return tuple(map(int, found.groups())) if found else ()


@cache
def _ask(path: Path) -> Node | None:
    if not path.is_file():
        return None
    environment = {name: value for name, value in os.environ.items() if name != "NODE_OPTIONS"}
    try:
        answer = subprocess.run(
            [str(path), "-e", _ASK],
            cwd="/",
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_CHECK_SECONDS,
            check=True,
        )
        real, version, types = json.loads(answer.stdout)
        major, minor, *_ = map(int, version.split("."))
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    return Node(Path(real), (major, minor), types)
