"""What is done with code that is green: the repository's own checks, and perhaps simpler code.

Tools repair what they can, then the model is asked about what the checks still find new. Whatever
changes the code is judged by the tests and the whole suite again. Nothing here can make green
code less than that: what is left is told in the evidence.
"""

from __future__ import annotations

import difflib
import tempfile
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

from agents.behaviors.simplify_code import agree, simpler, size
from agents.behaviors.write_code import Candidate, Hint, Question, candidate_of
from agents.ladder import Finish, Rung
from agents.questions import question_about
from agents.rung_costs import costed
from agents.search import Green, Search
from agents.tools.checks import Checker, CheckRun, Finding, new_findings
from agents.tools.unused_imports import without_unused_imports
from agents.workbench import Workbench
from memory.records import CheckSummary

Judge = Callable[[Candidate], Awaitable[Green | None]]
"""Runs the tests and the whole suite."""
Ask = Callable[[Sequence[Question]], AsyncGenerator[Candidate, None]]
Tell = Callable[[str], Awaitable[None]]

_SHOWN = 20
"""Findings of one check that the evidence keeps."""
_TOLD = 3
"""Findings that one question is about."""


class Finishing:
    """The last steps of one ticket's search."""

    def __init__(
        self, bench: Workbench, search: Search, judge: Judge, ask: Ask, tell: Tell
    ) -> None:
        self._bench, self._search = bench, search
        self._judge, self._ask, self._tell = judge, ask, tell
        self._path = bench.ticket.target_file
        self._before: list[CheckRun] = []

    async def finish(self, green: Green, policy: Finish) -> Green:
        """The best that comes of `green`; its text is in the worktree then."""
        with tempfile.TemporaryDirectory(prefix="tenon-checks-") as cache:
            checker = await self._checker(Path(cache))
            green = await self._tidied(green, checker)
            green = await self._asked(green, checker, policy.repair)
            if policy.simplify is not None:
                green = await self._simplified(green, checker, policy.simplify)
        await self._put(green.candidate.text)
        return green

    async def _checker(self, cache: Path) -> Checker:
        """The checks that can be run at all; what they say to the code before is kept."""
        runner, root = self._bench.runner, self._bench.worktree.root
        checker = Checker(
            runner.sandbox, self._bench.checks, root, self._path, cache, runner.timeout
        )
        await self._bench.worktree.reset()
        self._before = await checker.run() if self._search.source else []
        broken = {run.check.name for run in self._before if run.problem}
        return replace(checker, checks=tuple(c for c in checker.checks if c.name not in broken))

    async def _tidied(self, green: Green, checker: Checker) -> Green:
        """Repaired by tools if that stays green, with what the checks say then."""
        text = await self._repaired(green.candidate.text, checker)
        if text != green.candidate.text:
            better = await self._judge(_with_text(self._bench, green.candidate, text))
            if better is not None:
                names = ", ".join(c.name for c in checker.checks if c.fix) or "unused imports"
                changed = sum(line[0] in "+-" for line in _diff(green.candidate.text, text))
                green = replace(better, repairs=(f"{names}: {changed} lines",))
        await self._put(green.candidate.text)
        return replace(green, checks=tuple(await self._checked(checker)))

    async def _repaired(self, text: str, checker: Checker) -> str:
        """The text after the tools; checks that found fault before leave the file alone.

        They would change what is not the ticket's business.
        """
        if self._path.endswith(".py") and Path(self._path).name != "__init__.py":
            text = without_unused_imports(text, self._search.source)
        await self._put(text)
        faulty = {run.check.name for run in self._before if self._own(run.findings)}
        await checker.repair([c.name for c in checker.checks if c.name not in faulty])
        return await self._bench.worktree.read(self._path) or text

    async def _checked(self, checker: Checker) -> list[CheckSummary]:
        """What the checks say to the file in the worktree that they did not say before."""
        before = {run.check.name: run.findings for run in self._before}
        summaries = [_summary(run, (), 0, "") for run in self._before if run.problem]
        for run in await checker.run():
            known = before.get(run.check.name, ())
            now = run.findings if self._search.source else self._own(run.findings)
            found = [await self._in_words(f) for f in new_findings(known, now)]
            summaries.append(_summary(run, found, len(known), checker.sandbox.kind))
        if summaries:
            await self._tell(_told(summaries))
        return summaries

    def _own(self, findings: Sequence[Finding]) -> list[Finding]:
        """Those about the ticket's file; the state of others before is not known."""
        return [finding for finding in findings if finding.path == self._path]

    async def _in_words(self, finding: Finding) -> str:
        text = str(finding)
        if finding.line and finding.path == self._path:
            lines = (await self._bench.worktree.read(self._path) or "").splitlines()
            text += f" (`{lines[finding.line - 1].strip()}`)" if finding.line <= len(lines) else ""
        return text

    async def _asked(self, green: Green, checker: Checker, rung: Rung) -> Green:
        """Asked about what is left, while an answer has less of it."""
        for number in range(rung.starts):
            if not green.findings or self._bench.budget.spent:
                break
            before = green.findings
            green = await self._better(green, checker, self._question(green, rung, number), rung)
            if green.findings >= before:
                break
        return green

    async def _better(
        self, green: Green, checker: Checker, question: Question, rung: Rung
    ) -> Green:
        """`green`, or the first answer without findings, or the one with fewest."""
        with costed(self._bench, self._search, rung):
            async with aclosing(self._ask([question])) as candidates:
                async for candidate in candidates:
                    if not self._search.is_new(candidate):
                        continue
                    other = await self._judge(candidate)
                    if other is None:
                        continue
                    other = await self._tidied(other, checker)
                    if other.findings < green.findings:
                        green = other
                    if not green.findings:
                        break
        return green

    def _question(self, green: Green, rung: Rung, number: int) -> Question:
        found = [f"{c.check} finds: {text}" for c in green.checks for text in c.findings]
        failure = "; ".join(found[:_TOLD]) + ". All tests pass; keep what it does"
        hint = Hint(attempt=green.candidate.code, failure=failure)
        return question_about(self._bench, self._search, rung, hint, number)

    async def _simplified(self, green: Green, checker: Checker, rung: Rung) -> Green:
        """Simpler code that is as green and answers the same to fresh calls, if there is any."""
        if self._bench.budget.spent or not self._path.endswith(".py"):
            return green
        hint = Hint(attempt=green.candidate.code, simplify=True)
        question = question_about(self._bench, self._search, rung, hint)
        with costed(self._bench, self._search, rung):
            async with aclosing(self._ask([question])) as candidates:
                answers = [c async for c in candidates if self._search.is_new(c)]
            smaller = simpler(green.candidate, answers)
            for candidate in await agree(self._bench, green.candidate, smaller):
                other = await self._judge(candidate)
                other = other and await self._tidied(other, checker)
                if other and other.findings <= green.findings:
                    nodes = size(green.candidate.text), size(other.candidate.text)
                    await self._tell(f"simpler: {nodes[1]} syntax-tree nodes, not {nodes[0]}")
                    return other
        return green

    async def _put(self, text: str) -> None:
        """Nothing but the ticket's tests and this text of its file in the worktree."""
        await self._bench.worktree.reset()
        await self._bench.worktree.write(self._path, text)


