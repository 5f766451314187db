"""What the pair has in hands while it works on one ticket."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from agents.asking import Context
from agents.behaviors.compose_tests import TestModule
from agents.budget import Budget
from agents.tools.git import Worktree
from agents.tools.repo_map import RepoMap, is_test_file, module_name
from agents.tools.test_runner import TestRun, TestRunner
from memory.records import Ticket


@dataclass
class Workbench:
    """One ticket's worktree, tests and budget."""

    ticket: Ticket
    worktree: Worktree
    runner: TestRunner
    """For the ticket's own tests."""
    suite_runner: TestRunner
    """For the whole suite, which may take longer."""
    repo_map: RepoMap
    files: list[str]
    """Every tracked file of the base commit."""
    context: Context
    budget: Budget
    words: str
    """The person's own words that led to the ticket."""
    statement: str
    """The requirement's statement."""
    tests: TestModule | None = None
    baseline: TestRun | None = None
    lock_tests: Callable[[Workbench], Awaitable[None]] | None = None
    """Commits and locks the tests anew; set by the pair."""

    @property
    def task(self) -> str:
        """What the code is to do: a person's words are truer than a model's summary of them."""
        return self.words or self.statement

    @property
    def module(self) -> str:
        """Dotted name of the module under change."""
        return module_name(self.ticket.target_file, self.files)

    def import_of(self, name: str) -> str | None:
        """The import line for `name`: the target, or a symbol of the repository."""
        if name == self.ticket.target_symbol.split(".")[0]:
            return f"from {self.module} import {name}"
        places = [path for path, _ in self.repo_map.find(name) if not is_test_file(path)]
        if places:
            return f"from {module_name(places[0], self.files)} import {name}"
        return None
