"""What the pair has in hands while it works on one ticket."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from agents.asking import Context
from agents.behaviors.compose_tests import TestModule
from agents.behaviors.find_helpers import Helper
from agents.budget import Budget
from agents.languages.contract import Language
from agents.tools.checks import Check
from agents.tools.git import Worktree
from agents.tools.repo_map import RepoMap, is_test_file
from agents.tools.test_runner import TestRun, TestRunner
from memory.records import Ticket


@dataclass(frozen=True)
class Recalled:
    """What memory and the repository have for a ticket."""

    snippets: list[str]
    """Texts of accepted code in the ticket's language, best first."""
    lessons: list[str]
    helpers: list[Helper]
    """What of other files the code may need, the likeliest first."""
    named: list[Helper]
    """Those that the words or the tests name."""
    told: frozenset[str]
    """Every name that the words or the tests have."""


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
    withdrawn: int = 0
    """Suggested tests that were taken out again, since candidates agree against them."""
    baseline: TestRun | None = None
    lock_tests: Callable[[Workbench], Awaitable[None]] | None = None
    """Commits and locks the tests anew; set by the pair."""
    tampering: Callable[[Workbench], Awaitable[str]] | None = None
    """Why the tests are not as they were locked, empty if they are; set by the pair."""

    checks: tuple[Check, ...] = ()
    """What the repository itself checks the target file with."""
    recalled: Recalled | None = None
    """Filled by the first question for code; `recalling` lets the others of its wave wait."""
    recalling: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def total(self) -> int:
        """How many tests the ticket has."""
        return len(self.tests.tests) if self.tests else 0

    @property
    def task(self) -> str:
        """What the code is to do: a person's words are truer than a model's summary of them."""
        return self.words or self.statement

    @property
    def language(self) -> Language:
        """Of the file under change."""
        return self.context.language

    @property
    def module(self) -> str:
        """What other code calls the file under change."""
        return self.language.module_of(self.ticket.target_file)

    @property
    def test_path(self) -> str:
        """Where the repository keeps its tests, under a file name that nothing else has."""
        ticket = self.ticket
        subject = ticket.target_symbol or PurePosixPath(ticket.target_file).stem
        return self.language.test_path(subject, ticket.target_file, ticket.id.split("-")[-1])

    def import_of(self, name: str) -> str | None:
        """The import line for `name` in a test: the target, or a symbol of the repository."""
        places = [p for p, _ in self.repo_map.find(name) if self._may_import(p)]
        if name == self.ticket.target_symbol.split(".")[0]:
            places = [self.ticket.target_file]
        return self.language.import_line(name, places[0], self.test_path) if places else None

    def _may_import(self, path: str) -> bool:
        return self.language.owns(path) and not is_test_file(path)
