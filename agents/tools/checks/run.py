"""Running checks, and the repairs that they bring, in the sandbox."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from agents.tools.checks.contract import Check, CheckRun
from agents.tools.checks.python_checks import CACHE
from agents.tools.runners.node_modules import lent
from agents.tools.sandbox import Sandbox, SandboxResult


@dataclass(frozen=True)
class Checker:
    """The checks of one file in one checkout."""

    sandbox: Sandbox
    checks: tuple[Check, ...]
    root: Path
    path: str
    cache: Path
    """A folder for what the checks keep between runs."""
    timeout: float = 60.0
    """Seconds of one run."""

    async def run(self) -> list[CheckRun]:
        """What each check says to the file as it lies there. Never raises for what they do."""
        return [await self._run(check) for check in self.checks]

    async def repair(self, names: Collection[str]) -> None:
        """Let the checks called `names` change the file, those that can, one after the other."""
        for check in self.checks:
            if check.fix and check.name in names:
                await self._sandboxed(check, check.fix, writable=True)

    async def _run(self, check: Check) -> CheckRun:
        try:
            result = await self._sandboxed(check, check.argv, writable=False)
        except OSError as error:
            return CheckRun(check, problem=f"{check.name} cannot be started: {error}")
        try:
            findings = check.read(self.root / check.folder, result)
        except (ValueError, KeyError, TypeError, IndexError) as error:
            return CheckRun(check, problem=f"{check.name}: {error}", seconds=result.seconds)
        placed = (
            replace(finding, path=PurePosixPath(check.folder, finding.path).as_posix())
            for finding in findings
        )
        return CheckRun(check, tuple(placed), seconds=result.seconds)

    async def _sandboxed(
        self, check: Check, argv: tuple[str, ...], *, writable: bool
    ) -> SandboxResult:
        inner = PurePosixPath(self.path)
        path = inner.relative_to(check.folder) if check.folder else inner
        command = [word.replace(CACHE, str(self.cache)) for word in argv]
        if not check.whole_project:
            command.append(str(path))
        with lent(self.root, dict(check.modules)):
            return await self.sandbox.run(
                command,
                cwd=await asyncio.to_thread((self.root / check.folder).resolve),
                writable=[self.cache, *([self.root] if writable else [])],
                readable=[*check.readable, *([] if writable else [self.root])],
                env={"PATH": f"{Path(argv[0]).parent}:/usr/local/bin:/usr/bin:/bin"},
                timeout=self.timeout,
                max_output_bytes=8 * 1024 * 1024,
                limit_address_space=False,
            )
