"""What the runners of JavaScript and TypeScript have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from agents.tools.interpreter import links
from agents.tools.limits import GIB
from agents.tools.runners.contract import Command, Language, NotRunnableError, RunnerName
from agents.tools.runners.lines_report import (
    GUESTS,
    REPORT_VARIABLE,
    STOP_VARIABLE,
    Sources,
    read_lines,
)
from agents.tools.runners.node_program import Node
from agents.tools.runners.packages import Package
from agents.tools.runners.script_failures import case_of
from agents.tools.sandbox import SandboxResult
from agents.tools.test_report import TestCase, worst_of_each

WORKERS = 2
_OLDEST = (20, 0)
_HEAP_MIB = 1024
_MAX_PROCESSES = 256
"""Node starts some ten threads in each process, and the kernel counts threads."""


@dataclass(frozen=True)
class ScriptRunner(ABC):
    """A runner that Node starts, with a reporter of ours; see `Adapter`."""

    node: Node | None
    package: Package
    """In the person's checkout, where packages are installed."""
    language: ClassVar[Language] = "javascript"
    python: ClassVar[None] = None
    name: ClassVar[RunnerName]
    no_tests: ClassVar[frozenset[int]] = frozenset({0, 1})
    words: ClassVar[tuple[str, ...]]
    """The command as a person knows it."""
    needs: ClassVar[str] = ""
    """The package that has to be installed."""
    reporter: ClassVar[str]
    """File name of the reporter."""

    def command(
        self, root: Path, paths: Sequence[str], report: Path, *, stop_at_first: bool
    ) -> Command:
        """As `Adapter.command`."""
        node, modules = self.usable_node(), self.package.modules()
        reporter = GUESTS / self.reporter
        return Command(
            argv=[str(node.path), *self.arguments(root, paths, reporter, stop_at_first)],
            env=self._environment(node, report, stop_at_first),
            folder=self.package.folder,
            readable=(reporter, *node.readable, *_outside(root, modules.values())),
            modules=modules,
            memory_bytes=2 * GIB,
            limit_address_space=False,
            max_processes=_MAX_PROCESSES,
        )

    @abstractmethod
    def arguments(
        self, root: Path, paths: Sequence[str], reporter: Path, stop_at_first: bool
    ) -> list[str]:
        """What follows ``node``. Raises NotRunnableError."""

    def read(self, root: Path, report: bytes) -> list[TestCase]:
        """As `Adapter.read`."""
        sources = Sources(root)
        return worst_of_each([case_of(told, sources) for told in read_lines(report)])

    def advice(self, result: SandboxResult) -> str:
        """As `Adapter.advice`."""
        return ""

    def shown(self, paths: Sequence[str], *, stop_at_first: bool) -> str:
        """As `Adapter.shown`."""
        return " ".join([*self.words, *paths])

    def require(self) -> Node:
        """The Node that runs it, with all that it needs. Raises NotRunnableError."""
        if self.needs:
            self.program(self.needs)
        return self.usable_node()

    def usable_node(self) -> Node:
        """The Node to run with. Raises NotRunnableError."""
        if self.node is None:
            raise NotRunnableError(
                "Node was not found. Install Node.js 20 or newer, or put it on the PATH."
            )
        if self.node.version < _OLDEST:
            version = ".".join(map(str, self.node.version))
            raise NotRunnableError(
                f"The tests need Node.js 20 or newer; {self.node.path} is {version}."
            )
        return self.node

    def _environment(self, node: Node, report: Path, stop_at_first: bool) -> dict[str, str]:
        return {
            "PATH": f"{node.path.parent}:/usr/local/bin:/usr/bin:/bin",
            "NODE_OPTIONS": f"--max-old-space-size={_HEAP_MIB}",
            "CI": "true",  # no watching, and no snapshot is written that nobody has seen
            "NO_COLOR": "1",
            REPORT_VARIABLE: str(report),
            **({STOP_VARIABLE: "1"} if stop_at_first else {}),
        }

    def program(self, package: str) -> str:
        """The script of an installed package. Raises NotRunnableError."""
        script = self.package.program(package)
        if script is None:
            raise NotRunnableError(
                f"{package} is not installed in {self.package.path}. Run npm install there."
            )
        return str(script)


def _outside(root: Path, folders: Iterable[Path]) -> list[Path]:
    """Folders that the run does not have anyway, and what links in them lead to."""
    places: dict[Path, None] = {}
    for folder in folders:
        entries = (entry.resolve() for entry in folder.iterdir() if entry.is_symlink())
        places |= dict.fromkeys([*links(folder), *entries])
    outside = [place for place in places if not place.is_relative_to(root)]
    return [p for p in outside if p.exists() and not any(o in p.parents for o in outside)]
