"""Ask for candidates, and put each into the file by name."""

from __future__ import annotations

import ast
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any

from agents.asking import completions, fits, request_for
from agents.base import IAgent
from agents.behaviors.distil_tests import CHARACTERS, distil
from agents.behaviors.whole_file import whole_file
from agents.inference import Completion, CompletionRequest, Tier
from agents.ladder import Stage
from agents.python_names import root_name, signature_in
from agents.tools.code_blocks import extract_code_blocks
from agents.tools.edits import extract_symbol, merge_symbols, without_docstring
from agents.tools.missing_imports import with_missing_imports
from agents.tools.repo_map import is_test_file, module_name
from agents.workbench import Workbench

_HELPERS = 12
_WHOLE_FILE_CHARACTERS = 6000
_SYMBOL_TOKENS = 700
_FILE_TOKENS = 1400
_FOCUSED_CHARACTERS = 1300
"""Of the tests in a question about one failure."""
_STOPS = ("\n```\n", "\ndef test_", "\nassert ", "\nprint(", "\n# Test", "\n# Example", "\n# Usage")
"""Where the code of an answer has ended: small models go on to repeat the tests of the prompt,
which takes longer than the code, and nothing of a wave ends before its last answer."""
_SHORT_TASK = 2400
"""Characters of a long text of instructions, where the whole does not fit."""


@dataclass(frozen=True)
class Candidate:
    """One proposed text of the target file."""

    code: str
    """The ticket's unit in it; of a whole file all."""
    text: str
    """The whole file with it."""
    origin: Stage
    """The stage of the search that it comes from."""
    changes: tuple[str, ...] = ()
    """What mutation changed, in words."""
    lines: tuple[int, ...] = ()
    """Lines of `text`, from 1, that mutation changed."""
    tokens: int = 0
    """Length of the answer that it was in."""


@dataclass(frozen=True)
class Hint:
    """What tells this question from the plain one: a plan, or an attempt and its failure."""

    plan: str = ""
    attempt: str = ""
    failure: str = ""
    failing: frozenset[str] = frozenset()
    """Names of the tests that the question is about; none: all of them."""


@dataclass(frozen=True)
class Question:
    """One prompt for code, and how many answers are wanted."""

    stage: Stage
    source: str
    """Text of the target file, into which the answer goes."""
    unit: str
    """Symbol to write; empty: the whole file."""
    temperatures: tuple[float, ...]
    seed: int
    hint: Hint = Hint()
    tier: Tier = Tier.STANDARD
    longest: int | None = None
    """Tokens after which an answer is cut; None: the most that a unit of its kind may take."""


class WriteCode:
    """The Developer's first behaviour."""

    name = "write_code"

    async def run(
        self, agent: IAgent, bench: Workbench, question: Question
    ) -> AsyncGenerator[Candidate | str, None]:
        """Candidates as they are finished; a string says why an answer is none."""
        request = await self._request(agent, bench, question)
        label = f"writing code ({question.stage})"
        async with aclosing(completions(agent, request, bench.context, label)) as stream:
            async for completion in stream:
                yield to_candidate(completion, bench, question)

    async def _request(
        self, agent: IAgent, bench: Workbench, question: Question
    ) -> CompletionRequest:
        """The richest prompt that fits: examples of accepted code and helpers go first."""
        variables = await _variables(agent, bench, question)
        room = min(_SYMBOL_TOKENS if question.unit else _FILE_TOKENS, question.longest or 9999)
        steps: tuple[dict[str, Any], ...] = (
            {},
            {"snippets": []},
            {"helpers": []},
            *({"tests": distilled_tests(bench, length)} for length in (_FOCUSED_CHARACTERS, 650)),
            {"task": bench.task[:_SHORT_TASK]},
        )
        for leaner in steps:
            variables.update(leaner)
            request = request_for(agent, "write_code", bench.context, variables, max_tokens=room)
            request = replace(
                request,
                n=len(question.temperatures),
                temperatures=question.temperatures,
                seed=question.seed,
                tier=question.tier,
                stop=_STOPS,
            )
            if await fits(agent, request):
                break
        return request


