"""Decide whether a failing test fails for the right reason.

Right is an assertion about what the ticket asks for, the missing name that the ticket is to
add, or an exception out of the very code that is to change. Anything else is a broken test.
"""

from __future__ import annotations

import re

from agents.tools.repo_map import module_name
from agents.tools.test_runner import TestCase, TestRun
from memory.records import Ticket

_ASSERTION = re.compile(r"\bassert\b|AssertionError|DID NOT RAISE")
_STUB = re.compile(r"NotImplementedError|NoneType")
_BROKEN = re.compile(r"SyntaxError|IndentationError|fixture '\w+' not found")


def wrong_reason(case: TestCase, ticket: Ticket, files: list[str]) -> str | None:
    """Why the outcome of `case` is no proof of red, or None if it is one."""
    if case.outcome == "passed":
        return "it passes before the code is written, so it proves nothing"
    if case.outcome == "skipped":
        return "it is skipped, so it proves nothing"
    text = f"{case.message}\n{case.detail}"
    if _BROKEN.search(text):
        return f"the test itself is broken: {_first_line(case.message)}"
    if _misses_target(text, ticket, files) or _ASSERTION.search(case.message):
        return None
    if case.outcome == "failed" and ticket.target_file in text.replace("\\", "/"):
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
        if reason and not _STUB.search(case.message):
            reasons.append(f"{case.id}: {reason}")
    return reasons[0] if reasons and len(reasons) == len(run.failing) else None


def _misses_target(text: str, ticket: Ticket, files: list[str]) -> bool:
    module = module_name(ticket.target_file, files)
    if not ticket.target_symbol:
        return _misses_any_name(text, module)
    names = "|".join(
        re.escape(part) for part in (*ticket.target_symbol.split("."), ticket.target_symbol)
    )
    missing_name = re.compile(
        rf"cannot import name '({names})'|has no attribute '({names})'"
        rf"|name '({names})' is not defined|unexpected keyword argument|positional argument"
    )
    missing_module = re.compile(rf"No module named '{re.escape(module)}'")
    return bool(missing_name.search(text) or missing_module.search(text))


def _misses_any_name(text: str, module: str) -> bool:
    """Whether a name is missing in `module`, an object or a call: the whole file is to change."""
    name = re.escape(module)
    missing = re.compile(
        rf"cannot import name '\w+' from '{name}'|module '{name}' has no attribute"
        rf"|No module named '{name}'|object has no attribute|keyword argument|positional argument"
        r"|takes no arguments"
    )
    return bool(missing.search(text))


def _first_line(message: str) -> str:
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    return lines[0][:200] if lines else "no message"
