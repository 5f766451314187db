"""A JavaScript or TypeScript file as its definitions, imports and exports."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from agents.tools.syntax_tree import Node, parse, text_of, walk

Form = Literal["declaration", "variable", "value", "method"]
"""How a name is defined: by a declaration; by ``const NAME = …`` alone in its statement; by a
value (``exports.NAME = …``, ``{ NAME: … }``, one of several variables); as a method of an object.
"""
Kind = Literal["function", "class", "constant", "type"]
System = Literal["esm", "commonjs"]

CALLABLE = {"function_expression", "arrow_function", "generator_function", "function"}
_DECLARED: dict[str, Kind] = {
    "function_declaration": "function",
    "generator_function_declaration": "function",
    "function_signature": "function",
    "class_declaration": "class",
    "abstract_class_declaration": "class",
    "interface_declaration": "type",
    "type_alias_declaration": "type",
    "enum_declaration": "class",
}
_VARIABLES = {"lexical_declaration", "variable_declaration"}
IGNORED = frozenset({"comment", ";", ",", '"', "'"})
"""Node types that make no difference to what code means."""


@dataclass(frozen=True)
class Definition:
    """A name and the code that it is bound to."""

    name: str
    """``function``, ``Class``, ``CONSTANT``, or ``Class.method`` of a prototype."""
    kind: Kind
    form: Form
    statement: Node
    """Of the file, or the property of an object, that holds it."""
    core: Node
    """The part that another version of it replaces."""
    value: Node | None
    """The expression of a variable or value."""
    comments: tuple[Node, ...] = ()
    """Those directly above."""
    overloads: tuple[Node, ...] = ()
    """TypeScript's signatures before the function."""
    is_default: bool = False

    @property
    def code(self) -> Node:
        """The function, class or value itself."""
        return self.value or self.core

    @property
    def nodes(self) -> tuple[Node, ...]:
        """The code, and the signatures before it."""
        return (self.code, *self.overloads)

    @property
    def start(self) -> int:
        """Byte offset, with comments and overloads."""
        return (*self.comments, *self.overloads, self.statement)[0].start_byte

    @property
    def end(self) -> int:
        """Byte offset behind the definition."""
        return self.statement.end_byte


class Module:
    """One parsed file. Offsets count bytes of its UTF-8 text."""

    def __init__(self, text: str, grammar: str, root: Node | None = None) -> None:
        """Parse `text`, unless its tree is given. Raises SyntaxError."""
        self.text = text
        self.data = text.encode()
        self.grammar = grammar
        self.root = root if root is not None else parse(text, grammar)

    @cached_property
    def statements(self) -> list[Node]:
        """Top-level statements, without comments."""
        return [n for n in self.root.named_children if n.type not in ("comment", "hash_bang_line")]

    @cached_property
    def definitions(self) -> dict[str, Definition]:
        """The last definition of each name, in the order of the file."""
        found: dict[str, Definition] = {}
        for statement in self.statements:
            for definition in _definitions(statement):
                before = found.get(definition.name)
                if before and before.core.type == "function_signature":
                    found[definition.name] = replace(
                        definition,
                        comments=before.comments,
                        overloads=(*before.overloads, before.statement),
                    )
                else:
                    found[definition.name] = definition
        return found

    @cached_property
    def system(self) -> System | None:
        """Which kind of modules the file is written in, if it shows."""
        if any(n.type in ("import_statement", "export_statement") for n in self.statements):
            return "esm"
        written = re.search(r"\brequire\(|\bmodule\.exports\b|\bexports\.\w", self.text)
        return "commonjs" if written else None

    @property
    def newline(self) -> str:
        """The line end that the file uses."""
        return "\r\n" if "\r\n" in self.text else "\n"

    def source(self, start: int, end: int) -> str:
        """Text between two offsets."""
        return self.data[start:end].decode(errors="replace")

    def line_start(self, offset: int) -> int:
        """Offset of the beginning of the line that `offset` is in."""
        return self.data.rfind(b"\n", 0, offset) + 1

    def indent_of(self, offset: int) -> str:
        """White space between the beginning of the line and `offset`; empty if more is there."""
        before = self.source(self.line_start(offset), offset)
        return before if not before.strip() else ""


def comments_above(node: Node) -> tuple[Node, ...]:
    """The comments directly above `node`, no blank line between, none behind other code."""
    found: list[Node] = []
    below = node
    while (above := below.prev_sibling) is not None and above.type == "comment":
        beside = above.prev_sibling
        if above.end_point[0] < below.start_point[0] - 1:
            break
        if beside is not None and beside.end_point[0] == above.start_point[0]:
            break
        found.insert(0, above)
        below = above
    return tuple(found)


def named(definitions: dict[str, Definition], name: str) -> dict[str, Definition]:
    """`definitions`, where an anonymous default export goes by `name` if nothing else does."""
    anonymous = definitions.get("default")
    if not name or name in definitions or anonymous is None:
        return definitions
    rest = {n: d for n, d in definitions.items() if n != "default"}
    return {**rest, name: replace(anonymous, name=name)}


