"""What failures of Python say: why a test failed, and what it missed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from agents.tools.test_report import Cause, Missing, MissingKind, TestCase

_BROKEN = re.compile(r"SyntaxError|IndentationError|fixture '\w+' not found")
_ASSERTION = re.compile(r"\bassert\b|AssertionError|DID NOT RAISE")
_STUB = re.compile(r"NotImplementedError|NoneType")
_MISSING: tuple[tuple[MissingKind, re.Pattern[str]], ...] = (
    ("module", re.compile(r"No module named '(?P<module>[\w.]+)'")),
    ("export", re.compile(r"cannot import name '(?P<name>\w+)' from [\w ]*'(?P<module>[\w.]+)'")),
    ("export", re.compile(r"module '(?P<module>[\w.]+)' has no attribute '(?P<name>\w+)'")),
    ("attribute", re.compile(r"object (?:'\w+' )?has no attribute '(?P<name>\w+)'")),
    ("name", re.compile(r"name '(?P<name>\w+)' is not defined")),
    ("call", re.compile(r"keyword(?:-only)? argument|positional argument|takes no arguments")),
)


def explained(case: TestCase) -> TestCase:
    """`case` with its cause and what it missed, going by its message and traceback."""
    if case.outcome not in ("failed", "error"):
        return case
    text = f"{case.message}\n{case.detail}"
    return replace(
        case, cause=_cause(case.message, text), missing=tuple(dict.fromkeys(_missing(text)))
    )


def _cause(message: str, text: str) -> Cause:
    if _BROKEN.search(text):
        return "broken"
    if _ASSERTION.search(message):
        return "assertion"
    return "stub" if _STUB.search(message) else "other"


def _missing(text: str) -> Iterator[Missing]:
    for kind, pattern in _MISSING:
        for found in pattern.finditer(text):
            yield Missing(kind, **found.groupdict())
