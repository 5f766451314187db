"""Proposes a change of one open document: mend a part of it, or write tests for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar

from agents.asking import Context, fits, request_for, write
from agents.base import InvalidStateError, TeamError
from agents.behaviors.find_helpers import Need, helper_lines, import_of, named_helpers
from agents.edit_proposals import EditProposal, EditRequest
from agents.inference import CompletionRequest, Priority
from agents.languages.contract import Language
from agents.progress import Progress, Report
from agents.repository_reader import Snapshot, read_snapshot
from agents.team import Team
from agents.tools.confine import confined, decode
from agents.tools.edits import MergeResult
from agents.tools.runners.choose import choose
from memory.records import new_id

_CHARACTERS = 8000
_ATTEMPTS = ((0.0, 0), (0.6, 1), (0.9, 2))
"""Temperature and seed of each try."""


class NoProposalError(TeamError):
    """The model gave no usable answer."""

    code = "modelUnavailable"


class EditWriter:
    """What the code actions ask for. Nothing is written to disk."""

    _MOST_TOKENS: ClassVar[int] = 900

    def __init__(self, team: Team) -> None:
        self._team = team

    async def propose(self, request: EditRequest, report: Report) -> EditProposal:
        """The new text of a document. Raises NoProposalError if the model gives none."""
        snapshot = await self._snapshot(request)
        language = snapshot.language_of(request.path)
        symbol = enclosing_symbol(language, request.text, request.start_line, request.end_line)
        if symbol is None:
            raise InvalidStateError(
                f"Put the cursor into a function or class of a {language.name} file that parses."
            )
        context = Context(report=report, priority=Priority.INTERACTIVE, language=language)
        if request.kind == "fix":
            return await self._fix(request, symbol, snapshot, context)
        return await self._test(request, symbol, snapshot, context)

    async def _snapshot(self, request: EditRequest) -> Snapshot:
        """The last commit, with the document as it is."""
        workspace = self._team.workspace
        snapshot = await read_snapshot(workspace, (await workspace.head()).commit)
        files = list(dict.fromkeys([*snapshot.files, request.path]))
        return replace(
            snapshot, files=files, sources={**snapshot.sources, request.path: request.text}
        )

    async def _fix(
        self, request: EditRequest, symbol: str, snapshot: Snapshot, context: Context
    ) -> EditProposal:
        language = context.language
        part = (language.extract(request.text, symbol) or "")[:_CHARACTERS]
        need = Need(request.path, request.diagnostic or "", symbol, tests=part)
        helpers = named_helpers(need, snapshot.repo_map, language)
        variables = {
            "path": request.path,
            "source": part,
            "helpers": helper_lines(helpers),
            "diagnostic": request.diagnostic or "",
        }
        merged = await self._merged(
            "fix_code",
            variables,
            lambda code: language.merge(request.text, code, {symbol}),
            context,
        )
        elsewhere = import_of(helpers, language, request.path)
        return EditProposal(
            new_id("edt"),
            request.path,
            request.text,
            language.completed(merged.text, request.text, elsewhere),
            f"Fix {symbol}",
            f"Changes {', '.join(merged.changed)}.",
        )

    async def _test(
        self, request: EditRequest, symbol: str, snapshot: Snapshot, context: Context
    ) -> EditProposal:
        language = await self._with_runner(context.language, request.path)
        path = _test_path(language, request.path, snapshot.files)
        before = await asyncio.to_thread(_working_text, self._team.workspace.root, path)
        root = symbol.split(".", maxsplit=1)[0]
        import_line = language.import_line(root, request.path, path)
        variables = {
            "module": language.module_of(request.path),
            "source": (language.extract(request.text, root) or "")[:_CHARACTERS],
            "symbol": symbol,
            "import_line": import_line,
        }
        merged = await self._merged(
            "write_tests_for_code",
            variables,
            lambda code: language.add_tests(path, before, code, import_line),
            replace(context, language=language),
        )
        return EditProposal(
            new_id("edt"),
            path,
            before,
            merged.text,
            f"Test {symbol}",
            f"Adds {', '.join(merged.added)}.",
        )

    async def _with_runner(self, language: Language, path: str) -> Language:
        """As the tests of the repository are run."""
        options = self._team.options
        root, python = self._team.workspace.root, options.python
        runner = await asyncio.to_thread(choose, root, path, python, options.test_runner)
        return language.with_runner(runner.name)

    async def _request(
        self, prompt: str, variables: dict[str, Any], context: Context, temperature: float
    ) -> CompletionRequest:
        """With what other files define, if that fits."""
        developer = self._team.developer
        steps: tuple[dict[str, Any], ...] = ({}, {"helpers": []})
        for leaner in steps:
            request = request_for(
                developer,
                prompt,
                context,
                variables | leaner,
                max_tokens=self._MOST_TOKENS,
                temperatures=(temperature,),
            )
            if await fits(developer, request):
                break
        return request

    async def _merged(
        self,
        prompt: str,
        variables: dict[str, Any],
        merge: Callable[[str], MergeResult],
        context: Context,
    ) -> MergeResult:
        developer = self._team.developer
        problem = "no answer"
        for temperature, seed in _ATTEMPTS:
            request = await self._request(prompt, variables, context, temperature)
            reply = await write(developer, request, context, f"proposing an edit ({seed + 1})")
            merged = merge("\n\n".join(context.language.code_blocks(reply)))
            if merged.changed:
                return merged
            problem = "; ".join(merged.problems)
            context.report(Progress("step", "developer", f"no usable answer: {problem}"))
        raise NoProposalError(f"The model gave no usable change ({problem}). Try again.")


def _working_text(root: Path, path: str) -> str:
    """The file as it lies in the person's working tree; empty if there is none."""
    file = confined(root, path)
    return decode(file.read_bytes(), path) if file.is_file() else ""


def enclosing_symbol(language: Language, text: str, start_line: int, end_line: int) -> str | None:
    """``function`` or ``Class.method`` around lines (from 0), else the first that they touch.

    Of a class whose methods do not hold the lines, its name.
    """
    try:
        found = language.functions(text, "")
    except SyntaxError:
        return None
    touched = [(n, s) for n, s in found if s[0] - 1 <= end_line and start_line <= s[1] - 1]
    for name, (first, last) in touched:
        if first - 1 <= start_line and end_line <= last - 1:
            return name
    for symbol in language.symbols(text):
        if symbol.kind == "class" and (source := language.extract(text, symbol.name)):
            last = symbol.line + source.count("\n") - 1
            if symbol.line - 1 <= end_line and start_line <= last - 1:
                return symbol.name
    return touched[0][0] if touched else None


def _test_path(language: Language, path: str, files: list[str]) -> str:
    """The test file that belongs to `path`, existing or new, where the tests are kept."""
    stem = PurePosixPath(path).name.split(".")[0]
    names = {f"test_{stem}", f"{stem}_test", stem}
    for file in files:
        if PurePosixPath(file).name.split(".")[0] in names and language.is_collected(file):
            return file
    return language.test_path(stem, path, "more")
