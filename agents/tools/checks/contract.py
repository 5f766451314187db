"""What Tenon needs to know about a check, and what a check says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Literal

from agents.tools.sandbox import SandboxResult

Kind = Literal["lint", "types", "format"]

_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True)
class Finding:
    """One thing that a check finds wrong."""

    check: str
    path: str
    """Relative to the repository, with forward slashes."""
    line: int
    """From 1; 0 where it is about the whole file."""
    code: str
    """Rule or error code, perhaps empty."""
    text: str

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Equal for the same finding in another place of the file."""
        return self.check, self.path, self.code, _NUMBER.sub("0", self.text)

    def __str__(self) -> str:
        """As a person reads it."""
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place}: {self.code} {self.text}".replace(":  ", ": ")


Read = Callable[[Path, SandboxResult], list[Finding]]
"""The folder that a check ran in, and how it ended -> findings with paths relative to the folder.
Raises ValueError where that is no report."""


@dataclass(frozen=True)
class Check:
    """One check of one repository, ready to be run. It starts nothing itself."""

    name: str
    kind: Kind
    argv: tuple[str, ...]
    """The file comes behind it, unless the check is about the whole project."""
    read: Read
    fix: tuple[str, ...] = ()
    """What repairs the file, likewise; empty if nothing does."""
    whole_project: bool = False
    folder: str = ""
    """Where it runs, relative to the repository."""
    readable: tuple[Path, ...] = ()
    modules: tuple[tuple[str, Path], ...] = ()
    """Folders of installed packages to lend: path in the repository, folder."""

    @property
    def command(self) -> str:
        """For a person to read, without options and the paths of this machine."""
        program, *words = takewhile(lambda word: not word.startswith("--"), self.argv)
        return " ".join([Path(program).name, *(Path(word).name for word in words if word != "-I")])


@dataclass(frozen=True)
class CheckRun:
    """What a check said once."""

    check: Check
    findings: tuple[Finding, ...] = ()
    problem: str = ""
    """Why it said nothing: it could not be run or read."""
    seconds: float = 0.0


def new_findings(before: Sequence[Finding], now: Sequence[Finding]) -> list[Finding]:
    """What `now` has that `before` has not, wherever in the file it was."""
    left = Counter(finding.key for finding in before)
    found: list[Finding] = []
    for finding in now:
        if left[finding.key]:
            left[finding.key] -= 1
        else:
            found.append(finding)
    return found
