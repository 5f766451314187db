"""Regular expressions: repetition, anchors, wider classes, flags."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from agents.tools.mutation.unit import Mutation, Unit

Changes = Iterator[Mutation | None]

_USERS = ("compile", "search", "match", "fullmatch", "findall", "finditer", "split", "sub", "subn")
_FLAGGED = ("search", "match", "fullmatch", "findall", "finditer", "compile")
_ELEMENT = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\)|[^\\()\[\]|^$*+?{}]")
_CLASSES = ("0-9", "A-Z", "a-z", "_", r"\s", r"\w", "-", ".")


def mutations(unit: Unit) -> Changes:
    """Changes of this family."""
    for call in unit.nodes(ast.Call):
        function = call.func
        if not isinstance(function, ast.Attribute) or function.attr not in _USERS or not call.args:
            continue
        pattern = call.args[0]
        if (
            isinstance(pattern, ast.Constant)
            and isinstance(pattern.value, str)
            and _from_re(function)
        ):
            for new in dict.fromkeys(variants(pattern.value)):
                yield unit.replace(pattern, written(new), 2)
            flagged = len(call.args) > 2 or call.keywords
            if function.attr in _FLAGGED and not flagged:
                inner = ", ".join(unit.text(a) for a in call.args)
                for flag in ("IGNORECASE", "DOTALL", "MULTILINE"):
                    text = f"{unit.text(function)}({inner}, flags=re.{flag})"
                    yield unit.replace(call, text, 3, f"`re.{flag}` added")


def _from_re(function: ast.Attribute) -> bool:
    return isinstance(function.value, ast.Name) and function.value.id == "re"


def variants(pattern: str) -> Iterator[str]:
    """Patterns that differ in one place and compile."""
    for new in _variants(pattern):
        try:
            re.compile(new)
        except (re.error, OverflowError, RecursionError):
            continue
        if new != pattern:
            yield new


def _variants(pattern: str) -> Iterator[str]:
    for element in _ELEMENT.finditer(pattern):
        end = element.end()
        if pattern[end : end + 1] in ("+", "*", "?"):
            for other in ("", "+", "*", "?"):
                yield pattern[:end] + other + pattern[end + 1 :]
        else:
            for added in ("+", "*", "?"):
                yield pattern[:end] + added + pattern[end:]
        if element[0].startswith("["):
            yield from _other_classes(pattern, element.start(), end)
        elif element[0] in (r"\d", r"\w", r"\s", r"\D", r"\W", r"\S"):
            for letter in "dwsDWS":
                yield f"{pattern[: element.start()]}\\{letter}{pattern[end:]}"
    yield pattern.removeprefix("^") if pattern.startswith("^") else f"^{pattern}"
    yield pattern.removesuffix("$") if pattern.endswith("$") else f"{pattern}$"


def _other_classes(pattern: str, start: int, end: int) -> Iterator[str]:
    """The class with more in it, with less, or turned round."""
    inner = pattern[start + 1 : end - 1]
    turned = inner[1:] if inner.startswith("^") else f"^{inner}"
    yield f"{pattern[:start]}[{turned}]{pattern[end:]}"
    for more in _CLASSES:
        if more not in inner:
            joined = f"{inner}\\-" if more == "-" else f"{inner}{more}"
            yield f"{pattern[:start]}[{joined}]{pattern[end:]}"
        else:
            yield f"{pattern[:start]}[{inner.replace(more, '', 1)}]{pattern[end:]}"


def written(pattern: str) -> str:
    """A raw string where that can be written."""
    plain = "\n" not in pattern and not pattern.endswith("\\") and '"' not in pattern
    return f'r"{pattern}"' if plain else repr(pattern)