def _definitions(statement: Node) -> Iterator[Definition]:
    comments = comments_above(statement)
    if statement.type == "export_statement":
        inner = statement.child_by_field_name("declaration")
        is_default = any(child.type == "default" for child in statement.children)
        value = statement.child_by_field_name("value")
        if inner is not None:
            yield from _declared(inner, statement, comments, is_default)
        elif value is not None and value.type == "object":
            yield from _properties(value)
        elif value is not None and value.type != "identifier":
            name = _own_name(value) or "default"
            yield Definition(
                name, kind_of(value), "value", statement, value, value, comments, (), True
            )
    elif statement.type == "expression_statement":
        yield from _assigned(statement, comments)
    else:
        yield from _declared(statement, statement, comments, False)


def _declared(
    node: Node, statement: Node, comments: tuple[Node, ...], is_default: bool
) -> Iterator[Definition]:
    if node.type in _DECLARED:
        name = _own_name(node)
        if name:
            kind = _DECLARED[node.type]
            yield Definition(
                name, kind, "declaration", statement, node, None, comments, (), is_default
            )
    elif node.type in _VARIABLES:
        declarators = [n for n in node.named_children if n.type == "variable_declarator"]
        for declarator in declarators:
            name_node = declarator.child_by_field_name("name")
            value = declarator.child_by_field_name("value")
            if name_node is None or name_node.type != "identifier" or value is None:
                continue
            if is_require(value):
                continue
            alone = len(declarators) == 1
            yield Definition(
                text_of(name_node),
                kind_of(value),
                "variable" if alone else "value",
                statement,
                node if alone else value,
                value,
                comments,
            )


def _assigned(statement: Node, comments: tuple[Node, ...]) -> Iterator[Definition]:
    """``exports.a = …``, ``module.exports = …`` and ``Class.prototype.method = …``."""
    assignment = statement.named_children[0] if statement.named_children else statement
    left = assignment.child_by_field_name("left")
    right = assignment.child_by_field_name("right")
    if assignment.type != "assignment_expression" or left is None or right is None:
        return
    target = text_of(left)
    if target == "module.exports" and right.type == "object":
        yield from _properties(right)
        return
    name = ""
    if target == "module.exports":
        name = _own_name(right) or ("default" if right.type in CALLABLE else "")
    elif match := re.fullmatch(r"(?:module\.)?exports\.([\w$]+)", target):
        name = match[1]
    elif match := re.fullmatch(r"([\w$]+)\.prototype\.([\w$]+)", target):
        name = f"{match[1]}.{match[2]}"
    if name and right.type != "identifier":
        is_default = target == "module.exports"
        yield Definition(
            name, kind_of(right), "value", statement, right, right, comments, (), is_default
        )


def _properties(exported: Node) -> Iterator[Definition]:
    """Functions and classes that are written inside the exported object."""
    for member in exported.named_children:
        if member.type == "method_definition" and (name := _own_name(member)):
            comments = comments_above(member)
            yield Definition(name, "function", "method", member, member, None, comments)
        elif member.type == "pair":
            key, value = member.child_by_field_name("key"), member.child_by_field_name("value")
            if key is not None and value is not None and kind_of(value) != "constant":
                comments = comments_above(member)
                yield Definition(
                    text_of(key), kind_of(value), "value", member, value, value, comments
                )


def kind_of(value: Node) -> Kind:
    """What an expression defines."""
    if value.type in CALLABLE:
        return "function"
    return "class" if value.type == "class" else "constant"


def is_require(value: Node) -> bool:
    """Whether an expression is ``require("…")``, or a member of it."""
    if value.type == "member_expression":
        inner = value.child_by_field_name("object")
        return inner is not None and is_require(inner)
    function = value.child_by_field_name("function")
    return value.type == "call_expression" and function is not None and (
        text_of(function) == "require"
    )  # fmt: skip


def _own_name(node: Node) -> str:
    name = node.child_by_field_name("name")
    return text_of(name) if name is not None else ""


def identifiers(node: Node) -> set[str]:
    """Every name that the code below `node` may look up, types too."""
    kinds = {"identifier", "type_identifier", "shorthand_property_identifier"}
    return {text_of(n) for n in walk(node) if n.type in kinds}


def members_used(node: Node) -> set[str]:
    """Names after a dot, as in ``this.name``."""
    kinds = {"property_identifier", "private_property_identifier"}
    return {
        text_of(n)
        for n in walk(node)
        if n.type in kinds and n.parent is not None and n.parent.type == "member_expression"
    }


def eager_identifiers(node: Node) -> set[str]:
    """Names that are looked up when the statement runs, so not those in function bodies."""
    found: set[str] = set()
    stack = [node]
    while stack:
        current = stack.pop()
        if current.type in ("identifier", "shorthand_property_identifier"):
            found.add(text_of(current))
        lazy = current.type in CALLABLE or current.type in (
            "function_declaration",
            "generator_function_declaration",
            "method_definition",
        )
        body = current.child_by_field_name("body") if lazy else None
        stack += [child for child in current.children if child != body]
    return found


def is_directive(statement: Node) -> bool:
    """Whether this is ``"use strict"`` or the like."""
    inner = statement.named_children
    return statement.type == "expression_statement" and inner[:1] != [] and (
        inner[0].type == "string"
    )  # fmt: skip
