"""The literals among the arguments of a call of JavaScript, which may be replaced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

from agents.languages.javascript.expressions import expression
from agents.languages.javascript.values import source_of, value_of_node
from agents.tools.syntax_tree import Node, walk

_NAMES = {"identifier", "undefined"}
"""They are left alone, though some stand for a value."""


@dataclass(frozen=True)
class ScriptLiterals:
    """See `Literals`."""

    call: Node

    @classmethod
    def of(cls, call: str) -> ScriptLiterals | None:
        """None if `call` is no expression."""
        node = expression(call)
        return cls(node) if node is not None else None

    @cached_property
    def _found(self) -> list[tuple[Node, object]]:
        nodes = (n for group in self._groups for argument in group for n in _parts(argument))
        return [pair for node in dict.fromkeys(nodes) for pair in _literal(node)]

    @cached_property
    def _groups(self) -> list[list[Node]]:
        """The arguments of each call inside."""
        found = []
        for node in walk(self.call):
            if node.type in ("call_expression", "new_expression"):
                arguments = node.child_by_field_name("arguments")
                found.append(arguments.named_children if arguments is not None else [])
        return found

    @cached_property
    def values(self) -> list[object]:
        """See `Literals`."""
        return [value for _, value in self._found]

    @cached_property
    def arguments(self) -> list[list[int]]:
        """See `Literals`."""
        places = {node.id: place for place, (node, _) in enumerate(self._found)}
        return [[places[n.id] for n in group if n.id in places] for group in self._groups]

    def changed(self, new: Mapping[int, object]) -> str:
        """See `Literals`."""
        text, start = self.call.text or b"", self.call.start_byte
        spans = [
            (node.start_byte - start, node.end_byte - start, source_of(new[place]).encode())
            for place, (node, _) in enumerate(self._found)
            if place in new
        ]
        for first, last, source in _outermost(spans):
            text = text[:first] + source + text[last:]
        return text.decode()


def _outermost(spans: list[tuple[int, int, bytes]]) -> list[tuple[int, int, bytes]]:
    """Those that lie in no other, the last one first."""
    kept: list[tuple[int, int, bytes]] = []
    for span in sorted(spans, key=lambda s: (s[0], -s[1])):
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
    return kept[::-1]


def _parts(argument: Node) -> Iterator[Node]:
    """`argument`, and what is in it if it is an array or an object."""
    yield argument
    for part in argument.named_children if argument.type in ("array", "object") else ():
        value = part.child_by_field_name("value") if part.type == "pair" else part
        yield from _parts(value) if value is not None else ()


def _literal(node: Node) -> Iterator[tuple[Node, object]]:
    if node.type not in _NAMES:
        with suppress(ValueError):
            yield node, value_of_node(node)
