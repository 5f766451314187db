"""Reports of the small programs in ``guests/``: one JSON object for each test, a line each."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, Field, ValidationError

from agents.tools.test_report import Frame, Outcome

GUESTS = Path(__file__).with_name("guests")
REPORT_VARIABLE = "TENON_REPORT"
STOP_VARIABLE = "TENON_STOP"

_Text = Annotated[str, Field(max_length=1_000_000)]
_SOURCE_BYTES = 4 * 1024 * 1024
_FRAMES = 40


class Told(BaseModel):
    """What a guest told about one test; every value is untrusted text."""

    file: _Text
    """Absolute path; empty if it is about no file."""
    outcome: Outcome
    parts: list[_Text] = Field(default_factory=list)
    """Python: classes and function with parameters."""
    titles: list[_Text] = Field(default_factory=list)
    """JavaScript: of the suites around the test and of the test."""
    name: _Text = ""
    seconds: float = 0.0
    type: _Text = ""
    """Name of the exception's class, where `message` does not begin with it."""
    message: _Text = ""
    detail: _Text = ""
    frames: list[tuple[_Text, int]] = Field(default_factory=list)
    actual: _Text | None = None
    expected: _Text | None = None
    generated: bool = True
    """Whether the message was made of the values and says nothing else."""


class _End(BaseModel, extra="forbid"):
    end: Literal[True]


def read_lines(report: bytes) -> list[Told]:
    """The tests of a report. Raises ValueError if it is none or was cut off."""
    *lines, end = report.rstrip(b"\n").split(b"\n")
    try:
        _End.model_validate_json(end)
    except ValidationError as error:
        raise ValueError("the report was cut off") from error
    try:
        return [Told.model_validate_json(_clean(line)) for line in lines]
    except (ValueError, RecursionError) as error:
        raise ValueError("the report holds what no runner writes") from error


def _clean(line: bytes) -> bytes:
    """Valid UTF-8: texts of programs may hold halves of characters."""
    return json.dumps(json.loads(line), ensure_ascii=False).encode(errors="replace")


@dataclass
class Sources:
    """Lines of the files of a checkout, for the frames of failures."""

    root: Path
    _lines: dict[str, Sequence[str]] = field(default_factory=dict)

    def relative(self, path: str) -> str | None:
        """`path` in the repository with forward slashes; None if it lies elsewhere."""
        inside = os.path.relpath(os.path.normpath(self.root / path), self.root)
        return None if inside.split("/", 1)[0] == os.pardir else inside

    def frames(self, places: Sequence[tuple[str, int]]) -> tuple[Frame, ...]:
        """Those of `places` (path, line) that lie in the repository, packages left out."""
        found = []
        for path, line in places[-_FRAMES:]:
            inside = self.relative(path)
            if inside is not None and "node_modules" not in inside.split("/"):
                found.append(Frame(inside, line, self._code(inside, line)))
        return tuple(found)

    def _code(self, path: str, line: int) -> str:
        if path not in self._lines:
            self._lines[path] = self._read(path)
        lines = self._lines[path]
        return lines[line - 1].strip() if 0 < line <= len(lines) else ""

    def _read(self, path: str) -> Sequence[str]:
        """The lines of a file; of none that a link leads out of the repository to."""
        try:
            real = (self.root / path).resolve()
            if not real.is_relative_to(self.root) or not real.is_file():
                return ()
            if real.stat().st_size > _SOURCE_BYTES:
                return ()
            return real.read_text("utf-8", errors="replace").splitlines()
        except OSError:
            return ()
