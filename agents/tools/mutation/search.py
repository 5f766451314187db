"""Hill-climbing from near misses to code that passes, judged by the tests alone."""

from __future__ import annotations

import asyncio
import time
import warnings
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path

from agents.tools.mutation.candidates import Change, State, Variant, changed_lines, reverted
from agents.tools.mutation.contract import Judge, Operators
from agents.tools.mutation.evaluate import EvaluationError, Evaluator, Pace, Verdict
from agents.tools.mutation.python_part import PythonOperators
from agents.tools.sandbox import Sandbox

__all__ = ["Change", "Climb", "climb", "climb_by"]

_BEAM = 4
_DEPTH = 6
_PLATEAU = 2
_EXTRA = 48
_TRIES = 500
"""Runs without a gain that every search may take."""
_BOM = "\ufeff"


@dataclass(frozen=True)
class Climb:
    """What a search came to."""

    best: str
    """The whole file; the first source where nothing is better."""
    passed: frozenset[str] = frozenset()
    """Node ids of the tests that `best` passes."""
    total: int = 0
    """How many tests there are to pass; skipped ones do not count."""
    green: bool = False
    """Whether all pass, as far as the search can tell: run them anew by the ordinary runner."""
    changes: tuple[Change, ...] = ()
    """What was changed from `source`, with lines of `best`."""
    source: int = 0
    """Index of the source that `best` comes from."""
    lines: tuple[int, ...] = ()
    """Lines of `best` that its source does not have."""
    greens: tuple[str, ...] = ()
    """Every text found that passes, the smallest change first: `best` may break other tests."""
    runs: int = 0
    seconds: float = 0.0
    problem: str = ""
    """Why the search could not run or ended early; empty if it did not."""


async def climb(
    sandbox: Sandbox,
    python: Path,
    root: Path,
    target_file: str,
    symbol: str | Sequence[str],
    test_paths: Sequence[str],
    sources: Sequence[str],
    *,
    seconds: float,
    patience: float = float("inf"),
    max_runs: int = 5000,
    report: Callable[[str], None] = lambda _: None,
    workers: int = 2,
    test_sources: Sequence[str] | None = None,
    donors: Sequence[str] = (),
) -> Climb:
    """Search small changes of `symbol` (or symbols) in `sources` until all of `test_paths` pass.

    `sources` are texts of `target_file`, best first, `donors` more such, of which only functions
    are taken; nothing is written to `root`. Ends soon after the first passing text (a while goes
    into a smaller one), after `seconds` or `max_runs` runs, and `patience` seconds and `_TRIES`
    runs after the last gain. Cancelling kills every process. Never raises for what code or tests
    do, but tells it as `Climb.problem`.
    """
    if test_sources is None:
        test_sources = await asyncio.to_thread(_read_tests, root, test_paths)
    return await climb_by(
        Evaluator.open(
            sandbox, python, root, target_file, test_paths, seconds=seconds, workers=workers
        ),
        PythonOperators().given(test_sources),
        (symbol,) if isinstance(symbol, str) else tuple(symbol),
        sources,
        seconds=seconds,
        patience=patience,
        max_runs=max_runs,
        report=report,
        donors=donors,
    )


async def climb_by(
    judge: AbstractAsyncContextManager[Judge],
    operators: Operators,
    symbols: Sequence[str],
    sources: Sequence[str],
    *,
    seconds: float,
    patience: float = float("inf"),
    max_runs: int = 5000,
    report: Callable[[str], None] = lambda _: None,
    donors: Sequence[str] = (),
) -> Climb:
    """As `climb`, in any language, where the texts of a file are judged by `judge`."""
    climbing = _Search(operators, tuple(symbols), max_runs, patience, report, tuple(donors))
    problem = ""
    try:
        async with asyncio.timeout(seconds), judge as opened:
            problem = await climbing.run(opened, sources)
    except TimeoutError:
        problem = "the time is spent"
    except (EvaluationError, OSError) as error:
        problem = str(error)
    return climbing.result(sources, problem)


def _read_tests(root: Path, paths: Sequence[str]) -> list[str]:
    files = [root / path.split("::")[0] for path in paths]
    found = [
        f for file in files for f in ([file] if file.is_file() else sorted(file.rglob("*.py")))
    ]
    return [f.read_text(encoding="utf-8", errors="replace") for f in found]


