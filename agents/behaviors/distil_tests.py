"""Tests as a prompt has them: short, in plain assertions, the most telling ones first.

unittest's methods become assertions, values that are used once are put in their place, and
docstrings go: half the tokens, and easier to read for a small model.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from agents.behaviors.compose_tests import TestModule
from agents.languages.contract import Language, ReadTest
from agents.languages.python import PYTHON

CHARACTERS = 2600
"""Of all tests together, about 750 tokens: what a small model reads in some seconds."""
_HELPER_CHARACTERS = 800


@dataclass(frozen=True)
class _Piece:
    place: int
    read: ReadTest


def distil(
    modules: Iterable[TestModule],
    characters: int = CHARACTERS,
    language: Language = PYTHON,
) -> str:
    """The tests of `modules` in at most about so many characters, at least one of them."""
    modules = list(modules)
    tests = [test for module in modules for test in module.tests if test.source]
    pieces = [_Piece(place, language.read_test(test.source)) for place, test in enumerate(tests)]
    chosen = _chosen(pieces, characters)
    lines = [piece.read.text for piece in sorted(chosen, key=lambda piece: piece.place)]
    text = "\n".join(lines)[: 2 * characters]
    helpers = [h for module in modules for h in _used(module.helpers, text)]
    if len(chosen) < len(pieces):
        lines = [text, f"{language.comment} and {len(pieces) - len(chosen)} more tests like these"]
        text = "\n".join(lines)
    return "\n".join([*helpers, text])


def _chosen(pieces: Sequence[_Piece], characters: int) -> list[_Piece]:
    """As many as fit: those that call something new, errors, then the short ones."""
    known: set[str] = set()
    order: list[tuple[bool, bool, int, int]] = []
    for piece in pieces:
        read = piece.read
        order.append((read.calls <= known, not read.expects_error, len(read.text), piece.place))
        known |= read.calls
    chosen: list[_Piece] = []
    room = characters
    for *_, length, place in sorted(order):
        if not chosen or length <= room:
            chosen.append(pieces[place])
            room -= length + 1
    return chosen


def _used(helpers: dict[str, str], text: str) -> list[str]:
    """Constants and functions of the test file that `text` mentions."""
    return [
        source[:_HELPER_CHARACTERS]
        for name, source in helpers.items()
        if re.search(rf"(?<![\w$]){re.escape(name)}(?![\w$])", text)
    ]
