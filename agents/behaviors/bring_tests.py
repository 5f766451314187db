"""Tests that came with the ticket: found, read and described. No model is needed."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import PurePosixPath

from agents.behaviors.compose_tests import TestModule, WrittenTest
from agents.behaviors.describe_tests import describe
from agents.errors import TicketBlockedError
from agents.tools.test_runner import TestRun
from agents.workbench import Workbench
from memory.records import AcceptanceTest

_PLACEHOLDER = re.compile(r"%[sdifjoOp#]|\\\$[\w.]+")
"""What stands for a row's values in the name of a table's test."""

__all__ = ["as_run", "brought_tests", "describe"]


async def brought_tests(bench: Workbench) -> TestModule:
    """The ticket's acceptance tests: the first file with its further ones.

    Raises TicketBlockedError if one is not there, is the file to change, or holds no test that
    the runner would find by itself.
    """
    modules = [await _module(bench, brought) for brought in bench.ticket.acceptance_tests]
    modules.sort(key=lambda module: not bench.language.is_collected(module.path))
    first = modules[0]
    if not bench.language.is_collected(first.path):
        raise TicketBlockedError(
            f"{first.path} is no test file by its name. Call it {bench.language.collected_names}."
        )
    first.also = modules[1:]
    return first


async def _module(bench: Workbench, brought: AcceptanceTest) -> TestModule:
    path = str(PurePosixPath(brought.path))
    if path == bench.ticket.target_file:
        raise TicketBlockedError(f"{path} is to be changed, so it cannot be a locked test.")
    text = brought.text if brought.text is not None else await bench.worktree.read(path)
    if text is None:
        raise TicketBlockedError(
            f"The acceptance test {path} is not in the repository. Commit it, or give its text "
            "with the ticket."
        )
    module = TestModule(path, "Acceptance tests", text=text, origin=brought.origin)
    if bench.language.is_collected(path):
        module.tests, module.helpers = bench.language.describe(text)
    return module


def as_run(module: TestModule, run: TestRun) -> list[WrittenTest]:
    """The module's tests as the runner found them: without skipped ones, with inherited ones."""
    here = [case for case in run.cases if case.name and case.file == module.path]
    if not here:  # it could not be imported, since the feature is missing
        return module.tests
    names = {case.name: None for case in here if case.outcome != "skipped"}
    known = {test.name: test for test in module.tests}
    return [known.get(n) or _written(n, known) for n in names]


def _written(name: str, known: dict[str, WrittenTest]) -> WrittenTest:
    """A test that goes by another name in the file: one of several rows of a table, say.

    The first one takes the table's source.
    """
    for template, test in known.items():
        pattern = _PLACEHOLDER.sub(".*", re.escape(template))
        if pattern != re.escape(template) and re.fullmatch(pattern, name, re.DOTALL):
            del known[template]
            return replace(test, name=name)
    return WrittenTest("", name, "", binding=True)
