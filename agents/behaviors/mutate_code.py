"""Mend near misses by small changes that the tests judge, without the model."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence

from agents.base import IAgent
from agents.behaviors.write_code import Candidate, candidate_of
from agents.ladder import Stage
from agents.progress import Progress
from agents.tools.mutation import Climb, changed_lines, climb_by
from agents.tools.mutation.judges import judge_of
from agents.workbench import Workbench

_PATIENCE = 8.0
"""Seconds without a gain after which mutation gives way to the model."""


class MutateCode:
    """The Developer's second behaviour: thousands of runs cost less than one answer."""

    name = "mutate_code"

    async def run(
        self,
        agent: IAgent,
        bench: Workbench,
        texts: Sequence[str],
        seconds: float,
        donors: Sequence[str] = (),
    ) -> AsyncGenerator[Candidate, None]:
        """Changed versions of `texts` (best first) that pass more tests; all that pass every one.

        Functions of `donors` may go into them. So many `seconds` at most, and never longer than
        the budget.
        """
        seconds = min(seconds, bench.budget.seconds_left)
        operators = bench.language.operators
        if not texts or bench.tests is None or operators is None or seconds <= 0:
            return
        await bench.worktree.reset()
        root, tests = bench.worktree.root, bench.tests.path
        written = await asyncio.to_thread((root / tests).read_text, "utf-8", "replace")
        found = await climb_by(
            judge_of(bench.runner, root, bench.ticket.target_file, [tests], seconds=seconds),
            operators.given([written]),
            _symbols(bench, texts[0]),
            texts,
            seconds=seconds,
            patience=_PATIENCE,
            donors=donors,
        )
        said = _in_words(found)
        bench.context.report(Progress("step", agent.agent_type, said))
        await agent.log("step", said, bench.ticket.id)
        # What broke another test is followed by the next smallest change.
        for text in found.greens or ((found.best,) if found.changes else ()):
            lines = tuple(changed_lines(texts[found.source], text))
            words = tuple(c.what for c in found.changes) if text == found.best else ()
            yield candidate_of(bench, text, Stage.MUTATION, changes=words, lines=lines)


def _symbols(bench: Workbench, text: str) -> list[str]:
    """The ticket's symbol, or every function and class of a file that is the unit itself."""
    if bench.ticket.target_symbol:
        return [bench.ticket.target_symbol]
    return [s.name for s in bench.language.symbols(text) if s.kind in ("function", "class")]


def _in_words(found: Climb) -> str:
    changes = "; ".join(f"line {change.line}: {change.what}" for change in found.changes)
    what = f"changed {changes}" if changes else "no change helps"
    return (
        f"mutation: {len(found.passed)} of {found.total} tests pass after {found.runs} runs in "
        f"{found.seconds:.0f} s; {what}"
    )
