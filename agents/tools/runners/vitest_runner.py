"""vitest and Jest, as they are installed in a repository."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from agents.tools.runners.contract import RunnerName
from agents.tools.runners.script_runner import WORKERS, ScriptRunner


@dataclass(frozen=True)
class Vitest(ScriptRunner):
    """The adapter of vitest; see `Adapter`."""

    name: ClassVar[RunnerName] = "vitest"
    words: ClassVar[tuple[str, ...]] = ("vitest", "run")
    needs: ClassVar[str] = "vitest"
    reporter: ClassVar[str] = "vitest_reporter.mjs"

    def arguments(
        self, root: Path, paths: Sequence[str], reporter: Path, stop_at_first: bool
    ) -> list[str]:
        """As `ScriptRunner.arguments`; vitest runs the files whose path contains one of these."""
        options = [
            f"--root={root / self.package.folder}",
            f"--reporter={reporter}",
            f"--maxWorkers={WORKERS}",
            "--coverage.enabled=false",
            "--no-cache",
            *(["--bail=1"] if stop_at_first else []),
        ]
        return [self.program("vitest"), "run", *options, *(str(root / path) for path in paths)]


@dataclass(frozen=True)
class Jest(ScriptRunner):
    """The adapter of Jest; see `Adapter`."""

    name: ClassVar[RunnerName] = "jest"
    words: ClassVar[tuple[str, ...]] = ("jest",)
    needs: ClassVar[str] = "jest"
    reporter: ClassVar[str] = "jest_reporter.cjs"

    def arguments(
        self, root: Path, paths: Sequence[str], reporter: Path, stop_at_first: bool
    ) -> list[str]:
        """As `ScriptRunner.arguments`."""
        modules = "experimental-vm-modules" in self.package.test_script
        files = [path for path in paths if not (root / path).is_dir()]
        options = [
            "--ci",
            f"--reporters={reporter}",
            f"--maxWorkers={WORKERS}",
            "--coverage=false",
            "--watchman=false",
            *(["--bail"] if stop_at_first else []),
            *(["--runTestsByPath"] if files and len(files) == len(paths) else []),
        ]
        return [
            *(["--experimental-vm-modules"] if modules else []),
            self.program("jest"),
            *options,
            *(str(root / path) for path in paths),
        ]
