"""Calls on which code breaks down although they are like the examples that it passes.

Nobody has to say what is right to see that a function for lists should not pop from an empty list
as soon as one is of odd length.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

_CRASHES = (
    "IndexError",
    "KeyError",
    "UnboundLocalError",
    "NameError",
    "AttributeError",
    "TypeError",
)
"""What code raises by mistake; a ValueError or a ZeroDivisionError may be the right answer."""
_MISTAKE = re.compile(
    rf"(?:{'|'.join(_CRASHES)}):"
    r"|ValueError: (?:(?:max|min)\(\) |.*(?:not in (?:list|tuple|deque)|not found|to unpack))"
)


def crashes(answers: Mapping[str, str], code: str, words: str) -> dict[str, str]:
    """Calls that break down, and what they raise (``IndexError: …``), out of `answers` to calls.

    What the code raises on purpose is none, nor what the `words` of the ticket and its tests speak
    of, nor what a call with an empty argument or a negative number leads to, since examples may
    have no such on purpose.
    """
    meant = {name for name in (*_CRASHES, "ValueError") if f"raise {name}" in code or name in words}
    return {
        call: answer
        for call, answer in answers.items()
        if is_mistake(answer) and answer.partition(":")[0] not in meant and not is_extreme(call)
    }


def typed_test(call: str, values: Sequence[str]) -> str:
    """An assertion that `call` gives what is of the type of `values`, which are source text.

    Empty where they show none.
    """
    types = dict.fromkeys(type(value) for text in values for value in _literal(text))
    names = ["None" if kind is type(None) else kind.__name__ for kind in types]
    return f"assert isinstance({call}, {' | '.join(names)})" if names else ""


def is_mistake(answer: str) -> bool:
    """Whether an answer is an exception that nobody raises on purpose."""
    return _MISTAKE.match(answer) is not None


def has_negative(call: str) -> bool:
    """Whether an argument, or a part of one, is a negative number."""
    nodes = ast.walk(ast.parse(call, mode="eval"))
    return any(isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) for node in nodes)


def is_extreme(call: str) -> bool:
    """Whether an argument, or a part of one, is empty or negative."""
    if has_negative(call):
        return True
    for node in ast.walk(ast.parse(call, mode="eval")):
        match node:
            case ast.Constant(value="" | b""):
                return True
            case ast.List(elts=[]) | ast.Tuple(elts=[]) | ast.Dict(keys=[]):
                return True
            case _:
                pass
    return False


def _literal(text: str) -> Iterator[object]:
    """Its value, if it has one."""
    with suppress(ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        yield ast.literal_eval(text)
