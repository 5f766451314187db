"""What the search holds: texts with their verdicts, and the changes still to try on each."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from agents.tools.mutation.contract import Operators, Part
from agents.tools.mutation.evaluate import Verdict
from agents.tools.mutation.unit import Mutation

_ELSEWHERE = 4
"""Added to the weight of a change at a line that no failing test runs."""
_LOST = 0.3
"""Off for each test that passed before: a change that trades one for another seldom leads on."""
_PATIENCE = 250
"""After so many tries without success a state counts as much as a fresh one with a test less."""


@dataclass(frozen=True)
class Change:
    """One change that the search made."""

    line: int
    """Of the text that holds the change, from 1."""
    what: str


@dataclass(frozen=True)
class Variant:
    """A text that is one change away from another."""

    source: str
    mutation: Mutation

    @property
    def what(self) -> str:
        """The change in words."""
        return f"{self.mutation.what} (line {self.mutation.line})"


@dataclass
class State:
    """A text and what the tests say to it."""

    source: str
    verdict: Verdict
    changes: tuple[Change, ...] = ()
    index: int = 0
    """Of the source that it comes from."""
    order: int = 0
    passed_before: frozenset[str] = frozenset()
    """Tests of the first text that it comes from and that passes any."""
    cost: int = 0
    """Sum of the weights of its changes."""
    plateau: int = 0
    """Changes since the last that passed more tests."""
    variants: Iterator[tuple[str, Variant]] | None = None
    tried: int = 0
    exhausted: bool = field(default=False)

    def order_by(self) -> tuple[float, int]:
        """Most promising first: tests passed and kept, nearness, patience, fewer changes."""
        verdict = self.verdict
        near = 0.5 * verdict.closeness / max(1, len(verdict.failures))
        value = len(verdict.passed) + near - self.tried / _PATIENCE - 0.2 * len(self.changes)
        value -= _LOST * len(self.passed_before - verdict.passed)
        return -value, self.order

    def merit(self) -> tuple[int, float, int, int]:
        """Best first, whatever was tried already."""
        verdict = self.verdict
        return -len(verdict.passed), -verdict.closeness, len(self.changes), self.order

    def size(self) -> tuple[int, int, int]:
        """Smallest and likeliest change first."""
        return len(self.changes), self.cost, self.order

    def expand(
        self,
        operators: Operators,
        symbols: Sequence[str],
        lines: frozenset[int],
        others: Sequence[str],
    ) -> None:
        """Line up every change of the symbols; those that failing tests run come first."""
        found: list[tuple[int, Part, Mutation]] = []
        for symbol in symbols:
            try:
                part = operators.part(self.source, symbol, others)
            except (SyntaxError, LookupError, ValueError, RecursionError):
                continue
            for mutation in part.mutations:
                far = bool(lines) and mutation.line not in lines
                found.append((mutation.weight + _ELSEWHERE * far, part, mutation))
        found.sort(key=lambda entry: entry[0])
        self.variants = self._made(found)

    def _made(self, found: list[tuple[int, Part, Mutation]]) -> Iterator[tuple[str, Variant]]:
        for _, part, mutation in found:
            key = part.key(mutation)
            if key is not None:
                yield key, Variant(mutation.apply(self.source), mutation)

    def take(self, count: int, seen: set[str]) -> list[Variant]:
        """The next variants whose syntax tree was not tried before."""
        taken: list[Variant] = []
        for key, variant in self.variants or ():
            if key not in seen:
                seen.add(key)
                taken.append(variant)
                if len(taken) == count:
                    break
        else:
            self.exhausted = True
        self.tried += len(taken)
        return taken

    def changed(self, variant: Variant) -> tuple[Change, ...]:
        """The changes up to `variant`, with lines of its text."""
        moved = [
            Change(_moved(c.line, self.source, variant.mutation), c.what) for c in self.changes
        ]
        return (*moved, Change(variant.mutation.line, variant.mutation.what))


def _moved(line: int, source: str, mutation: Mutation) -> int:
    """Where a line is after `mutation`."""
    shift = 0
    for edit in mutation.edits:
        if source.count("\n", 0, edit.start) + 1 < line:
            shift += edit.text.count("\n") - source.count("\n", edit.start, edit.end)
    return line + shift


def changed_lines(before: str, after: str) -> list[int]:
    """Lines of `after`, from 1, that `before` does not have there."""
    matcher = difflib.SequenceMatcher(None, before.splitlines(), after.splitlines(), autojunk=False)
    return [
        n + 1
        for tag, _, _, start, end in matcher.get_opcodes()
        if tag != "equal"
        for n in range(start, end)
    ]


def reverted(before: str, after: str) -> Iterator[str]:
    """`after` with one of its differing places as in `before`, for each."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    codes = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    places = [code for code in codes if code[0] != "equal"]
    if len(places) < 2:
        return
    for _, start, end, first, last in places:
        yield "".join([*new[:first], *old[start:end], *new[last:]])
