"""The Tester: turns acceptance criteria into tests that fail for the right reason."""

from __future__ import annotations

from typing import ClassVar

from agents.base import Behavior, IAgent
from agents.behaviors.bring_tests import as_run, brought_tests
from agents.behaviors.compose_tests import TestModule, WrittenTest
from agents.behaviors.judge_red import brought_for_nothing, wrong_reason
from agents.behaviors.write_test import WriteTest
from agents.errors import TicketBlockedError
from agents.progress import Progress
from agents.tools.test_runner import TestCase, TestRun
from agents.workbench import Workbench


class Tester(IAgent):
    """Writes the tests of a ticket before the code exists."""

    agent_type: ClassVar[str] = "tester"
    _write_test = WriteTest()

    @property
    def behaviors(self) -> tuple[Behavior, ...]:
        """Tests by tool where an example is given; by model where none is."""
        return (self._write_test,)

    async def write_tests(self, bench: Workbench) -> tuple[TestModule, TestRun]:
        """The ticket's test module, written into the worktree and proved red.

        Raises TicketBlockedError if no test fails for the right reason. Where the ticket brings
        tests, those decide; no model writes any then.
        """
        if bench.ticket.acceptance_tests:
            return await self._adopt(bench)
        async with self.working("writing the tests"):
            module = bench.language.test_module(bench.test_path, _title(bench))
            for criterion in bench.ticket.criteria:
                test = bench.language.compose(bench.ticket, criterion, bench.import_of, bench.words)
                if test is None:
                    test = await self._write_test.run(self, bench, criterion)
                if test is not None:
                    module.tests.append(test)
            return await self._prove_red(bench, module)

    async def _adopt(self, bench: Workbench) -> tuple[TestModule, TestRun]:
        """The tests that the ticket brings, in the worktree as they are, proved red."""
        async with self.working("proving the tests that were brought"):
            module = await brought_tests(bench)
            for each in module.modules:
                await bench.worktree.write(each.path, each.source())
                text = f"{each.path} was brought by the {each.origin}; it decides"
                await self.log("decision", text, bench.ticket.id)
            paths = [each.path for each in module.modules if each.tests]
            run = await bench.runner.run(bench.worktree.root, paths or [module.path])
            if run.problem and not run.cases:
                raise TicketBlockedError(f"The tests cannot be run: {run.problem}")
            if reason := brought_for_nothing(run, bench.ticket, bench.files):
                raise TicketBlockedError(f"The tests that were brought prove nothing: {reason}")
            for each in module.modules:
                each.tests = as_run(each, run)
            red = await self._red(bench, run)
            await self._add_examples(bench, module)
            return module, red

    async def _add_examples(self, bench: Workbench, brought: TestModule) -> None:
        """Examples of the ticket's criteria, by tool alone, in a file of the Tester's own."""
        own = bench.language.test_module(bench.test_path, _title(bench))
        compose, words = bench.language.compose, bench.words
        composed = (compose(bench.ticket, c, bench.import_of, words) for c in bench.ticket.criteria)
        own.tests = [test for test in composed if test is not None and test.binding]
        if not own.tests or own.path in (each.path for each in brought.modules):
            return
        await bench.worktree.write(own.path, own.source())
        run = await bench.runner.run(bench.worktree.root, [own.path])
        own = own.without(await self._broken(bench, own, run))
        if own.tests:
            await bench.worktree.write(own.path, own.source())
            brought.also.append(own)

    async def _prove_red(self, bench: Workbench, module: TestModule) -> tuple[TestModule, TestRun]:
        """Run the tests, throw out those that prove nothing, and run what is left again."""
        while module.tests:
            await bench.worktree.write(module.path, module.source())
            run = await bench.runner.run(bench.worktree.root, [module.path])
            if run.problem and not run.cases:
                raise TicketBlockedError(f"The tests cannot be run: {run.problem}")
            broken = await self._broken(bench, module, run)
            if not broken:
                return module, await self._red(bench, run)
            module = module.without(broken)
        raise TicketBlockedError(
            "No test could be written that fails because the feature is missing. Give an "
            "example in the requirement, such as `call(…)` returns `value`."
        )

    async def _broken(self, bench: Workbench, module: TestModule, run: TestRun) -> set[str]:
        """Names of the tests to throw away, with the reasons logged."""
        broken: set[str] = set()
        for test in module.tests:
            reason = wrong_reason(_case_of(test, run), bench.ticket, bench.files)
            kept_though_green = test.binding and reason and "passes before" in reason
            if reason and not kept_though_green:
                broken.add(test.name)
                text = f"{test.criterion_id}: test thrown away: {reason}"
                await self.log("step", text, bench.ticket.id)
        return broken

    async def _red(self, bench: Workbench, run: TestRun) -> TestRun:
        if not any(case.outcome in ("failed", "error") for case in run.cases):
            raise TicketBlockedError(
                "Every example passes already: the software does what the ticket asks for."
            )
        text = f"red for the right reason: {_first_message(run)}"
        bench.context.report(Progress("step", self.agent_type, text))
        await self.log("step", text, bench.ticket.id, seconds=round(run.seconds, 1))
        return run

    async def withdraw(self, bench: Workbench, names: frozenset[str]) -> None:
        """Take suggested tests out of the module because the candidates agree against them."""
        if bench.tests is None:
            return
        async with self.working("withdrawing a suggested test"):
            gone = [t for t in bench.tests.tests if t.name in names]
            bench.tests = bench.tests.without(set(names))
            if bench.lock_tests is not None:
                await bench.lock_tests(bench)
            for test in gone:
                text = (
                    f"{test.criterion_id}: suggested test {test.name} withdrawn, because "
                    "independent candidates agree with each other and not with it"
                )
                bench.context.report(Progress("step", self.agent_type, text))
                await self.log("decision", text, bench.ticket.id, test=test.source)


def _title(bench: Workbench) -> str:
    requirements = ", ".join(bench.ticket.requirement_ids) or "the ticket"
    words = bench.ticket.title.replace("\\", "/").replace('"', "'")
    return f"Acceptance tests of {requirements}: {words}."


def _case_of(test: WrittenTest, run: TestRun) -> TestCase:
    """The outcome of `test`; the error of the whole file if it could not be collected."""
    for case in run.cases:
        if case.name and case.name == test.name:
            return case
    for case in run.cases:
        if case.outcome == "error":
            return case
    return TestCase(test.name, "skipped", message=run.problem)


def _first_message(run: TestRun) -> str:
    failing = [case for case in run.cases if case.outcome in ("failed", "error")]
    return failing[0].distilled if failing else run.problem
