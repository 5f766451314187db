"""What the search for code knows: the attempts so far and what the tests said to each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice

from agents.behaviors.open_function import Opening
from agents.behaviors.write_code import Candidate, Rejected
from agents.inference import Tier
from agents.ladder import Rung, Stage
from agents.languages.contract import Language
from agents.languages.python import PYTHON
from agents.tools.test_runner import TestCase, TestRun
from agents.waves import STEP, learned_step
from memory.records import CheckSummary

_FEW, _TOKENS = 3, 16
"""Answers beside it and tokens, from which an answer tells what others cost it."""


@dataclass(frozen=True)
class Attempt:
    """A candidate and what the tests said to it."""

    candidate: Candidate
    passed: frozenset[str]
    """Names of the tests that it passes."""
    failure: str = ""
    """The first failure in short."""
    failing: tuple[TestCase, ...] = ()
    cases: int = 0
    """How many cases pass, where each set of a test's parameters is one."""


def _rank(attempt: Attempt) -> tuple[int, int, int]:
    return -len(attempt.passed), -attempt.cases, len(attempt.candidate.code)


def _pace(answer: Candidate | Rejected) -> float:
    """Seconds a token."""
    return answer.seconds / max(answer.tokens, 1)


@dataclass(frozen=True)
class Green:
    """Code that passes the ticket's tests and breaks none of the others."""

    candidate: Candidate
    run: TestRun
    suite: TestRun
    checks: tuple[CheckSummary, ...] = ()
    """What the repository's own checks say to it."""
    repairs: tuple[str, ...] = ()
    """What tools changed in it afterwards, in words."""

    @property
    def findings(self) -> int:
        """How many findings of the checks are new."""
        return sum(len(check.findings) for check in self.checks)


@dataclass
class Search:
    """The attempts of one ticket so far."""

    source: str
    """Text of the target file before the work; empty if it is new."""
    attempts: list[Attempt] = field(default_factory=list)
    green: int = 0
    """How many tests the code that was accepted passes."""
    green_is_narrow: bool = False
    """Whether its model did not see the code that nobody names."""
    language: Language = PYTHON
    tier: Tier = Tier.STANDARD
    """Of the strongest model that was asked."""
    first: Candidate | Rejected | None = None
    """The answer that was decoded by itself, or beside one other."""
    longest_tokens: int = 0
    """Of the answers that gave a candidate."""
    step: float = STEP
    """By how much each further answer makes a decoding step longer, as far as was seen."""
    _votes: Counter[str] = field(default_factory=Counter)
    _opened: set[str] = field(default_factory=set)
    _used: dict[str, set[str]] = field(default_factory=dict)

    def note(self, answer: Candidate | Rejected, beside: int = 0) -> None:
        """Learn from how long an answer took that was decoded with `beside` others."""
        if answer.origin is Stage.FIRST:
            self.first = self.first or answer
        elif self.first and self.first.seconds and beside >= _FEW and answer.tokens >= _TOKENS:
            self.step = learned_step(self.step, _pace(answer) / _pace(self.first), beside)
        if isinstance(answer, Candidate):
            self.longest_tokens = max(self.longest_tokens, answer.tokens)

    def seconds_for(self, tokens: float) -> float:
        """What an answer of so many tokens takes by itself; 0 while nobody knows."""
        return tokens * _pace(self.first) if self.first else 0.0

    def is_new(self, candidate: Candidate) -> bool:
        """Whether no candidate with the same syntax tree was seen; it counts as seen then."""
        key = self.language.same_code(candidate.text)
        self._votes[key] += 1
        return self._votes[key] == 1

    def votes(self, candidate: Candidate) -> int:
        """How often a candidate with the same syntax tree was seen."""
        return self._votes[self.language.same_code(candidate.text)]

    @property
    def written(self) -> list[Attempt]:
        """The attempts that a model wrote, without those that were bent to the tests since."""
        return [attempt for attempt in self.attempts if not attempt.candidate.mutated]

    def best(self, count: int) -> list[Attempt]:
        """The attempts that pass most tests; among equals most cases, then the shorter code."""
        return sorted(self.attempts, key=_rank)[:count]

    def leaves_out(self, rung: Rung) -> bool:
        """Whether what other stages have brought, or have not, makes `rung` idle."""
        brought = {attempt.candidate.origin for attempt in self.attempts}
        missing = rung.after is not None and rung.after not in brought
        return missing or rung.unless in brought

    def donors(self, best: Sequence[Attempt]) -> list[Attempt]:
        """Attempts beside `best` that pass tests which the first of `best` fails, most first."""
        first = best[0].passed
        found = [a for a in self.written if a not in best and a.passed - first]
        return sorted(found, key=lambda a: -len(a.passed - first))

    def fresh(self, stage: str, count: int) -> list[Attempt]:
        """Those of the `count` best that `stage` has not started from before."""
        used = self._used.get(stage, set())
        return [a for a in self.best(count) if a.candidate.text not in used]

    def unopened(self, openings: Iterable[Opening], count: int) -> list[Opening]:
        """The first `count` of `openings` from which no answer went on yet; they count then."""
        found = list(islice((o for o in openings if o.before not in self._opened), count))
        self._opened.update(opening.before for opening in found)
        return found

    def use(self, stage: str, attempts: Iterable[Attempt]) -> None:
        """Note that `stage` starts from `attempts`."""
        self._used.setdefault(stage, set()).update(a.candidate.text for a in attempts)

    def best_of_view(self, *, narrow: bool) -> int:
        """How many tests the best answer of one view passes, without what was changed since."""
        passed = (len(a.passed) for a in self.written if a.candidate.narrow is narrow)
        return max(passed, default=0)

    @property
    def progress(self) -> tuple[int, int]:
        """Tests and cases that the best attempt passes."""
        return max([(0, 0), *((len(a.passed), a.cases) for a in self.attempts)])

    @property
    def passed(self) -> int:
        """How many tests the best attempt passes."""
        return max([self.green, *(len(attempt.passed) for attempt in self.attempts)])
