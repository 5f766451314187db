"""A task of the benchmark, whatever format it came in."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from pathlib import Path

from agents.languages.registry import language_of


@dataclass(frozen=True)
class Task:
    """A unit to write, and the tests that judge it."""

    name: str
    instructions: str = ""
    target_file: str = ""
    target_symbol: str = ""
    """Empty: the whole file."""
    files: dict[str, str] = field(default_factory=dict)
    """The repository before the work, stub included, tests not."""
    tests: dict[str, str] = field(default_factory=dict)
    """Files of the acceptance tests."""
    packages: Path | None = None
    """Folder of installed packages that the tests need."""
    problem: str = ""
    """Why it cannot be set; everything else but the name is empty then."""

    @property
    def request(self) -> str:
        """The task as a person would say it, where the tests stay hidden."""
        path, symbol = self.target_file, self.target_symbol
        head = signature(path, self.files.get(path, ""), symbol) if symbol else ""
        place = f"`{head}` in" if head else "all of"
        return f"Implement {place} {self.target_file}. {self.instructions}"


def signature(path: str, source: str, symbol: str) -> str:
    """``name(parameters)`` of a function at the top level of `source`, else the name alone."""
    if not path.endswith(".py"):
        symbols = language_of(path).symbols(source)
        return next((s.signature for s in symbols if s.name == symbol), symbol)
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == symbol:
            return f"{symbol}({', '.join(a.arg for a in node.args.args)})"
    return symbol


def wanted(tasks: list[Task], only: list[str]) -> list[Task]:
    """The tasks of those names, or of those last parts of a name, in their order.

    Raises ValueError for a name that no task has.
    """
    if not only:
        return tasks
    known = {task.name for task in tasks} | {_last(task) for task in tasks}
    if unknown := [name for name in only if name not in known]:
        raise ValueError(f"There is no task {', '.join(unknown)}.")
    return [task for task in tasks if task.name in only or _last(task) in only]


def _last(task: Task) -> str:
    return task.name.rsplit("/", 1)[-1]
