"""Answers that say the same over and over, in lines or in one, which small models fall into.

Each time round may count on (``elif track == 7:``, ``elif track == 8:``), so numbers do not tell
lines apart. Such an answer ends at its limit otherwise, and takes as long as all others together.
"""

from __future__ import annotations

import re
from itertools import takewhile

_ROUNDS = {1: 16, 2: 8, 3: 6, 4: 5, 5: 4, 6: 4, 7: 4, 8: 4}
"""Lines that come round -> how often in a row they have to: tables of numbers are no loops."""
_NUMBER = re.compile(r"\d+")
_CHAIN = 80
"""Characters that nobody writes twice in one line, but in a chain of calls that has no end."""


class LineLoop:
    """Watches an answer as it is written."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._open = ""

    def add(self, text: str) -> bool:
        """Take what was written since; whether the last whole lines, or the open one, go round."""
        *ended, self._open = (self._open + text).split("\n")
        for line in ended:
            if line.strip():
                self._lines.append(_alike(line))
        return bool(ended and _again(self._lines)) or self._goes_on_and_on()

    def _goes_on_and_on(self) -> bool:
        before, last = self._open[:-_CHAIN], self._open[-_CHAIN:]
        return len(before) >= _CHAIN and last in before


def first_round(text: str) -> str:
    """`text` up to the end of the first round of the lines that go round at its end.

    An open line at the end is left out then. The text as it is where none go round.
    """
    lines = text.splitlines(keepends=True)
    whole = [(at, _alike(line)) for at, line in enumerate(lines) if line.strip()]
    whole = whole[:-1] if whole and not text.endswith("\n") else whole
    again = _again([line for _, line in whole])
    return "".join(lines[: whole[-again][0]]) if again else text


def _again(lines: list[str]) -> int:
    """How many of the last lines say again what was said, if they go round often enough; else 0."""
    for period, rounds in _ROUNDS.items():
        pairs = zip(reversed(lines), reversed(lines[:-period]), strict=False)
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        if same >= period * (rounds - 1):
            return same
    return 0


def _alike(line: str) -> str:
    return _NUMBER.sub("0", line.rstrip())
