"""Finds the functions and classes of a syntax tree, in the order of the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tree_sitter import Node

from memory.chunking.definitions import Definition, DefinitionReader
from memory.chunking.rules import Rules
from memory.chunking.source import Source

_DEEPEST = 60
"""Nesting below which units are no longer told apart: the stack is finite."""


@dataclass(frozen=True)
class Unit:
    """A function or class with what belongs to it: comments, decorators, attributes."""

    kind: str
    """function, method or class."""
    symbol: str
    start: int
    end: int
    node: Node
    signature: tuple[int, int]
    """From its first decorator to before its body."""
    members: list[Unit] = field(default_factory=list)


@dataclass(frozen=True)
class _Place:
    """Where in the names of a file something stands."""

    prefix: str = ""
    in_class: bool = False
    depth: int = 0

    def inside(self, name: str, *, in_class: bool) -> _Place:
        prefix = f"{self.prefix}{name}." if name else self.prefix
        return _Place(prefix, in_class, self.depth + 1)


class UnitFinder:
    """Finds the units of one file."""

    def __init__(self, source: Source, rules: Rules) -> None:
        self._source = source
        self._rules = rules
        self._reader = DefinitionReader(source.data, rules)
        marker = re.escape(rules.comment)
        self._rest_of_line = re.compile(rb"[ \t;,]*(?:" + marker + rb"[^\n]*)?(?=\n|\Z)")

    def find(self, root: Node) -> list[Unit]:
        """The outermost units; classes hold their members."""
        return list(self._below(root, _Place(), 0))

    def _below(self, parent: Node, place: _Place, floor: int) -> Iterator[Unit]:
        """Units below `parent` that begin at `floor` or later, none overlapping another."""
        waiting: list[Node] = []
        for child in parent.named_children:
            if child.type in self._rules.attached:
                waiting.append(child)
                continue
            for unit in self._at(child, waiting, place, floor):
                floor = unit.end
                yield unit
            waiting = []

    def _at(self, node: Node, before: list[Node], place: _Place, floor: int) -> Iterator[Unit]:
        found = self._reader.definition(node)
        if found is not None:
            yield self._unit(found, before, place, floor)
        elif place.depth < _DEEPEST and self._is_looked_into(node):
            name = ""
            if node.type in self._rules.namespaces:
                name = self._reader.base_name(node.child_by_field_name("name"))
            inside = place.inside(name, in_class=place.in_class and not name)
            yield from self._below(node, inside, floor)

    def _is_looked_into(self, node: Node) -> bool:
        rules = self._rules
        return node.type in rules.transparent or node.type in rules.namespaces

    def _unit(self, found: Definition, before: list[Node], place: _Place, floor: int) -> Unit:
        source, node = self._source, found.node
        first = self._first_attached(node, before)
        start = source.from_margin(max(first.start_byte, floor), floor)
        own = source.from_margin(node.start_byte, floor)
        body = found.body.start_byte if found.body is not None else node.end_byte
        is_method = found.kind == "function" and (place.in_class or found.owned)
        return Unit(
            "method" if is_method else found.kind,
            place.prefix + (found.name or "anonymous"),
            start,
            self._end(node.end_byte),
            node,
            (own, max(body, own)),
            self._members(found, place),
        )

    def _members(self, found: Definition, place: _Place) -> list[Unit]:
        if found.members is None or place.depth >= _DEEPEST:
            return []
        inside = place.inside(found.name or "anonymous", in_class=True)
        return list(self._below(found.members, inside, found.members.start_byte))

    def _first_attached(self, node: Node, before: list[Node]) -> Node:
        """The first of the nodes before `node` that no empty line parts from it."""
        first = node
        for earlier in reversed(before):
            between = self._source.data[earlier.end_byte : first.start_byte]
            if between.count(b"\n") > 1 or self._ends_a_line(earlier):
                break
            first = earlier
        return first

    def _ends_a_line(self, comment: Node) -> bool:
        """Whether other code stands before the comment, which then belongs to that."""
        start = comment.start_byte
        return self._source.from_margin(start, 0) == start and comment.start_point[1] > 0

    def _end(self, end: int) -> int:
        """`end`, or that of its line if only a comment follows there."""
        rest = self._rest_of_line.match(self._source.data, end)
        return rest.end() if rest is not None else end
