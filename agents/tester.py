"""The Tester: turns acceptance criteria into tests that fail for the right reason."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import ClassVar

from agents.asking import spread
from agents.base import Behavior, IAgent
from agents.behaviors.bring_tests import as_run, brought_tests
from agents.behaviors.choose_tests import choose_tests
from agents.behaviors.compose_tests import TestModule, WrittenTest
from agents.behaviors.judge_red import brought_for_nothing, wrong_reason
from agents.behaviors.predict_outputs import Prediction, PredictOutputs
from agents.behaviors.read_habits import Habits, read_habits
from agents.behaviors.show_suspects import in_doubt
from agents.behaviors.stub_target import stubbed
from agents.behaviors.write_test import Answers, TestQuestion, WriteTest
from agents.errors import TicketBlockedError
from agents.inference import GenerationFailedError, PromptTooLongError
from agents.progress import Progress
from agents.search import Attempt
from agents.streams import merge
from agents.tools.test_runner import TestCase, TestRun
from agents.workbench import Workbench
from memory.records import Criterion

_KEPT = 4
"""Tests of a model for one criterion, at most."""


class Tester(IAgent):
    """Writes the tests of a ticket before the code exists."""

    agent_type: ClassVar[str] = "tester"
    waves: ClassVar[tuple[tuple[float, ...], ...]] = (
        spread(0.2, 0.8, 4),
        spread(0.6, 1.0, 4),
        spread(0.8, 1.2, 4),
    )
    """Temperatures of the answers for one criterion: the first try, and for criteria that it
    left without a test two more. None: no model writes any test."""
    beside_suggestions: ClassVar[bool] = True
    """Whether tests are also written for criteria with an example that a model suggested."""
    _write_test = WriteTest()
    _predict = PredictOutputs()

    @property
    def behaviors(self) -> tuple[Behavior, ...]:
        """Tests by tool where an example is given; by model where none is."""
        return (self._write_test, self._predict)

    async def write_tests(self, bench: Workbench) -> tuple[TestModule, TestRun]:
        """The ticket's test module, written into the worktree and proved red.

        Raises TicketBlockedError if no test fails for the right reason. Where the ticket brings
        tests, those decide; no model writes any then.
        """
        if bench.ticket.acceptance_tests:
            return await self._adopt(bench)
        async with self.working("writing the tests"):
            habits = await read_habits(bench)
            module = _new_module(bench, habits, _composed(bench))
            bench.ticket.evidence.doubts += _unusable(bench, module)
            module = await self._with_written(bench, module, habits)
            return await self._prove_red(bench, module)

    async def _with_written(
        self, bench: Workbench, module: TestModule, habits: Habits
    ) -> TestModule:
        """`module` with tests that the model wrote, those that prove nothing thrown away.

        A criterion that is left without any is asked about again, warmer and with the reason.
        """
        reasons: dict[str, str] = {}
        for number, temperatures in enumerate(self.waves):
            wanted = self._wanted(bench, module, again=number > 0)
            if not wanted or bench.budget.spent:
                break
            questions = [TestQuestion(c, temperatures, reasons.get(c.id, "")) for c in wanted]
            answers = await self._ask(bench, module, habits, questions)
            for criterion in wanted:
                written = answers.tests.get(criterion.id, [])
                module.tests += choose_tests(written, module.tests, _KEPT)
            module = await self._sifted(bench, module, answers)
            reasons = answers.reason_for
        return module

    def _wanted(self, bench: Workbench, module: TestModule, *, again: bool) -> list[Criterion]:
        """Criteria for which the model is asked: at first all without a person's example."""
        first = not again and self.beside_suggestions
        enough = {t.criterion_id for t in module.tests if t.binding or not first}
        named = bench.ticket.target_symbol != ""
        return [c for c in bench.ticket.criteria if named and c.id not in enough]

    async def _ask(
        self,
        bench: Workbench,
        module: TestModule,
        habits: Habits,
        questions: Sequence[TestQuestion],
    ) -> Answers:
        """One question for each criterion; all are decoded together."""
        answers = Answers()
        streams = [self._write_test.run(self, bench, question, habits) for question in questions]
        try:
            async with aclosing(merge(streams)) as written:
                async for criterion, found in written:
                    answers.add(criterion.id, found)
                    if isinstance(found, str):
                        await self._thrown(bench, criterion.id, found)
        except (GenerationFailedError, PromptTooLongError) as error:
            if not module.tests:
                raise
            await self.log("error", f"no further tests: {error}", bench.ticket.id)
        return answers

    async def _sifted(self, bench: Workbench, module: TestModule, answers: Answers) -> TestModule:
        """`module` without a model's tests that prove nothing; `answers` gets the reasons.

        Where the code under test does not exist yet, no test can even be collected; a stub that
        raises stands in for it then.
        """
        suggested = module.without({test.name for test in module.tests if test.binding})
        if not suggested.tests:
            return module
        ticket = bench.ticket
        source = await bench.worktree.read(ticket.target_file) or ""
        python = bench.language.name == "Python"
        stub = stubbed(source, ticket.target_symbol) if python else ""
        if stub:
            await bench.worktree.write(ticket.target_file, stub)
        await bench.worktree.write(suggested.path, suggested.source())
        run = await bench.runner.run(bench.worktree.root, [suggested.path])
        await bench.worktree.reset()
        if run.problem and not run.cases:
            raise TicketBlockedError(f"The tests cannot be run: {run.problem}")
        thrown = await self._broken(bench, suggested, run)
        for test, reason in thrown:
            answers.add(test.criterion_id, reason)
        return module.without({test.name for test, _ in thrown})

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
        examples = [test for test in _composed(bench) if test.binding]
        own = _new_module(bench, await read_habits(bench), examples)
        if not own.tests or own.path in (each.path for each in brought.modules):
            return
        await bench.worktree.write(own.path, own.source())
        run = await bench.runner.run(bench.worktree.root, [own.path])
        own = own.without({test.name for test, _ in await self._broken(bench, own, run)})
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
            module = module.without({test.name for test, _ in broken})
        raise TicketBlockedError(
            "No test could be written that fails because the feature is missing. Give an "
            "example in the requirement, such as `call(…)` returns `value`."
        )

    async def _broken(
        self, bench: Workbench, module: TestModule, run: TestRun
    ) -> list[tuple[WrittenTest, str]]:
        """The tests to throw away with the reasons; a person is told of a lost example."""
        broken: list[tuple[WrittenTest, str]] = []
        for test in module.tests:
            reason = wrong_reason(_case_of(test, run), bench.ticket, bench.files)
            kept_though_green = test.binding and reason and "passes before" in reason
            if reason and not kept_though_green:
                broken.append((test, reason))
                await self._thrown(bench, test.criterion_id, reason)
            if reason and test.binding and not kept_though_green:
                text = f"{test.criterion_id}: your example cannot be used as a test: {reason}"
                bench.ticket.evidence.doubts.append(text)
        return broken

    async def _thrown(self, bench: Workbench, criterion_id: str, reason: str) -> None:
        text = f"{criterion_id}: test thrown away: {reason}"
        await self.log("step", text, bench.ticket.id)

    async def _red(self, bench: Workbench, run: TestRun) -> TestRun:
        if not any(case.outcome in ("failed", "error") for case in run.cases):
            raise TicketBlockedError(
                "Every example passes already: the software does what the ticket asks for."
            )
        text = f"red for the right reason: {_first_message(run)}"
        bench.context.report(Progress("step", self.agent_type, text))
        await self.log("step", text, bench.ticket.id, seconds=round(run.seconds, 1))
        return run

    async def withdraw(
        self, bench: Workbench, names: frozenset[str], attempts: Sequence[Attempt]
    ) -> None:
        """Take suggested tests out of the module because the candidates agree against them.

        What each of them expects and what the candidates answer is shown to the person.
        """
        if bench.tests is None:
            return
        async with self.working("withdrawing a suggested test"):
            gone = [t for t in bench.tests.tests if t.name in names]
            told = await in_doubt(bench, gone, attempts)
            bench.tests = bench.tests.without(set(names))
            bench.withdrawn += len(gone)
            if bench.lock_tests is not None:
                await bench.lock_tests(bench)
            bench.ticket.evidence.doubts += [f"{text}. The test was withdrawn" for text in told]
            for test, text in zip(gone, told, strict=True):
                words = f"{test.criterion_id}: suggested test {test.name} withdrawn: {text}"
                bench.context.report(Progress("step", self.agent_type, words))
                await self.log("decision", words, bench.ticket.id, test=test.source)

    async def predict(self, bench: Workbench, calls: Sequence[str]) -> list[Prediction]:
        """What `calls` return by the person's words, where the model is sure of it."""
        async with self.working("reading what calls return"):
            return await self._predict.run(self, bench, calls)

    async def suspect(self, bench: Workbench, attempts: Sequence[Attempt]) -> None:
        """Show the person the tests that no candidate passes; they may be wrong themselves."""
        passed = frozenset().union(*(attempt.passed for attempt in attempts))
        tests = bench.tests.tests if bench.tests and not bench.tests.text else []
        never = [test for test in tests if test.name not in passed]
        if attempts and len(never) < len(tests):
            bench.ticket.evidence.doubts += await in_doubt(bench, never, attempts)


def _composed(bench: Workbench) -> list[WrittenTest]:
    """The examples of the ticket's criteria as tests."""
    ticket, words = bench.ticket, bench.words
    compose = bench.language.compose
    composed = (compose(ticket, c, bench.import_of, words) for c in ticket.criteria)
    return [test for test in composed if test is not None]


def _new_module(bench: Workbench, habits: Habits, tests: list[WrittenTest]) -> TestModule:
    """A test file of the Tester's own, laid out as the repository's tests are."""
    module = bench.language.test_module(bench.test_path, _title(bench))
    return replace(module, tests=tests, layout=habits.style)


def _unusable(bench: Workbench, module: TestModule) -> list[str]:
    """What to tell a person whose example became no test."""
    tested = {test.criterion_id for test in module.tests}
    lost = [c for c in bench.ticket.criteria if c.call and c.origin == "person"]
    return [
        f"{c.id}: no test could be made of your example {c.call}: it uses a name that is defined "
        "nowhere"
        for c in lost
        if c.id not in tested
    ]


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
