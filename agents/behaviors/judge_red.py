"""Decide whether a failing test fails for the right reason.

Right is an assertion about what the ticket asks for, the missing name that the ticket is to
add, or an exception out of the very code that is to change. Anything else is a broken test.
"""

from __future__ import annotations

from pathlib import PurePosixPath

from agents.tools.repo_map import module_name
from agents.tools.test_report import Missing, TestCase, TestRun
from memory.records import Ticket


def wrong_reason(case: TestCase, ticket: Ticket, files: list[str]) -> str | None:
    """Why the outcome of `case` is no proof of red, or None if it is one."""
    if case.outcome == "passed":
        return "it passes before the code is written, so it proves nothing"
    if case.outcome == "skipped":
        return "it is skipped, so it proves nothing"
    if case.cause == "broken":
        return f"the test itself is broken: {_first_line(case.message)}"
    if case.cause == "assertion" or _misses_target(case, ticket, files):
        return None
    if case.outcome == "failed" and ticket.target_file in (frame.path for frame in case.trace):
        return None
    return f"it fails for another reason: {_first_line(case.message)}"


def brought_for_nothing(run: TestRun, ticket: Ticket, files: list[str]) -> str | None:
    """Why tests that were brought are no proof of red, or None if they are one.

    Some may pass already, and a stub that gives nothing may break a test in many ways; but at
    least one must fail for the right reason, and none may be broken itself.
    """
    reasons: list[str] = []
    for case in run.cases:
        if case.outcome not in ("failed", "error"):
            continue
        reason = wrong_reason(case, ticket, files)
        if reason and (case.outcome == "error" or "itself is broken" in reason):
            return f"{case.id}: {reason}"
        if reason and case.cause != "stub":
            reasons.append(f"{case.id}: {reason}")
    return reasons[0] if reasons and len(reasons) == len(run.failing) else None


def _misses_target(case: TestCase, ticket: Ticket, files: list[str]) -> bool:
    return any(_is_target(missing, ticket, files) for missing in case.missing)


def _is_target(missing: Missing, ticket: Ticket, files: list[str]) -> bool:
    """Whether it is what the ticket is to add: anything of the file if that is the unit."""
    if missing.kind == "call":
        return True
    if missing.kind == "module":
        return missing.module in _modules(ticket, files)
    if ticket.target_symbol:
        return missing.name in ticket.target_symbol.split(".")
    if missing.kind == "export":
        return missing.module in _modules(ticket, files)
    return missing.kind == "attribute"


def _modules(ticket: Ticket, files: list[str]) -> set[str]:
    """What tests may call the target file."""
    path = ticket.target_file
    return {module_name(path, files), path, str(PurePosixPath(path).with_suffix(""))}


def _first_line(message: str) -> str:
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    return lines[0][:200] if lines else "no message"
