"""What the tests say about values: literals, expected results, exceptions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from agents.languages.javascript.expressions import is_value
from agents.tools.mutation.hints import common, telling
from agents.tools.syntax_tree import Node, parse_anyway, text_of, walk

_LONG = 60
_MANY = 10
_EQUAL = re.compile(
    r"(?:assert\.|^)(?:deep)?(?:strict)?equal$|\)\.(?:toBe|toEqual|toStrictEqual|toBeCloseTo)$",
    re.IGNORECASE,
)
_THROWS = re.compile(r"(?:assert\.|^)(?:throws|rejects)$|\.toThrow(?:Error)?$")
_EMPTY = re.compile(r"\(\s*(?:\"\"|''|\[\]|\{\}|0|null|undefined)?\s*[,)]")
_CALLS = ("call_expression", "new_expression")
_ERROR_NAME = re.compile(r"""\bname:\s*["'](\w*Error)["']""")
_ESCAPE = re.compile(r"\\(u\{?[0-9a-fA-F]+\}?|x[0-9a-fA-F]{2}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "0": "\0"}


@dataclass(frozen=True)
class Hints:
    """Literals of the tests, most frequent first; each as source but the strings."""

    strings: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    expected: tuple[str, ...] = ()
    """Short literals that a call is compared with."""
    edges: tuple[str, ...] = ()
    """Those that are expected for an empty, zero or missing argument."""
    raises: tuple[str, ...] = ()
    """``new RangeError("words")`` for each expected exception."""
    refused: tuple[tuple[int, str], ...] = ()
    """Index and source of each number that is an argument of a call which is to throw."""

    @property
    def characters(self) -> list[str]:
        """Characters of the strings that are neither letters nor digits."""
        found = dict.fromkeys(c for s in self.strings for c in s if not c.isalnum())
        return list(found)[:_MANY]

    @property
    def kinds(self) -> set[str]:
        """What the expected values are: ``string``, ``number``, ``boolean``, ``array``, ``object``.

        Empty if that is not known; then it may be anything.
        """
        return {_kind(text) for text in self.expected} - {""}

    @property
    def accents(self) -> bool:
        """Whether the strings hold letters with accents."""
        return any(c.isalpha() and not c.isascii() for s in self.strings for c in s)


def _kind(literal: str) -> str:
    first = literal.lstrip("-")[:1]
    if literal in ("true", "false"):
        return "boolean"
    if first.isdigit() or literal in ("NaN", "Infinity", "-Infinity"):
        return "number"
    return {'"': "string", "'": "string", "`": "string", "[": "array", "{": "object"}.get(first, "")


def read_hints(sources: Iterable[str]) -> Hints:
    """The hints of test files; parts that do not parse say nothing."""
    strings: list[str] = []
    numbers: list[str] = []
    expected: list[str] = []
    edges: list[str] = []
    raises: list[str] = []
    refused: list[tuple[int, str]] = []
    for source in sources:
        for node in _bodies(parse_anyway(source, "tsx")):
            if node.type == "string":
                strings.append(string_value(node))
            elif node.type == "number":
                numbers.append(text_of(node))
            elif node.type == "call_expression":
                for call, literal in _comparison(node):
                    expected.append(literal)
                    edges += [literal] if _EMPTY.search(call) else []
                errors = _exception(node)
                raises += errors
                refused += _numbers(node) if errors else []
    return Hints(
        tuple(common(s for s in strings if len(s) <= _LONG)),
        tuple(common(numbers)),
        tuple(common(expected)),
        tuple(common(edges)),
        tuple(telling(common(raises))),
        tuple(common(refused)),
    )


def _bodies(root: Node) -> Iterator[Node]:
    """Every node but imports and titles of tests."""
    for node in walk(root):
        around = node.parent
        statement = around.parent if around is not None else None
        title = (
            node.type == "string"
            and statement is not None
            and re.match(r"(?:test|it|describe)\b", text_of(statement)[:10])
            and around is not None
            and around.type == "arguments"
        )
        imported = around is not None and around.type == "import_statement"
        if not title and not imported and "require(" not in text_of(around or node)[:10]:
            yield node


def string_value(node: Node) -> str:
    """The value of a string literal, where its escapes are the usual ones."""
    return _ESCAPE.sub(_unescaped, text_of(node)[1:-1])


def _unescaped(match: re.Match[str]) -> str:
    code = match[1]
    if code[0] in "ux" and len(code) > 1:
        number = int(code[1:].strip("{}"), 16)
        return chr(number) if number < 0x110000 else ""
    return _ESCAPED.get(code, code)


def _comparison(call: Node) -> Iterator[tuple[str, str]]:
    """``equal(call, literal)`` and ``expect(call).toBe(literal)``."""
    function = call.child_by_field_name("function")
    listed = call.child_by_field_name("arguments")
    if function is None or listed is None or not _EQUAL.search(text_of(function)):
        return
    given = [text_of(node) for node in listed.named_children]
    if text_of(function).startswith("expect("):
        given = [text_of(function)[len("expect(") :], *given]
    if len(given) > 1 and len(given[1]) <= _LONG and is_value(given[1]):
        yield given[0], given[1]


def _exception(call: Node) -> list[str]:
    """What would be thrown, of ``throws(…, X)`` and ``toThrow(X)``."""
    function = call.child_by_field_name("function")
    listed = call.child_by_field_name("arguments")
    if function is None or listed is None or not _THROWS.search(text_of(function)):
        return []
    given = [n for n in listed.named_children if n.type not in ("arrow_function", "comment")]
    name, words = "Error", ""
    for node in given:
        text = text_of(node)
        if node.type == "identifier" and text.endswith("Error"):
            name = text
        elif found := _ERROR_NAME.search(text):
            name = found[1]
        message = re.search(r"""message:\s*("[^"]*"|'[^']*')""", text)
        if node.type == "string" or message:
            words = message[1] if message else text
        elif node.type == "new_expression":
            return [text]
        elif node.type == "regex" and re.fullmatch(r"/\^?[\w ,'-]+\$?/i?", text):
            words = f'"{re.sub("[/^$]", "", text.rstrip("i"))}"'
    return [f"new {name}({words})"]


def _numbers(throwing: Node) -> Iterator[tuple[int, str]]:
    """Index and source of numbers in the calls of ``throws(() => …)``."""
    for call in walk(throwing):
        listed = call.child_by_field_name("arguments")
        if call == throwing or listed is None or call.type not in _CALLS:
            continue
        for index, argument in enumerate(listed.named_children):
            if argument.type == "number" or re.fullmatch(r"-[\d.]+", text_of(argument)):
                yield index, text_of(argument)
