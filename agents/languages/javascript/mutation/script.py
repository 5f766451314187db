"""The part of a file that a search may change, and changes to it as edits of its text."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property
from itertools import accumulate

from agents.languages.javascript.class_merge import members_of
from agents.languages.javascript.module import CALLABLE, IGNORED, Module, named
from agents.languages.javascript.mutation.hints import Hints
from agents.tools.mutation.unit import Edit, Mutation, became
from agents.tools.syntax_tree import Node, parse_anyway, text_of, tokens, walk

_BOM = "\ufeff"
_FIXED = {
    "comment",
    "decorator",
    "import_statement",
    "interface_declaration",
    "type_alias_declaration",
    "type_annotation",
    "type_arguments",
    "type_parameters",
    "type_predicate_annotation",
}
"""What is never changed."""
_ATOMS = {
    "array",
    "call_expression",
    "false",
    "identifier",
    "member_expression",
    "null",
    "number",
    "parenthesized_expression",
    "regex",
    "string",
    "subscript_expression",
    "template_string",
    "this",
    "true",
    "undefined",
}
FUNCTIONS = CALLABLE | {
    "function_declaration",
    "generator_function_declaration",
    "method_definition",
}
_PATTERNS = {
    "array_pattern",
    "assignment_pattern",
    "formal_parameters",
    "object_assignment_pattern",
    "object_pattern",
    "optional_parameter",
    "pair_pattern",
    "required_parameter",
    "rest_pattern",
}

_BINDING = {
    "arrow_function": "parameter",
    "catch_clause": "parameter",
    "for_in_statement": "left",
}
"""Field of a name that a node defines; ``name`` in others."""


class Script:
    """A function, method, class or value of a source, by qualified name.

    Raises SyntaxError if the source does not parse and LookupError if there is no such symbol.
    Nodes count bytes behind a byte order mark; edits count characters of the whole source.
    """

    def __init__(
        self, source: str, grammar: str, symbol: str, hints: Hints, default_name: str = ""
    ) -> None:
        self.source = source
        self.hints = hints
        text = source.removeprefix(_BOM)
        self._shift = len(source) - len(text)
        self._bytes = None if text.isascii() else [0, *accumulate(len(c.encode()) for c in text)]
        self.module = Module(text, grammar)
        self.node = _find(self.module, symbol, default_name)
        self.newline = self.module.newline

    @cached_property
    def inner(self) -> list[Node]:
        """Nodes that may change, in the order of the text."""
        found: list[Node] = []
        stack = [self.node]
        while stack:
            node = stack.pop()
            if node.type not in _FIXED:
                found.append(node)
                stack.extend(reversed(node.children))
        return found

    def nodes(self, *kinds: str) -> Iterator[Node]:
        """Changeable nodes of these types."""
        return (node for node in self.inner if node.type in kinds)

    @cached_property
    def functions(self) -> list[Node]:
        """Every function of the unit, nested ones too."""
        return [node for node in self.inner if node.type in FUNCTIONS and node.child_count]

    def scope(self, node: Node) -> list[str]:
        """Parameters and variables that `node` may use, of the functions around it."""
        found: list[str] = []
        around = node.parent
        while around is not None:
            if around.type in FUNCTIONS:
                found += self._locals(around)
            around = around.parent
        return list(dict.fromkeys(found))

    @cached_property
    def _known(self) -> dict[int, list[str]]:
        return {}

    def _locals(self, function: Node) -> list[str]:
        if function.id not in self._known:
            self._known[function.id] = list(dict.fromkeys(bound_names(function)))
        return self._known[function.id]

    def offset(self, byte: int) -> int:
        """Index in the source of a byte of the parsed text."""
        return self._shift + (byte if self._bytes is None else bisect_left(self._bytes, byte))

    def span(self, node: Node) -> tuple[int, int]:
        """First index of `node` and the one behind its last."""
        return self.offset(node.start_byte), self.offset(node.end_byte)

    def operand(self, node: Node) -> str:
        """Source of `node`, in parentheses unless it binds tightest anyway."""
        return text_of(node) if node.type in _ATOMS else f"({text_of(node)})"

    def quoted(self, value: str) -> str:
        """A string literal as the file writes most of them."""
        text = json.dumps(value, ensure_ascii=False)
        if self.source.count("'") <= self.source.count('"'):
            return text
        inner = text[1:-1].replace('\\"', '"').replace("'", "\\'")
        return f"'{inner}'"

    def replace(self, node: Node, new: str, weight: int = 2, what: str = "") -> Mutation:
        """`node` becomes `new`."""
        parent = node.parent
        if new.startswith("{") and parent is not None and parent.type == "arrow_function":
            new = f"({new})"
        edit = Edit(*self.span(node), new)
        return Mutation((edit,), what or became(text_of(node), new), line_of(node), weight)

    def whole_lines(self, statement: Node) -> tuple[int, int] | None:
        """The lines of a statement that has them for itself."""
        start, end = self.span(statement)
        first = self.source.rfind("\n", 0, start) + 1
        last = self.source.find("\n", end) + 1 or len(self.source)
        before, after = self.source[first:start].strip(), self.source[end:last].strip()
        return (first, last) if not before and (not after or after.startswith("//")) else None

    def indent(self, statement: Node) -> str:
        """White space before a statement that begins its line; empty for others."""
        start = self.span(statement)[0]
        before = self.source[self.source.rfind("\n", 0, start) + 1 : start]
        return before if not before.strip() else ""

    @cached_property
    def _statement(self) -> Node:
        """The file's statement that holds the unit."""
        node = self.node
        while node.parent is not None and node.parent.parent is not None:
            node = node.parent
        return node

    def key(self, mutation: Mutation) -> str | None:
        """Equal for mutations that give the same syntax tree; None if the result is no code."""
        start, end = self.span(self._statement)
        if any(edit.start < start or edit.end > end for edit in mutation.edits):
            return None
        moved = tuple(Edit(e.start - start, e.end - start, e.text) for e in mutation.edits)
        text = Mutation(moved, "", 0).apply(self.source[start:end])
        root = parse_anyway(text, self.module.grammar)
        return None if root.has_error else "\0".join(tokens(root, IGNORED))


