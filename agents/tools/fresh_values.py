"""Values like a given one: of its type, the edges among them, and numbers that words name.

What a text is about is where code for it goes wrong, so its numbers are tried like the dictionary
of a fuzzer (after libFuzzer and AFL), with their neighbours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import cycle

_NUMBER = re.compile(r"(?<![\w.])\d{1,6}(?![\w]|\.\d)")
_DIGITS = re.compile(r"\d+")
_MARK = re.compile(r"(?<=[^\W\d_])[,.:;!?](?=\s|$)")
"""Of punctuation, what ends a word of a sentence."""
_MARKS = ("?!", ";.")
"""Other marks that take its place in turn."""
_MOST_NUMBERS = 16
_MOST_RUNS = 3
"""Runs of digits in a text that are changed."""


def named_numbers(words: str, symbol: str) -> list[int]:
    """The first few whole numbers that `words` name outside of calls of `symbol`."""
    name = symbol.rpartition(".")[2]
    prose = re.sub(rf"\b{re.escape(name)}\([^)]*\)", "", words) if name else words
    found = dict.fromkeys(int(number) for number in _NUMBER.findall(prose))
    return list(found)[:_MOST_NUMBERS]


def others(value: object, numbers: Sequence[int] = ()) -> Iterator[object]:
    """Values of the same type as `value` that differ from it, perhaps with some twice.

    `numbers` and their neighbours are put in the place of numbers, also of those in a text.
    """
    yield from (other for other in _like(value, numbers) if other != value)


def spliced(value: object, mates: Sequence[object]) -> Iterator[object]:
    """The `mates` of the same type, and texts and lists that begin as one and end as another."""
    for mate in mates:
        if type(mate) is type(value) and mate != value:
            yield mate
            yield from _crossed(value, mate)


def _crossed(value: object, mate: object) -> Iterator[object]:
    match value, mate:
        case str(), str():
            yield value[: len(value) // 2] + mate[len(mate) // 2 :]
        case list(), list():
            yield [*value[: len(value) // 2], *mate[len(mate) // 2 :]]
        case _:
            pass


def _like(value: object, numbers: Sequence[int]) -> Iterator[object]:
    near = [n + step for n in numbers for step in (0, 1, -1)]
    match value:
        case bool():
            yield not value
        case int():
            yield from (0, 1, value + 1, value - 1, value + 2, value + 10, 2 * value, -value)
            yield from near
        case float():
            yield from (0.0, value + 1, value / 2, -value, 3 * value)
            yield from map(float, near)
        case str():
            yield from _texts(value)
            yield from _punctuated(value)
            yield from _renumbered(value, numbers)
        case list():
            yield from _sequences(value)
        case tuple():
            same = (v for v in _sequences(list(value)) if len(v) == len(value))
            yield from map(tuple, same)
        case dict() if value:
            yield {}
            yield dict(list(value.items())[:-1])
        case set() if len(value) > 1:
            yield set(sorted(value, key=repr)[:-1])


def _texts(text: str) -> Iterator[str]:
    middle = len(text) // 2
    yield from ("", text[:1], text[:-1], text[::-1], text + text, text.swapcase(), text.upper())
    yield from (f"{text[:middle]} {text[middle:]}", f" {text} ", text[middle:] + text[:middle])
    yield f"{text[:middle]}1234{text[middle:]}"


def _punctuated(text: str) -> Iterator[str]:
    """A sentence with other marks: what holds for some of them may hold for all."""
    for marks in _MARKS:
        turns = cycle(marks)
        yield "".join(f"{part}{next(turns)}" for part in _MARK.split(text))[:-1]


def _renumbered(text: str, numbers: Sequence[int]) -> Iterator[str]:
    """`text` with one of its numbers replaced by one about as wide."""
    for run in list(_DIGITS.finditer(text))[:_MOST_RUNS]:
        own, width = int(run.group()), len(run.group())
        named = (n for n in numbers if width - 1 <= len(str(n)) <= width)
        for number in (own + 1, max(own - 1, 0), *named):
            yield f"{text[: run.start()]}{str(number).zfill(width)}{text[run.end() :]}"


def _sequences(items: list[object]) -> Iterator[list[object]]:
    middle = len(items) // 2
    yield from ([], items[:1], items[:-1], items[::-1], items + items, items + items[:1])
    yield from (items[middle:] + items[:middle], items[:middle], items[middle:])