def _with_text(bench: Workbench, candidate: Candidate, text: str) -> Candidate:
    """`candidate` with another text of the file; its marked lines go along."""
    lines = _moved(candidate.lines, candidate.text, text)
    changed = candidate_of(bench, text, candidate.origin, changes=candidate.changes, lines=lines)
    return replace(changed, tokens=candidate.tokens, narrow=candidate.narrow)


def _moved(lines: Sequence[int], old: str, new: str) -> tuple[int, ...]:
    """Where lines of `old` (from 1) are in `new`; those that are not there are left out."""
    matcher = difflib.SequenceMatcher(a=old.splitlines(), b=new.splitlines(), autojunk=False)
    place = {
        a + offset + 1: b + offset + 1
        for a, b, size in matcher.get_matching_blocks()
        for offset in range(size)
    }
    return tuple(place[line] for line in lines if line in place)


def _diff(old: str, new: str) -> list[str]:
    return list(difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=0))[2:]


def _summary(run: CheckRun, found: Sequence[str], before: int, sandbox: str) -> CheckSummary:
    return CheckSummary(
        check=run.check.name,
        kind=run.check.kind,
        command=run.check.command,
        seconds=round(run.seconds, 2),
        findings=list(found[:_SHOWN]),
        before=before,
        problem=run.problem,
        sandbox=sandbox,
    )


def _told(summaries: Sequence[CheckSummary]) -> str:
    parts = [
        f"{s.check}: {s.problem or (f'{len(s.findings)} new' if s.findings else 'nothing new')}"
        for s in summaries
    ]
    first = next((f for s in summaries for f in s.findings), "")
    return f"checks: {'; '.join(parts)}{f'. {first}' if first else ''}"