def line_of(node: Node) -> int:
    """The first line of a node, from 1."""
    return int(node.start_point[0]) + 1


def part(node: Node, name: str) -> Node:
    """The child of that field; `node` itself if there is none, which changes nothing."""
    return node.child_by_field_name(name) or node


def arguments_of(call: Node) -> list[Node]:
    """The arguments of a call; none of a tagged template."""
    listed = call.child_by_field_name("arguments")
    if listed is None or listed.type != "arguments":
        return []
    return [node for node in listed.named_children if node.type != "comment"]


def is_binding(node: Node) -> bool:
    """Whether an identifier is where a name is defined and not used."""
    parent = node.parent
    if parent is None or parent.type == "pair_pattern":
        return True
    if parent.type in _PATTERNS:
        defaults = (parent.child_by_field_name(name) for name in ("right", "value"))
        return node not in defaults
    return parent.child_by_field_name(_BINDING.get(parent.type, "name")) == node


def bound_names(function: Node) -> Iterator[str]:
    """Parameters and variables of a function, those of blocks in it too."""
    kinds = ("identifier", "shorthand_property_identifier_pattern")
    for node in walk(function):
        inside = node.parent is not None and node.parent.type not in FUNCTIONS - {"arrow_function"}
        if node.type in kinds and inside and is_binding(node):
            yield text_of(node)


def _find(module: Module, symbol: str, default_name: str) -> Node:
    definition = named(module.definitions, default_name).get(symbol)
    if definition is not None:
        return definition.core
    owner, _, name = symbol.rpartition(".")
    holder = module.definitions.get(owner)
    for member in members_of(holder.code) if holder is not None else ():
        if member.name == name:
            return member.node
    raise LookupError(symbol)
