"""Let the model write tests for a criterion that no person gave an example of."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Any

from agents.asking import completions, fits, request_for
from agents.base import IAgent
from agents.behaviors.compose_tests import WrittenTest
from agents.behaviors.find_helpers import Helper, Need, helper_lines, named_helpers
from agents.behaviors.read_habits import Habits
from agents.inference import CompletionRequest
from agents.languages.contract import Scope
from agents.python_names import root_name
from agents.workbench import Workbench
from memory.records import Criterion

_TOKENS = 220
_FIXTURES = 6
_STOPS = ("\n```\n",)


@dataclass(frozen=True)
class TestQuestion:
    """A criterion to write tests for, and how many answers are wanted."""

    __test__ = False

    criterion: Criterion
    temperatures: tuple[float, ...]
    """Of the answers, which are decoded together."""
    reason: str = ""
    """Why an earlier test of this criterion was thrown away."""


@dataclass
class Answers:
    """What became of the answers to several questions, by the criterion's id."""

    tests: dict[str, list[WrittenTest]] = field(default_factory=dict)
    _reasons: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, criterion_id: str, found: list[WrittenTest] | str) -> None:
        """Note tests, or why there are none."""
        if isinstance(found, str):
            self._reasons.setdefault(criterion_id, Counter())[found] += 1
        else:
            self.tests.setdefault(criterion_id, []).extend(found)

    @property
    def reason_for(self) -> dict[str, str]:
        """The reason that most tests of a criterion were thrown away for."""
        return {i: reasons.most_common(1)[0][0] for i, reasons in self._reasons.items()}


class WriteTest:
    """The Tester's behaviour that needs a model."""

    name = "write_test"

    async def run(
        self, agent: IAgent, bench: Workbench, question: TestQuestion, habits: Habits
    ) -> AsyncGenerator[tuple[Criterion, list[WrittenTest] | str], None]:
        """For each answer its tests, or why it has none that holds."""
        temperatures = question.temperatures
        request = await self._request(agent, bench, question, habits)
        seed = bench.context.seed + round(100 * temperatures[0])
        request = replace(request, n=len(temperatures), temperatures=temperatures, seed=seed)
        symbol = bench.ticket.target_symbol
        scope = Scope(symbol, bench.import_of, habits.imports, habits.fixtures)
        label = f"writing tests for {question.criterion.id}"
        async with aclosing(completions(agent, request, bench.context, label)) as answers:
            async for answer in answers:
                found = bench.language.check_tests(answer.text, question.criterion, scope)
                yield question.criterion, found

    async def _request(
        self, agent: IAgent, bench: Workbench, question: TestQuestion, habits: Habits
    ) -> CompletionRequest:
        """With the best of the repository's own tests that fits, if one does."""
        criterion = question.criterion
        ticket, language = bench.ticket, bench.language
        bare = criterion.model_copy(update={"call": None})
        variables: dict[str, Any] = {
            "symbol": ticket.target_symbol,
            "module": bench.module,
            "import_line": bench.import_of(root_name(ticket.target_symbol)) or "",
            "signature": language.signature_in(bench.words, ticket.target_symbol) or "",
            "helpers": helper_lines(self._taken(bench)),
            "fixtures": habits.own_fixtures[:_FIXTURES],
            "statement": bench.statement,
            "criterion": _words(criterion),
            "test_name": language.test_name(ticket.target_symbol, bare),
            "reason": question.reason,
        }
        steps: list[dict[str, Any]] = [
            {"example_test": example} for example in (*habits.examples, "")
        ]
        for leaner in (*steps, {"example_test": "", "helpers": []}):
            told = variables | leaner
            request = request_for(
                agent, "write_test", bench.context, told, max_tokens=_TOKENS, stop=_STOPS
            )
            if await fits(agent, request):
                break
        return request

    def _taken(self, bench: Workbench) -> list[Helper]:
        """What of other files the words name: a test has to make it."""
        ticket = bench.ticket
        need = Need(ticket.target_file, f"{bench.words} {bench.statement}", ticket.target_symbol)
        return named_helpers(need, bench.repo_map, bench.language)


def _words(criterion: Criterion) -> str:
    """The criterion's words; an example that no tool could make a test of speaks for itself."""
    if criterion.origin == "model" or not criterion.call:
        return criterion.text
    outcome = f"raises {criterion.raises}" if criterion.raises else f"gives {criterion.expected}"
    return f"{criterion.text} {criterion.call} {outcome}"