async def _variables(agent: IAgent, bench: Workbench, question: Question) -> dict[str, Any]:
    """What the prompt's template reads."""
    unit, hint = question.unit, question.hint
    source, told = question.source, _is_told(question.source, unit, bench.task)
    snippets = await agent.tools.memory.snippets.search(bench.statement, 2, bench.ticket.repository)
    focus = (_FOCUSED_CHARACTERS, hint.failing) if hint.failing else (CHARACTERS,)
    return {
        "path": bench.ticket.target_file,
        "source": excerpt(without_docstring(source, unit) if told else source, unit),
        "symbol": unit,
        "exists": extract_symbol(source, unit) is not None,
        "documented": told,
        "signature": (unit and signature_in(bench.words, unit)) or "",
        "task": bench.task,
        "feedbacks": bench.ticket.feedback,
        "tests": distilled_tests(bench, *focus),
        "helpers": helpers(bench),
        "snippets": [s.text for s in snippets],
        "plan": hint.plan,
        "attempt": without_docstring(hint.attempt, unit) if told else hint.attempt,
        "failure": hint.failure,
    }


def to_candidate(completion: Completion, bench: Workbench, question: Question) -> Candidate | str:
    """The file with the answer merged in, or why that does not work."""
    if completion.finish_reason == "length":
        return "the answer was cut off"
    blocks = extract_code_blocks(completion.text)
    tokens = completion.usage.completion_tokens
    if not blocks:
        return "no code in the answer"
    unit = question.unit
    if not unit:
        text = whole_file(question.source, blocks)
        return (
            candidate_of(bench, text, question.stage) if text else "it is not the file's new text"
        )
    allowed = {unit, root_name(unit)} if "." not in unit else {unit}
    merged = merge_symbols(question.source, "\n\n".join(blocks), allowed)
    if not merged.changed:
        return "; ".join(merged.problems) or "the code changes nothing"
    if extract_symbol(merged.text, unit) is None:
        return f"it does not define {unit}"
    return candidate_of(bench, merged.text, question.stage, tokens=tokens)


def candidate_of(bench: Workbench, text: str, origin: Stage, **more: Any) -> Candidate:
    """The candidate whose file is `text`, with the imports that it forgot."""
    symbol, text = bench.ticket.target_symbol, with_missing_imports(text)
    return Candidate((symbol and extract_symbol(text, symbol)) or text, text, origin, **more)


def same_code(text: str) -> str:
    """A key that is equal for texts with the same syntax tree."""
    return ast.dump(ast.parse(text))


def distilled_tests(
    bench: Workbench, characters: int = CHARACTERS, first: frozenset[str] = frozenset()
) -> str:
    """The ticket's tests as plain assertions, `first` and the most telling ones if many."""
    return distil(bench.tests.modules if bench.tests else [], characters, first)


def _is_told(source: str, symbol: str, task: str) -> bool:
    """Whether the task is the docstring of `symbol`, which is read once is enough."""
    definition = extract_symbol(source, symbol) if symbol else None
    nodes = ast.parse(definition).body if definition else []
    documented = (ast.FunctionDef, ast.AsyncFunctionDef)
    words = task.strip()
    return bool(words) and any(
        isinstance(n, documented) and ast.get_docstring(n) == words for n in nodes
    )


def helpers(bench: Workbench) -> list[str]:
    """Functions of other modules that the code may use, with the module to import from."""
    lines: list[str] = []
    for path, symbols in bench.repo_map.modules.items():
        if path == bench.ticket.target_file or is_test_file(path):
            continue
        module = module_name(path, bench.files)
        lines += [
            f"from {module} import {s.name}  # {s.signature}: {s.doc_line}"
            for s in symbols
            if s.kind == "function" and not s.name.startswith("_")
        ]
    return lines[:_HELPERS]


def excerpt(source: str, symbol: str) -> str:
    """The file, or of a long one the imports and the part that the ticket is about."""
    if not symbol or len(source) <= _WHOLE_FILE_CHARACTERS:
        return source.rstrip()
    lines = source.splitlines()
    imports = [line for line in lines if line.startswith(("import ", "from "))]
    part = extract_symbol(source, symbol) or extract_symbol(source, root_name(symbol)) or ""
    return "\n".join([*imports, "# …", part[:_WHOLE_FILE_CHARACTERS].rstrip()])
