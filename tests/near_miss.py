"""Code that fails some of its tests by a detail, as small models write it."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class NearMiss:
    """Code, its tests, and cases that neither the code's author nor the search has seen."""

    symbol: str
    source: str
    tests: str
    hidden: str

    def write(self, folder: Path) -> None:
        """The two files of a repository."""
        (folder / "near.py").write_text(self.source)
        (folder / "test_near.py").write_text(self.module(self.tests))

    def module(self, cases: str) -> str:
        """A pytest module with one test for each line of `cases`."""
        name = self.symbol.split(".")[0]
        lines = [line for line in cases.strip().splitlines() if line]
        tests = "\n\n".join(f"def test_{i}():\n    {line}" for i, line in enumerate(lines))
        return f"import pytest\n\nfrom near import {name}\n\n\n{tests}\n"
