"""What the tests say about values: literals, expected results, exceptions."""

from __future__ import annotations

import ast
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from agents.tools.mutation.expected_errors import (
    compared,
    expected_exception,
    messages,
    name_of,
    refused_numbers,
)

V = TypeVar("V")

_DOCUMENTED = ast.Module | ast.FunctionDef | ast.ClassDef
_MANY = 10
_LONG = 60


@dataclass(frozen=True)
class Hints:
    """Literals of the tests, most frequent first; each as Python source."""

    strings: tuple[str, ...] = ()
    """Values, not source."""
    numbers: tuple[str, ...] = ()
    expected: tuple[str, ...] = ()
    """Short literals that a call is compared with."""
    edges: tuple[str, ...] = ()
    """Those that are expected for an empty, zero or None argument."""
    raises: tuple[str, ...] = ()
    """``ValueError('words')`` for each expected exception."""
    refused: tuple[tuple[int, str], ...] = ()
    """Index and source of each number that is an argument of a call which is to raise."""

    @property
    def characters(self) -> list[str]:
        """Characters of the strings that are neither letters nor digits."""
        found = dict.fromkeys(c for s in self.strings for c in s if not c.isalnum())
        return list(found)[:_MANY]

    @property
    def accents(self) -> bool:
        """Whether the strings hold letters with accents, and what is left of them without."""
        accented = [s for s in self.strings if _without_accents(s) not in ("", s)]
        letters = {c for s in self.strings if s.isascii() for c in s.lower() if c.isalpha()}
        return any(
            {c for c in _without_accents(s).lower() if c.isalpha()} <= letters for s in accented
        )


def _without_accents(text: str) -> str:
    """The letters alone, where Unicode takes them apart (NFKD, Unicode Standard Annex 15)."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def read_hints(sources: Iterable[str]) -> Hints:
    """The hints of test modules; those that do not parse say nothing."""
    strings: list[str] = []
    numbers: list[str] = []
    expected: list[str] = []
    edges: list[str] = []
    raises: list[str] = []
    refused: list[tuple[int, str]] = []
    for tree in _parsed(sources):
        raises += messages(tree)
        refused += refused_numbers(tree)
        for node in _bodies(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                strings.append(node.value)
            elif _is_number(node):
                numbers.append(ast.unparse(node))
            for call, literal in _comparisons(node):
                expected.append(literal)
                edges += [literal] if _has_empty_argument(call) else []
            raises += expected_exception(node)
    return Hints(
        tuple(common(s for s in strings if len(s) <= _LONG)),
        tuple(common(numbers)),
        tuple(common(expected)),
        tuple(common(edges)),
        tuple(telling(common(raises))),
        tuple(common(refused)),
    )


def _parsed(sources: Iterable[str]) -> Iterator[ast.Module]:
    for source in sources:
        try:
            yield ast.parse(source)
        except (SyntaxError, ValueError):
            continue


def _bodies(tree: ast.Module) -> Iterator[ast.AST]:
    """Every node of the module but its docstrings."""
    for node in ast.walk(tree):
        if isinstance(node, _DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:]
    yield from ast.walk(tree)


def common(values: Iterable[V]) -> list[V]:
    """The most frequent, in order of appearance among equals."""
    counts: dict[V, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return sorted(counts, key=lambda v: -counts[v])[:_MANY]


def _is_number(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, int | float)
        and not isinstance(node.value, bool)
    )


def _comparisons(node: ast.AST) -> Iterator[tuple[ast.Call, str]]:
    """Calls and the literals that they are compared with."""
    for call, literal in compared(node):
        if isinstance(call, ast.Call) and (text := _literal(literal)) is not None:
            yield call, text


def _literal(node: ast.expr) -> str | None:
    if isinstance(node, ast.Call) and name_of(node.func) == "approx" and node.args:
        node = node.args[0]
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError):
        return None
    text = ast.unparse(node)
    return text if len(text) <= _LONG else None


def _has_empty_argument(call: ast.Call) -> bool:
    for argument in call.args:
        text = _literal(argument)
        if text is not None and not ast.literal_eval(text):
            return True
    return not call.args and not call.keywords


def telling(raises: list[str]) -> list[str]:
    """`raises` without those that say nothing where the same one with words is expected too."""
    told = {text.partition("(")[0] for text in raises if not text.endswith("()")}
    return [text for text in raises if not (text.endswith("()") and text[:-2] in told)]
