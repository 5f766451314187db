"""Proposes a change of one open document: mend a part of it, or write tests for it."""

from __future__ import annotations

import ast
import asyncio
from pathlib import Path, PurePosixPath
from typing import ClassVar

from agents.asking import Context, request_for, write
from agents.base import InvalidStateError, TeamError
from agents.edit_proposals import EditProposal, EditRequest
from agents.inference import Priority
from agents.progress import Progress, Report
from agents.repository_reader import read_snapshot
from agents.team import Team
from agents.tools.code_blocks import extract_code_blocks
from agents.tools.confine import confined, decode
from agents.tools.edits import MergeResult, extract_symbol, merge_symbols
from agents.tools.repo_map import is_test_file, module_name
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
        symbol = enclosing_symbol(request.text, request.start_line, request.end_line)
        if symbol is None:
            raise InvalidStateError(
                "Put the cursor into a function or class of a Python file that parses."
            )
        context = Context(report=report, priority=Priority.INTERACTIVE)
        if request.kind == "fix":
            return await self._fix(request, symbol, context)
        return await self._test(request, symbol, context)

    async def _fix(self, request: EditRequest, symbol: str, context: Context) -> EditProposal:
        variables = {
            "path": request.path,
            "source": (extract_symbol(request.text, symbol) or "")[:_CHARACTERS],
            "diagnostic": request.diagnostic or "",
        }
        merged = await self._merged("fix_code", variables, request.text, {symbol}, context)
        return EditProposal(
            new_id("edt"),
            request.path,
            request.text,
            merged.text,
            f"Fix {symbol}",
            f"Changes {', '.join(merged.changed)}.",
        )

    async def _test(self, request: EditRequest, symbol: str, context: Context) -> EditProposal:
        workspace = self._team.workspace
        snapshot = await read_snapshot(workspace, (await workspace.head()).commit)
        path = _test_path(request.path, snapshot.files)
        before = await asyncio.to_thread(_working_text, workspace.root, path)
        module = module_name(request.path, [*snapshot.files, request.path])
        root = symbol.split(".", maxsplit=1)[0]
        variables = {
            "module": module,
            "source": (extract_symbol(request.text, root) or "")[:_CHARACTERS],
            "symbol": symbol,
            "import_line": f"from {module} import {root}",
        }
        merged = await self._merged("write_tests_for_code", variables, before, None, context)
        return EditProposal(
            new_id("edt"),
            path,
            before,
            merged.text,
            f"Test {symbol}",
            f"Adds {', '.join(merged.added)}.",
        )

    async def _merged(
        self,
        prompt: str,
        variables: dict[str, str],
        source: str,
        allowed: set[str] | None,
        context: Context,
    ) -> MergeResult:
        developer = self._team.developer
        problem = "no answer"
        for temperature, seed in _ATTEMPTS:
            request = request_for(
                developer,
                prompt,
                context,
                dict(variables),
                max_tokens=self._MOST_TOKENS,
                temperatures=(temperature,),
            )
            reply = await write(developer, request, context, f"proposing an edit ({seed + 1})")
            merged = merge_symbols(source, "\n\n".join(extract_code_blocks(reply)), allowed)
            if merged.changed:
                return merged
            problem = "; ".join(merged.problems)
            context.report(Progress("step", "developer", f"no usable answer: {problem}"))
        raise NoProposalError(f"The model gave no usable change ({problem}). Try again.")


def _working_text(root: Path, path: str) -> str:
    """The file as it lies in the person's working tree; empty if there is none."""
    file = confined(root, path)
    return decode(file.read_bytes(), path) if file.is_file() else ""


def enclosing_symbol(text: str, start_line: int, end_line: int) -> str | None:
    """``function`` or ``Class.method`` around lines (from 0), else the first that they touch."""
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError):
        return None
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if not _touches(node, start_line, end_line):
                continue
            if isinstance(node, ast.ClassDef):
                for member in node.body:
                    if isinstance(member, ast.FunctionDef | ast.AsyncFunctionDef) and _holds(
                        member, start_line, end_line
                    ):
                        return f"{node.name}.{member.name}"
            return node.name
    return None


def _touches(node: ast.stmt, start_line: int, end_line: int) -> bool:
    return node.lineno - 1 <= end_line and start_line <= (node.end_lineno or node.lineno) - 1


def _holds(node: ast.stmt, start_line: int, end_line: int) -> bool:
    return node.lineno - 1 <= start_line and end_line <= (node.end_lineno or node.lineno) - 1


def _test_path(path: str, files: list[str]) -> str:
    """The test file that belongs to `path`, existing or new, where the tests are kept."""
    stem = f"test_{PurePosixPath(path).stem}.py"
    existing = [f for f in files if PurePosixPath(f).name == stem]
    if existing:
        return existing[0]
    folders = [str(PurePosixPath(f).parent) for f in files if is_test_file(f)]
    folder = max(folders, key=folders.count, default="tests")
    return stem if folder == "." else f"{folder}/{stem}"
