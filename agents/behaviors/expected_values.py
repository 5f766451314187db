"""How a test compares with a literal that somebody gave: floats, and the order of a dictionary.

Nothing here guesses: an order binds only where the person's words ask for one, and only if the
example keeps it itself.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

_RELATIVE, _ABSOLUTE = 1e-6, 1e-12
"""What pytest.approx forgives unless it is told otherwise."""
_NOISE = 1e-12
"""Relative error that arithmetic with floats may add up to."""

_NO_ORDER = re.compile(
    r"\b(?:any|no particular|arbitrary|whatever) order\b|\bunordered\b"
    r"|\bregardless of (?:the )?order|\border (?:does|is|need)(?:n't| not)",
    re.IGNORECASE,
)
_APPEARANCE = re.compile(
    r"\bfirst[- ](?:appear\w*|occur\w*|seen)|\bas they (?:appear|come|occur)\b"
    r"|\border (?:of|in which) (?:\w+ ){0,3}(?:appear|occur|come|are (?:given|listed|seen))"
    r"|\b(?:insertion|original|input|given|same) order\b"
    r"|\b(?:keep|preserv)\w* (?:the |their )?(?:\w+ )?order\b"
    r"|\border (?:is|must be|should be|stays) (?:kept|preserved|the same)",
    re.IGNORECASE,
)
_SORTED = re.compile(
    r"\bsort(?:ed|s)\b(?! (?:list|array|sequence|input|tuple|numbers|data)\b)"
    r"|\b(?:ascending|descending|alphabetical\w*|lexicographic\w*)\b|\border(?:ed)? by\b"
    r"|\b(?:most|least) (?:\w+ )?first\b|\b\w+est first\b",
    re.IGNORECASE,
)
_FALLING = re.compile(
    r"\bdescending\b|\bmost\b|\b(?:larg|high|great|bigg|long|new|lat)est first\b", re.IGNORECASE
)
_BY_NAME = re.compile(r"\balphabetical|\blexicographic", re.IGNORECASE)
_BY_SIZE = re.compile(r"\b(?:most|least|(?:larg|high|great|bigg|small|low)est)\b", re.IGNORECASE)
_RISING = re.compile(
    r"\bascending\b|\balphabetical|\blexicographic|\bleast\b"
    r"|\b(?:small|low|short|old|earli)est first\b",
    re.IGNORECASE,
)


def approximately(expected: str) -> str | None:
    """``pytest.approx(…)`` for a float or a flat collection with one; None: ``==`` is right.

    pytest's tolerance (a millionth) forgives the rounding of floats. Where that would forgive
    a digit that was written (a cent of ``12345.67``), it is half of the last digit instead.
    """
    numbers = _numbers(expected)
    if not any(isinstance(number, float) for number, _ in numbers):
        return None
    limits = [_tolerance(number, written) for number, written in numbers]
    if all(limit is None for limit in limits):
        return f"pytest.approx({expected})"
    usual = [max(_RELATIVE * number, _ABSOLUTE) for number, _ in numbers]
    least = min(u if t is None else t for t, u in zip(limits, usual, strict=True))
    noise = _NOISE * max(number for number, _ in numbers)
    return f"pytest.approx({expected}, abs={max(least, noise):.1g})"


def _numbers(expected: str) -> list[tuple[float, str]]:
    """Size and text of each number of a number or of a flat list, tuple or dictionary.

    None at all if there is anything else in it.
    """
    node = ast.parse(expected, mode="eval").body
    parts: Sequence[ast.expr] = [node]
    if isinstance(node, ast.List | ast.Tuple):
        parts = node.elts
    elif isinstance(node, ast.Dict):
        parts = node.values
    plain = [p.operand if isinstance(p, ast.UnaryOp) else p for p in parts]
    numbers = [
        (p.value, ast.get_source_segment(expected, p) or "0")
        for p in plain
        if isinstance(p, ast.Constant)
        and isinstance(p.value, int | float)
        and not isinstance(p.value, bool)
    ]
    return numbers if len(numbers) == len(parts) else []


def _tolerance(number: float, written: str) -> float | None:
    """Half of the last digit that was written, if pytest would forgive more."""
    if not isinstance(number, float):
        return None
    exponent = Decimal(written.replace("_", "")).as_tuple().exponent
    half = 0.5 * 10.0**exponent if isinstance(exponent, int) else 0.0
    return half if half < max(_RELATIVE * number, _ABSOLUTE) else None


def ordered_keys(call: str, expected: str, words: str) -> list[Any] | None:
    """The keys of the dictionary `expected` in the order that `words` ask for; None if they don't.

    Words such as "in order of first appearance", "sorted by name" or "largest first". An
    example that does not keep such an order tells that the words are about something else.
    """
    value = _literal(expected)
    if not isinstance(value, dict) or len(value) < 2 or _NO_ORDER.search(words):
        return None
    if _APPEARANCE.search(words) and _in_appearance(list(value), call):
        return list(value)
    return list(value) if _SORTED.search(words) and _is_sorted(value, words) else None


def _is_sorted(value: dict[Any, Any], words: str) -> bool:
    """By what the words name and in the direction that they name, where they name any."""
    falling, rising = _FALLING.search(words), _RISING.search(words)
    ways = [w for w in (False, True) if (falling if w else rising)] or [False, True]
    return any(_runs(list(measure), way) for measure in _measures(value, words) for way in ways)


def _measures(value: dict[Any, Any], words: str) -> Iterator[Iterable[Any]]:
    if not _BY_SIZE.search(words) or not all(isinstance(key, str) for key in value):
        yield value
    if not _BY_NAME.search(words):
        yield value.values()
        yield (len(key) if isinstance(key, str | tuple) else 0 for key in value)


def _runs(measures: list[Any], falling: bool) -> bool:
    """Whether they rise, or fall; those that are all the same do neither."""
    try:
        return len(set(measures)) > 1 and sorted(measures, reverse=falling) == measures
    except TypeError:
        return False


def _in_appearance(keys: list[Any], call: str) -> bool:
    """Whether the arguments show `keys` in this order; also if they do not show them at all."""
    for argument in _arguments(call):
        places = [_place(key, argument) for key in keys]
        if all(place >= 0 for place in places):
            return places == sorted(places)
    return True


def _arguments(call: str) -> Iterator[Any]:
    for node in ast.walk(ast.parse(call, mode="eval")):
        if isinstance(node, ast.Call):
            for argument in (*node.args, *(k.value for k in node.keywords)):
                yield _literal(ast.unparse(argument))


def _place(key: Any, argument: Any) -> int:
    """Where `argument` first shows `key`, whatever its case; -1 if nowhere."""
    if isinstance(argument, str):
        return argument.casefold().find(key.casefold()) if isinstance(key, str) else -1
    if not isinstance(argument, list | tuple | dict):
        return -1
    items = list(argument)
    return next((i for i, item in enumerate(items) if item == key or _holds(item, key)), -1)


def _holds(item: Any, key: Any) -> bool:
    """A word of a sentence, or a part of a pair."""
    if isinstance(item, str) and isinstance(key, str):
        return key.casefold() in item.casefold()
    parts = list(item.values()) if isinstance(item, dict) else item
    return isinstance(parts, list | tuple) and key in parts


def _literal(source: str) -> Any:
    try:
        return ast.literal_eval(source)
    except (SyntaxError, ValueError, TypeError, MemoryError, RecursionError):
        return None
