"""Tells on a terminal, line by line, what the team does."""

from __future__ import annotations

import time
from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from server.protocol import (
    ActivityEntry,
    CheckResult,
    Criterion,
    Evidence,
    ProgressValue,
    Requirement,
    SpecProposal,
    StatusChanged,
    TestRun,
    Ticket,
)

_QUIET_SECONDS = 5.0
_AGENT_WIDTH = 17

_STYLES = {
    "added": "green",
    "removed": "red",
    "agent": "cyan",
    "heading": "bold",
    "error": "red",
    "figures": "dim",
}


class Narrator:
    """Writes compact lines: when, who, what, and the figures there are."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._started = time.monotonic()
        self._last_line = self._started
        self._last_text = ""

    def line(self, text: str = "", style: str = "") -> None:
        """Write one line without a speaker."""
        self._console.print(Text(text, style=_STYLES.get(style, "")), soft_wrap=True)

    def progress(self, value: ProgressValue) -> None:
        """Tell a step; of a reply being written only that it goes on."""
        if value.kind == "step":
            self._tell(value.agent, value.text, _figures(value))
        elif time.monotonic() - self._last_line > _QUIET_SECONDS:
            self._tell(value.agent, "is writing …", _figures(value))

    def activity(self, entry: ActivityEntry) -> None:
        """Tell a line of the agent log."""
        self._tell(entry.agent, entry.text, _figures(entry), entry.kind)

    def status(self, changed: StatusChanged) -> None:
        """Tell that a model is being loaded."""
        for model in changed.status.models:
            if model.state == "starting":
                self._tell("model", f"loading {model.id}", "")

    def _tell(self, agent: str, text: str, figures: str, kind: str = "step") -> None:
        text = " ".join(text.split())
        if text == self._last_text:  # told as progress and as a line of the log
            return
        self._last_text, self._last_line = text, time.monotonic()
        line = Text(f"{_duration(self._last_line - self._started):>7}  ", style="dim")
        line.append(f"{agent:<{_AGENT_WIDTH}} ", style=_STYLES["agent"])
        line.append(text, style=_STYLES["error"] if kind == "error" else "")
        if figures:
            line.append(f"  ({figures})", style=_STYLES["figures"])
        self._console.print(line, soft_wrap=True)

    def proposal(self, proposal: SpecProposal) -> None:
        """Show a proposed change of the spec."""
        self.line()
        self.line("Proposed change of the spec", "heading")
        for change in proposal.changes:
            if change.before is not None:
                self._requirement("-", change.before, "removed")
            if change.after is not None:
                self._requirement("+", change.after, "added")
        for question in proposal.questions:
            self.line(f"? {question}")
        self.line()

    def _requirement(self, sign: str, requirement: Requirement, style: str) -> None:
        self.line(f"{sign} {requirement.id} {requirement.title}", style)
        self.line(f"{sign}   {requirement.statement}", style)
        for criterion in requirement.criteria:
            self.line(f"{sign}   {criterion.id} {criterion.text}{_example(criterion)}", style)

    def diff(self, diff: str) -> None:
        """Show a unified diff."""
        for line in diff.splitlines():
            head = line.startswith(("+++", "---", "diff "))
            style = "heading" if head else {"+": "added", "-": "removed"}.get(line[:1], "")
            self.line(line, style)

    def evidence(self, ticket: Ticket, evidence: Evidence) -> None:
        """Show what proves a ticket."""
        self.line()
        self.line(f"Evidence for {ticket.id} {ticket.title}", "heading")
        for line in evidence_lines(evidence):
            self.line(f"  {line}")


def evidence_lines(evidence: Evidence) -> Iterable[str]:
    """The evidence in words, one fact a line."""
    yield f"base commit      {evidence.base_commit[:12]}"
    runs = {"red": evidence.red_run, "green": evidence.green_run, "suite": evidence.suite_run}
    for name, run in runs.items():
        if run is not None:
            yield f"{name + ' run':<16} {_run(run)}"
    yield from _checks(evidence)
    for path, digest in sorted(evidence.test_hashes.items()):
        by = evidence.test_origins.get(path, "tester")
        yield f"locked test      {path} sha256 {digest[:12]}, from the {by}"
    for commit in evidence.commits:
        yield f"commit           {commit[:12]}"
    if evidence.merge_commit:
        yield f"merge commit     {evidence.merge_commit[:12]}"
    yield f"models           {', '.join(evidence.models)}"
    tokens = f"{evidence.prompt_tokens} read, {evidence.completion_tokens} written"
    yield f"tokens           {tokens}, {evidence.candidates_run} candidates run"
    if evidence.rung:
        yield f"found by         {evidence.rung}"
    for cost in evidence.rungs:
        tries = f"{cost.candidates} candidates, {cost.completion_tokens} tokens"
        yield f"  {cost.rung:<14} {tries}, {cost.seconds:.0f} s"
    if evidence.mutated_lines:
        lines = ", ".join(map(str, evidence.mutated_lines))
        yield f"by search        lines {lines}: {'; '.join(evidence.mutations)}"
    if evidence.reservation:
        yield f"not called done  {evidence.reservation}"
    for doubt in evidence.doubts:
        yield f"please decide    {doubt}"
    yield f"minutes          {evidence.minutes:.1f}"
    if evidence.review:
        yield f"review           {' '.join(evidence.review.split())}"


def _example(criterion: Criterion) -> str:
    if not criterion.call:
        return ""
    if criterion.raises:
        return f"  For example: {criterion.call} raises {criterion.raises}"
    return f"  For example: {criterion.call} == {criterion.expected}"


def _run(run: TestRun) -> str:
    counts = f"{run.passed} passed, {run.failed} failed, {run.errors} errors"
    return f"{counts} in {run.seconds:.1f} s ({run.sandbox}): {run.command}"


def _checks(evidence: Evidence) -> Iterable[str]:
    for check in evidence.checks:
        yield f"check            {_check(check)}"
        yield from (f"  new finding    {finding}" for finding in check.findings)
    yield from (f"repaired by tool {repair}" for repair in evidence.repairs)


def _check(check: CheckResult) -> str:
    if check.problem:
        return f"{check.check} could not be run: {check.problem}"
    counts = f"{len(check.findings)} new findings, {check.before} before"
    return f"{check.check}: {counts}, in {check.seconds:.1f} s ({check.sandbox}): {check.command}"


def _figures(value: ProgressValue | ActivityEntry) -> str:
    parts = []
    if value.tokens_per_second:
        parts.append(f"{value.tokens_per_second:.0f} tokens/s")
    if value.elapsed_seconds:
        parts.append(_duration(value.elapsed_seconds))
    if value.remaining_seconds:
        parts.append(f"about {_duration(value.remaining_seconds)} left")
    return ", ".join(parts)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}m {rest:02d}s" if minutes else f"{rest}s"
