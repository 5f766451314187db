"""Reading what the checks print: JSON where they have it, else their fixed one-line forms."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from agents.tools.checks.contract import Finding, Read
from agents.tools.sandbox import SandboxResult

FLAKE8_FORMAT = "%(path)s\t%(row)d\t%(code)s\t%(text)s"
_TSC = re.compile(r"^(.+?)\((\d+),\d+\): error (TS\d+): (.*)$")


def ruff(root: Path, result: SandboxResult) -> list[Finding]:
    """``ruff check --output-format=json``."""
    return [
        _finding("ruff", root, m["filename"], m["location"]["row"], m["code"] or "", m["message"])
        for m in _json(result, (0, 1))
    ]


def flake8(root: Path, result: SandboxResult) -> list[Finding]:
    """``flake8 --format`` with `FLAKE8_FORMAT`."""
    _require(result, (0, 1))
    rows = (line.split("\t", 3) for line in result.stdout.splitlines())
    return [_finding("flake8", root, r[0], int(r[1]), r[2], r[3]) for r in rows if len(r) == 4]


def pylint(root: Path, result: SandboxResult) -> list[Finding]:
    """``pylint --output-format=json``; its exit codes are bits, 1 and 32 mean that it failed."""
    if result.exit_code & 33:
        raise ValueError(_last_words(result))
    return [
        _finding("pylint", root, m["path"], m["line"], m["symbol"], m["message"].split("\n")[0])
        for m in _json(result, range(32))
    ]


def mypy(root: Path, result: SandboxResult) -> list[Finding]:
    """``mypy --output=json``: an object a line (mypy 1.11 and later)."""
    _require(result, (0, 1))
    messages = (json.loads(line) for line in result.stdout.splitlines() if line.startswith("{"))
    return [
        _finding("mypy", root, m["file"], m["line"], m["code"] or "", m["message"])
        for m in messages
        if m["severity"] == "error"
    ]


def pyright(root: Path, result: SandboxResult) -> list[Finding]:
    """``pyright --outputjson``; its lines count from 0."""
    _require(result, (0, 1))
    diagnostics = json.loads(result.stdout)["generalDiagnostics"]
    return [
        _finding(
            *("pyright", root, d["file"], d["range"]["start"]["line"] + 1),
            *(d.get("rule", ""), d["message"].split("\n")[0]),
        )
        for d in diagnostics
        if d["severity"] == "error"
    ]


def eslint(root: Path, result: SandboxResult) -> list[Finding]:
    """``eslint --format=json``: what makes it fail, not its warnings."""
    return [
        _finding("eslint", root, f["filePath"], m.get("line", 0), m["ruleId"] or "", m["message"])
        for f in _json(result, (0, 1))
        for m in f["messages"]
        if m["severity"] == 2
    ]


def tsc(root: Path, result: SandboxResult) -> list[Finding]:
    """``tsc --noEmit --pretty false``, which has no JSON."""
    _require(result, (0, 1, 2))
    found = [m for line in result.stdout.splitlines() if (m := _TSC.match(line))]
    if result.exit_code and not found:
        raise ValueError(_last_words(result))
    return [_finding("tsc", root, m[1], int(m[2]), m[3], m[4]) for m in found]


def formatted(name: str, path: str, bad: int = 1) -> Read:
    """A formatter that only tells by its exit code (`bad`) that `path` is not as it would be."""

    def read(_root: Path, result: SandboxResult) -> list[Finding]:
        _require(result, (0, bad))
        text = f"it is not formatted as {name} does it"
        return [Finding(name, path, 0, "", text)] if result.exit_code else []

    return read


def _finding(check: str, root: Path, path: str, line: int, code: str, text: str) -> Finding:
    full = root / path
    shown = full.relative_to(root).as_posix() if full.is_relative_to(root) else path
    return Finding(check, shown, line, code, text)


def _json(result: SandboxResult, good: Any) -> Iterator[Any]:
    _require(result, good)
    yield from json.loads(result.stdout)


def _require(result: SandboxResult, good: Any) -> None:
    if result.stopped_for:
        raise ValueError(f"it was stopped (limit: {result.stopped_for})")
    if result.output_truncated:
        raise ValueError("it printed too much")
    if result.exit_code not in good:
        raise ValueError(_last_words(result))


def _last_words(result: SandboxResult) -> str:
    lines = (result.stderr.strip() or result.stdout.strip()).splitlines()
    return f"exit code {result.exit_code}. {' '.join(lines[-3:])[-300:]}".strip()
