"""Find examples that give arguments by name, or as input and output, instead of as a call.

``For n = 3, k = 2 the output should be 8``, and a line ``Input: n = 3, k = 2`` above one with
``Output: 8``, become ``power(3, 2)`` with the value ``8`` where the wish is about
``power(n, k)``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from agents.behaviors.extract_examples import ARROW, Example, Notation, literal_prefix

_RESULT = re.compile(
    r"[\s,.;`]*(?:then\s+)?"
    r"(?:(?:the\s+|an?\s+|its\s+)?(?:expected\s+|returned\s+)?"
    r"(?:output|result|answer|return\s+value|value|function|it)\b\s*)?"
    rf"(?:(?:should|must|shall|will|would)\s+(?:be|return|give|equal)|returns?|gives?|is|be|equals?"
    rf"|{ARROW}|==?|:)"
    r"[\s:`]*",
    re.IGNORECASE,
)
_LATER = re.compile(r"[^\n.;]{0,80}?(?=\bthe\s+(?:output|result|answer)\b)", re.IGNORECASE)
_INPUT = re.compile(r"\binputs?\s*(?:[:=]|is\b|are\b)\s*", re.IGNORECASE)
_OUTPUT = re.compile(r"[\s,;`]*(?:expected\s+)?(?:outputs?|results?)\s*(?:[:=]|is\b)\s*", re.I)
_ENDS = re.compile(r"`?\s*(?:$|\n|[.,;)#(]|//|because\b|since\b|as\b|and\b|for\b)", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s,;`]*(?:and\s+)?(?:`)?")


def worded_examples(
    text: str, symbol: str, parameters: Sequence[str], notation: Notation
) -> list[Example]:
    """Examples for the function `symbol` of these parameters, in their order, without repeats."""
    if not parameters or "." in symbol:
        return []
    found: dict[str, Example] = {}
    for arguments, expected in (*_named(text, parameters, notation), *_listed(text, notation)):
        if len(arguments) == len(parameters):
            call = f"{symbol}({', '.join(arguments)})"
            found.setdefault(call, Example(call, expected=expected))
    return list(found.values())


def _named(
    text: str, parameters: Sequence[str], notation: Notation
) -> Iterator[tuple[list[str], str]]:
    """Arguments that are given by their names in any order, and the value they lead to."""
    names = {name.lower(): name for name in parameters}
    given = re.compile(
        rf"(?<![\w.])({'|'.join(map(re.escape, parameters))})`?\s*(?::|=(?!=)|is\b)\s*`?", re.I
    )
    position = 0
    while match := given.search(text, position):
        values: dict[str, str] = {}
        here: re.Match[str] | None = match
        while here and (value := _literal(text[here.end() :], notation)):
            values.setdefault(names[here[1].lower()], value)
            position = here.end() + len(value)
            between = _BETWEEN.match(text, position)
            here = given.match(text, between.end() if between else position)
        position = max(position, match.end())
        if len(values) == len(parameters) and (expected := _result(text[position:], notation)):
            yield [values[name] for name in parameters], expected


def _listed(text: str, notation: Notation) -> Iterator[tuple[list[str], str]]:
    """The arguments of ``Input: 3, 2`` in their order, and the value of ``Output: 8``."""
    for match in _INPUT.finditer(text):
        position, values = match.end(), list[str]()
        while value := _literal(text[position:], notation):
            values.append(value)
            position += len(value)
            comma = re.compile(r"`?[ \t]*,\s*`?").match(text, position)
            if comma is None:
                break
            position = comma.end()
        if values and (output := _OUTPUT.match(text, position)):
            expected = _value(text[output.end() :], notation)
            if expected is not None:
                yield values, expected


def _result(rest: str, notation: Notation) -> str | None:
    """The value that the words after the arguments name."""
    for start in (_RESULT, _OUTPUT):
        if (match := start.match(rest)) and (value := _value(rest[match.end() :], notation)):
            return value
    later = _LATER.match(rest)
    said = _RESULT.match(rest, later.end()) if later else None
    return _value(rest[said.end() :], notation) if said else None


def _value(text: str, notation: Notation) -> str | None:
    """The value that `text` begins with, if nothing is said of it (``2 lines``)."""
    value = _literal(text, notation)
    return value if value and _ENDS.match(text, len(value)) else None


def _literal(text: str, notation: Notation) -> str | None:
    """The literal that `text` begins with, as the language writes it: ``True`` for ``true``."""
    value = literal_prefix(text, notation)
    return value if value is not None else _constant(text, notation)


def _constant(text: str, notation: Notation) -> str | None:
    word = re.match(r"[A-Za-z]+", text)
    found = notation.constants.get(word[0].lower()) if word else None
    # A constant of another length would be none: what follows is found by the length.
    return found if word and found and len(found) == len(word[0]) else None
