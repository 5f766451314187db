"""Calls on which code breaks down although they are like the examples that it passes.

Nobody has to say what is right to see that a function for lists should not pop from an empty list
as soon as one is of odd length.
"""

from __future__ import annotations

from collections.abc import Mapping

from agents.languages.calls import Calls
from agents.tools.fresh_inputs import is_extreme


def crashes(calls: Calls, answers: Mapping[str, str], code: str, words: str) -> dict[str, str]:
    """Calls that break down, and what they raise (``IndexError: …``), out of `answers` to calls.

    What the code raises on purpose is none, nor what the `words` of the ticket and its tests speak
    of, nor what a call with an empty argument or a negative number leads to, since examples may
    have no such on purpose.
    """
    mistakes = calls.mistakes
    meant = {n for n in mistakes.names if mistakes.raising.format(n) in code or n in words}
    return {
        call: answer
        for call, answer in answers.items()
        if mistakes.told.match(answer)
        and answer.partition(":")[0] not in meant
        and not is_extreme_call(calls, call)
    }


def is_extreme_call(calls: Calls, call: str) -> bool:
    """Whether an argument, or a part of one, is empty or negative."""
    literals = calls.literals(call)
    return literals is not None and is_extreme(literals)
