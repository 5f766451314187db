"""Which sequences take part in the next decoding step, and with how many tokens.

Pure functions: strict order between the priority classes, fair shares within one
(continuous batching after Orca, OSDI 2022; chunked prefill after Sarathi-Serve, OSDI 2024).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from server.models.engine.sequence import Request, Sequence


@dataclass(frozen=True)
class StepLimits:
    """What one step may hold."""

    running: int = 16
    """Sequences that decode together."""
    spare: int = 4
    """More of them, for requests of which nothing runs yet."""
    prefill: int = 256
    """Prompt tokens of a step in which nobody waits for the next token of an answer."""
    prefill_beside_answers: int = 64
    """Prompt tokens of a step that also decodes answers."""
    prefill_share: int = 4
    """Prompts that are read at the same time."""


@dataclass(frozen=True)
class Share:
    """A sequence's part of a step."""

    sequence: Sequence
    tokens: int


def served_rank(requests: Iterable[Request]) -> int | None:
    """The class that has the engine now: the best of those that want it."""
    return min((request.rank for request in requests), default=None)


def admission_order(requests: Iterable[Request]) -> list[Sequence]:
    """Waiting sequences, best first: whose request runs least, then who came first."""
    waiting: list[tuple[int, float, int, Sequence]] = []
    for request in requests:
        running = sum(each.slot is not None for each in request.sequences)
        idle = [each for each in request.sequences if each.slot is None]
        for ahead, sequence in enumerate(idle):
            waiting.append((running + ahead, request.arrived, request.id, sequence))
    return [entry[-1] for entry in sorted(waiting, key=lambda entry: entry[:3])]


def has_room(request: Request, running: int, limits: StepLimits) -> bool:
    """Whether one more sequence of `request` may join the `running` ones of its class."""
    if running < limits.running:
        return True
    nothing_runs = all(each.slot is None for each in request.sequences)
    return nothing_runs and running < limits.running + limits.spare


def plan_step(running: list[Sequence], limits: StepLimits) -> list[Share]:
    """Every answer gets its next token; the prompts share what the step has left."""
    answers = [Share(each, 1) for each in running if each.answering]
    reading = sorted(
        (each for each in running if not each.answering),
        key=lambda each: (each.request.arrived, each.index),
    )[: limits.prefill_share]
    budget = limits.prefill_beside_answers if answers else limits.prefill
    return answers + _share_out(reading, budget)


def _share_out(reading: list[Sequence], budget: int) -> list[Share]:
    """Equal parts; what a short prompt leaves goes to the longer ones."""
    shares = []
    by_need = sorted(reading, key=lambda each: each.pending)
    for position, sequence in enumerate(by_need):
        part = min(sequence.pending, max(budget // (len(by_need) - position), 1))
        shares.append(Share(sequence, part))
        budget -= part
    return shares
