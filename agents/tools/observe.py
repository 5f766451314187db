"""What several versions of a file answer to the same calls, seen side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from agents.tools.mutation.evaluate import EvaluationError, Evaluator, Pace, Verdict
from agents.tools.sandbox import Sandbox

_FILE = "test_tenon_observe.py"
_SECONDS = 20.0
_PACE = Pace(test=0.5, run=5.0)
NO_ANSWER = "no answer"
"""Where a call did not end in time, or the version could not be run."""

_HEAD = """\
import hashlib
import re


class Saw(Exception):
    pass


def tell(value):
    text = re.sub(r" at 0x[0-9a-f]+", "", repr(value))
    if len(text) > 150:
        text = text[:120] + "… " + hashlib.sha256(text.encode()).hexdigest()[:8]
    raise Saw(text)
"""


@dataclass(frozen=True)
class Observation:
    """What one version of the file does."""

    sound: bool
    """Whether it passes every one of the tests."""
    answers: tuple[str, ...]
    """For each call the value's ``repr``, or the exception as ``Type: words``."""


async def observe(
    sandbox: Sandbox,
    python: Path,
    root: Path,
    target: str,
    tests: Sequence[str],
    imports: Sequence[str],
    calls: Sequence[str],
    versions: Sequence[str],
) -> list[Observation]:
    """For each of `versions` (texts of the file `target`) what each of `calls` gives.

    Runs in the sandbox, beside the files `tests`; the file that holds the calls is put into
    `root` and taken away again. Empty if nothing could be run.
    """
    probe = root / _FILE
    await asyncio.to_thread(probe.write_text, _source(imports, calls), "utf-8")
    try:
        async with (
            asyncio.timeout(_SECONDS),
            Evaluator.open(
                sandbox, python, root, target, [*tests, _FILE], seconds=_SECONDS
            ) as evaluator,
        ):
            verdicts = await evaluator.run(versions, _PACE)
    except (EvaluationError, OSError, TimeoutError):
        return []
    finally:
        await asyncio.to_thread(probe.unlink, missing_ok=True)
    return [_observation(verdict, len(calls)) for verdict in verdicts]


def _observation(verdict: Verdict, calls: int) -> Observation:
    names = [f"{_FILE}::test_{number}" for number in range(calls)]
    answers = tuple(verdict.failures.get(n, NO_ANSWER).removeprefix("Saw: ") for n in names)
    others = verdict.failures.keys() - set(names)
    return Observation(not others and bool(verdict.passed), answers)


def _source(imports: Sequence[str], calls: Sequence[str]) -> str:
    tests = [f"def test_{number}():\n    tell({call})\n" for number, call in enumerate(calls)]
    return "\n\n".join(["\n".join(imports), _HEAD, *tests])
