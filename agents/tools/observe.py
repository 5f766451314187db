"""What several versions of a file answer to the same calls, seen side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from agents.tools.mutation.evaluate import EvaluationError, Pace, Verdict
from agents.tools.mutation.judges import judge_of
from agents.tools.test_runner import TestRunner

_SECONDS = 20.0
_PACE = Pace(test=0.5, run=5.0)
_TELLS = "TenonSaw: "
"""Of the exception that a probe tells values by, as far as the test runner shows its name."""
NO_ANSWER = "no answer"
"""Where a call did not end in time, or the version could not be run."""


@dataclass(frozen=True)
class Probe:
    """A test file of which every test fails, with what a call gives as its message."""

    path: str
    """Where it is put, relative to the repository."""
    source: str
    tests: tuple[str, ...]
    """What the test of each call is named in verdicts."""


@dataclass(frozen=True)
class Observation:
    """What one version of the file does."""

    sound: bool
    """Whether it passes every one of the tests."""
    answers: tuple[str, ...]
    """For each call the value as source, or the exception as ``Type: words``."""


async def observe(
    runner: TestRunner,
    root: Path,
    target: str,
    tests: Sequence[str],
    probe: Probe,
    versions: Sequence[str],
) -> list[Observation]:
    """For each of `versions` (texts of the file `target`) what each call of `probe` gives.

    Runs in the sandbox, beside the files `tests`; the probe is put into `root` and taken away
    again. Empty if nothing could be run.
    """
    place = root / probe.path
    await asyncio.to_thread(_put, place, probe.source)
    try:
        async with (
            asyncio.timeout(_SECONDS),
            judge_of(runner, root, target, [*tests, probe.path], seconds=_SECONDS) as judge,
        ):
            verdicts = await judge.run(versions, _PACE)
    except (EvaluationError, OSError, TimeoutError):
        return []
    finally:
        await asyncio.to_thread(place.unlink, missing_ok=True)
    return [_observation(verdict, probe) for verdict in verdicts]


def _put(place: Path, text: str) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, "utf-8")


def _observation(verdict: Verdict, probe: Probe) -> Observation:
    answers = tuple(verdict.failures.get(n, NO_ANSWER).removeprefix(_TELLS) for n in probe.tests)
    others = verdict.failures.keys() - set(probe.tests)
    return Observation(not others and bool(verdict.passed), answers)