@dataclass
class _Search:
    operators: Operators
    symbols: tuple[str, ...]
    max_runs: int
    patience: float
    report: Callable[[str], None]
    donors: tuple[str, ...] = ()
    states: list[State] = field(default_factory=list)
    greens: list[State] = field(default_factory=list)
    required: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)
    signatures: set[frozenset[tuple[str, str]]] = field(default_factory=set)
    started: float = field(default_factory=time.monotonic)
    gained: float = field(default_factory=time.monotonic)
    """When a text passed more tests, or came nearer, than any before."""
    gained_runs: int = 0
    """Runs until then."""
    merit: tuple[int, float] = (-1, 0.0)
    runs: int = 0
    first_green: int = 0
    """Runs until the first passing text."""
    pace: Pace = field(default_factory=Pace)

    async def run(self, judge: Judge, sources: Sequence[str]) -> str:
        """Search; returns why it ended without success, or nothing."""
        await self._start(judge, sources)
        while not self._settled(judge.runs):
            if not self.greens and judge.runs >= self.max_runs:
                return "the runs are spent"
            if not self.greens and self._is_impatient(judge.runs):
                return "no change helps"
            batch = await self._batch(judge)
            if not batch and self.greens:
                break
            if not batch:
                return "no further change could be found"
            verdicts = await judge.run([v.source for _, v in batch], self.pace)
            for (parent, variant), verdict in zip(batch, verdicts, strict=True):
                self._judge(parent, variant, verdict)
            self.runs = judge.runs
        await self._shrink(judge)
        self.runs = judge.runs
        return ""

    async def _start(self, judge: Judge, sources: Sequence[str]) -> None:
        """Judge the sources as they are."""
        first = (await judge.run([sources[0]], trace=True))[0]
        judge.preload(first.modules)
        verdicts = await judge.run(sources)
        self.pace = Pace().adapted(verdicts)
        skipped = frozenset.intersection(*(v.skipped for v in verdicts))
        self.required = {t for v in verdicts for t in v.collected} - skipped
        for index, (source, verdict) in enumerate(zip(sources, verdicts, strict=True)):
            state = State(source, verdict, index=index, order=len(self.states))
            self._keep(state)
        self.runs = judge.runs

    def _is_impatient(self, runs: int) -> bool:
        """Whether long enough nothing was gained, also where runs are slow, as models are there."""
        waited = time.monotonic() - self.gained
        return waited > self.patience and runs - self.gained_runs >= _TRIES

    def _settled(self, runs: int) -> bool:
        """Whether a text passes and a while was spent on smaller and likelier ones."""
        if not self.greens:
            return False
        self.first_green = self.first_green or runs
        known = not min(len(s.changes) for s in self.greens)
        return known or runs - self.first_green >= max(_EXTRA, self.first_green // 4)

    async def _batch(self, judge: Judge) -> list[tuple[State, Variant]]:
        """The next changes of the most promising states, the best state's share the largest."""
        batch: list[tuple[State, Variant]] = []
        for rank, state in enumerate(self._beam()):
            if state.variants is None:
                traced = (await judge.run([state.source], self.pace, trace=True))[0]
                others = [s.source for s in self.states if not s.changes and s is not state]
                others += self.donors
                with warnings.catch_warnings(action="ignore"):  # of the code, not of this program
                    state.expand(self.operators, self.symbols, traced.lines, others)
            share = max(2, judge.breadth >> (rank + 1))
            with warnings.catch_warnings(action="ignore"):
                batch += [(state, v) for v in state.take(share, self.seen)]
        return batch

    def _beam(self) -> list[State]:
        """The states to go on with; not more than two with the same tests passed."""
        chosen: list[State] = []
        depth = min([_DEPTH, *(len(s.changes) for s in self.greens)])
        for state in sorted(self.states, key=State.order_by):
            same = sum(s.verdict.passed == state.verdict.passed for s in chosen)
            if not state.exhausted and len(state.changes) < depth and same < 2:
                chosen.append(state)
            if len(chosen) == _BEAM:
                break
        return chosen

    def _judge(self, parent: State, variant: Variant, verdict: Verdict) -> None:
        """Keep a variant that passes more tests, or other ones, or fails in a new way."""
        gain = len(verdict.passed) - len(parent.verdict.passed)
        plateau = 0 if gain > 0 else parent.plateau + 1
        if gain < 0 or plateau > _PLATEAU:
            return
        state = State(
            variant.source,
            verdict,
            changes=parent.changed(variant),
            index=parent.index,
            order=len(self.states),
            passed_before=parent.passed_before or parent.verdict.passed,
            cost=parent.cost + variant.mutation.weight,
            plateau=plateau,
        )
        best = max((len(s.verdict.passed) for s in self.states), default=0)
        self._keep(state)
        if len(verdict.passed) > best:
            total = len(self.required)
            self.report(f"mutation: {len(verdict.passed)} of {total} tests: {variant.what}")

    def _keep(self, state: State) -> None:
        verdict = state.verdict
        merit = len(verdict.passed), verdict.closeness
        if merit > self.merit:
            self.merit, self.gained, self.gained_runs = merit, time.monotonic(), self.runs
        self.required |= verdict.collected - verdict.skipped if not state.changes else set()
        if verdict.clean and verdict.passed >= self.required:
            self.greens.append(state)
        signature = frozenset(
            [*((t, "") for t in verdict.passed), *verdict.failures.items()]
            + [("", b) for b in verdict.broken]
        )
        if not state.changes or signature not in self.signatures:
            self.signatures.add(signature)
            self.states.append(state)

    async def _shrink(self, judge: Judge) -> None:
        """Take back changes of the best green text that the tests do not need."""
        self.greens.sort(key=State.size)
        best = self.greens[0]
        if len(best.changes) < 2:
            return
        origin = next(s.source for s in self.states if s.index == best.index and not s.changes)
        for smaller in reverted(origin, best.source):
            verdict = (await judge.run([smaller], self.pace))[0]
            if verdict.clean and verdict.passed >= self.required:
                lines = set(changed_lines(origin, smaller))
                kept = tuple(c for c in best.changes if c.line in lines) or best.changes[-1:]
                self.greens.insert(0, replace(best, source=smaller, verdict=verdict, changes=kept))
                return

    def result(self, sources: Sequence[str], problem: str) -> Climb:
        """The best so far."""
        seconds = time.monotonic() - self.started
        if not self.states:
            return Climb(sources[0], runs=self.runs, seconds=seconds, problem=problem)
        key = State.merit
        best = self.greens[0] if self.greens else min(self.states, key=key)
        return Climb(
            best=best.source,
            passed=best.verdict.passed,
            total=len(self.required),
            green=bool(self.greens),
            changes=best.changes,
            source=best.index,
            lines=tuple(changed_lines(sources[best.index], best.source)),
            greens=tuple(dict.fromkeys(s.source for s in self.greens)),
            runs=self.runs,
            seconds=seconds,
            problem="" if self.greens else problem,
        )
