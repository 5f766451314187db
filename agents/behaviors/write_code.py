"""Ask for candidates, and put each into the file by name."""

from __future__ import annotations

import ast
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any

from agents.asking import completions, fits, request_for, spread
from agents.base import IAgent
from agents.behaviors.distil_tests import CHARACTERS, distil
from agents.behaviors.whole_file import whole_file
from agents.inference import Completion, CompletionRequest
from agents.python_names import root_name, signature_in
from agents.tools.code_blocks import extract_code_blocks
from agents.tools.edits import extract_symbol, merge_symbols
from agents.tools.repo_map import is_test_file, module_name
from agents.workbench import Workbench

_HELPERS = 12
_WHOLE_FILE_CHARACTERS = 6000
_SYMBOL_TOKENS = 700
_FILE_TOKENS = 1400
_SHORT_TASK = 2400
"""Characters of a long text of instructions, where the whole does not fit."""


@dataclass(frozen=True)
class Candidate:
    """One proposed text of the target file."""

    code: str
    """What the model wrote, without prose."""
    text: str
    """The whole file with it."""
    origin: str
    """The stage of the search that it comes from."""


@dataclass(frozen=True)
class Hint:
    """What tells this question from the plain one: a plan, or an attempt and its failure."""

    plan: str = ""
    attempt: str = ""
    failure: str = ""


class WriteCode:
    """The Developer's first behaviour."""

    name = "write_code"

    async def run(
        self,
        agent: IAgent,
        bench: Workbench,
        source: str,
        *,
        origin: str,
        temperatures: tuple[float, ...],
        seed: int,
        hint: Hint = Hint(),
    ) -> AsyncGenerator[Candidate | str, None]:
        """Candidates as they are finished; a string says why an answer is none."""
        request = await self._request(agent, bench, source, hint)
        request = replace(request, n=len(temperatures), temperatures=temperatures, seed=seed)
        label = f"writing code ({origin})"
        async with aclosing(completions(agent, request, bench.context, label)) as stream:
            async for completion in stream:
                yield to_candidate(completion, bench, source, origin)

    async def _request(
        self, agent: IAgent, bench: Workbench, source: str, hint: Hint
    ) -> CompletionRequest:
        """The richest prompt that fits: examples of accepted code and helpers go first."""
        symbol = bench.ticket.target_symbol  # empty: the whole file
        snippets = await agent.tools.memory.snippets.search(
            bench.statement, 2, bench.ticket.repository
        )
        variables: dict[str, Any] = {
            "path": bench.ticket.target_file,
            "source": excerpt(source, symbol),
            "symbol": symbol,
            "exists": extract_symbol(source, symbol) is not None,
            "signature": (symbol and signature_in(bench.words, symbol)) or "",
            "task": _told_once(bench, source),
            "feedbacks": bench.ticket.feedback,
            "tests": distilled_tests(bench),
            "helpers": helpers(bench),
            "snippets": [s.text for s in snippets],
            "plan": hint.plan,
            "attempt": hint.attempt,
            "failure": hint.failure,
        }
        steps: tuple[dict[str, Any], ...] = (
            {},
            {"snippets": []},
            {"helpers": []},
            *({"tests": distilled_tests(bench, characters)} for characters in (1300, 650)),
            {"task": bench.task[:_SHORT_TASK]},
        )
        room = _SYMBOL_TOKENS if symbol else _FILE_TOKENS
        for leaner in steps:
            variables.update(leaner)
            request = request_for(agent, "write_code", bench.context, variables, max_tokens=room)
            if await fits(agent, request):
                break
        return request


def to_candidate(
    completion: Completion, bench: Workbench, source: str, origin: str
) -> Candidate | str:
    """The file with the answer merged in, or why that does not work."""
    if completion.finish_reason == "length":
        return "the answer was cut off"
    blocks = extract_code_blocks(completion.text)
    code = "\n\n".join(blocks)
    if not code:
        return "no code in the answer"
    symbol = bench.ticket.target_symbol
    if not symbol:
        text = whole_file(source, blocks)
        return Candidate(text, text, origin) if text else "it is not the file's new text"
    allowed = {symbol, root_name(symbol)} if "." not in symbol else {symbol}
    merged = merge_symbols(source, code, allowed)
    if not merged.changed:
        return "; ".join(merged.problems) or "the code changes nothing"
    if extract_symbol(merged.text, symbol) is None:
        return f"it does not define {symbol}"
    return Candidate(code, merged.text, origin)


def same_code(text: str) -> str:
    """A key that is equal for texts with the same syntax tree."""
    return ast.dump(ast.parse(text))


def distilled_tests(bench: Workbench, characters: int = CHARACTERS) -> str:
    """The ticket's tests as plain assertions, the most telling ones if there are many."""
    return distil(bench.tests.modules if bench.tests else [], characters)


def _told_once(bench: Workbench, source: str) -> str:
    """The task, unless it is the docstring that the prompt shows with the file's text."""
    symbol = bench.ticket.target_symbol
    words = bench.task.strip()
    if not symbol or not words or not _is_docstring(extract_symbol(source, symbol), words):
        return bench.task
    return f"what the docstring of `{symbol}` says"


def _is_docstring(definition: str | None, words: str) -> bool:
    nodes = ast.parse(definition).body if definition else []
    documented = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return any(isinstance(n, documented) and ast.get_docstring(n) == words for n in nodes)


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


SAMPLE_TEMPERATURES = spread(0.5, 1.0, 8)
"""Temperatures of the sampling stage."""
