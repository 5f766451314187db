"""Reads one node: whether it defines a function or a class, and what its name is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from tree_sitter import Node

from memory.chunking.rules import Rules

_BODIES = (
    "class_body",
    "declaration_list",
    "interface_body",
    "enum_body",
    "block",
    "annotation_type_body",
)
_FUNCTION_VALUES = frozenset(
    {"arrow_function", "function_expression", "generator_function", "function"}
)
_PROTOTYPE = re.compile(r"(?P<owner>[\w$.]+)\.prototype\.(?P<name>[\w$]+)")
_EXPORTS = re.compile(r"(?:module\.)?exports\.")
_WRAPPING_CALL = re.compile(r"(?:React\.)?[A-Za-z_$][\w$]*")
_MOST_UNWRAPPED = 8


@dataclass(frozen=True)
class Definition:
    """A function or class in the tree."""

    kind: Literal["function", "class"]
    name: str
    """May be dotted: a method's owner stands before it."""
    node: Node
    """What it extends over, decorators and `export` included."""
    body: Node | None
    members: Node | None = None
    """Where its members are; None where it has none that could be units."""
    owned: bool = False
    """Whether the name's first part is a type: such a function is a method."""


class DefinitionReader:
    """Reads the nodes of one file's tree."""

    def __init__(self, data: bytes, rules: Rules) -> None:
        self._data = data
        self._rules = rules

    def definition(self, node: Node) -> Definition | None:
        """What `node` defines; None if it is no definition."""
        inner = self._unwrapped(node)
        found = self._plain(inner) or self._assigned(inner)
        if found is None and node.type == "export_statement":
            found = self._from_value(inner, "", False)
        if found is None:
            return None
        name = found.name or ("default" if node.type == "export_statement" else "")
        return Definition(found.kind, name, node, found.body, found.members, found.owned)

    def _unwrapped(self, node: Node) -> Node:
        for _ in range(_MOST_UNWRAPPED):
            if node.type not in self._rules.wrappers:
                break
            inner = self._wrapped(node)
            if inner is None:
                break
            node = inner
        return node

    def _wrapped(self, node: Node) -> Node | None:
        if node.type == "type_declaration" and any(child.type == "(" for child in node.children):
            return None  # a group: each of its types is a unit
        for field in ("definition", "declaration", "value"):
            if (inner := node.child_by_field_name(field)) is not None:
                return inner
        wanted = self._rules.functions | self._rules.classes | self._rules.wrappers
        return next((child for child in node.named_children if child.type in wanted), None)

    def _plain(self, node: Node) -> Definition | None:
        if node.type in self._rules.functions and node.type != "macro_definition":
            body = node.child_by_field_name("body")
            receiver = self._receiver(node)
            name = ".".join(part for part in (receiver, self._name(node)) if part)
            return Definition("function", name, node, body, owned=bool(receiver)) if body else None
        if node.type == "macro_definition":
            return Definition("function", self._name(node), node, None)
        if node.type in self._rules.classes:
            body = node.child_by_field_name("body")
            has_members = body is not None and body.type in _BODIES
            return Definition("class", self._name(node), node, body, body if has_members else None)
        return None

    def _name(self, node: Node) -> str:
        field = "type" if node.type == "impl_item" else "name"
        return self.base_name(node.child_by_field_name(field))

    def base_name(self, node: Node | None) -> str:
        """The name of a type without pointers, references and type arguments."""
        for _ in range(_MOST_UNWRAPPED):
            if node is None or node.type not in {"pointer_type", "generic_type", "reference_type"}:
                break
            inner = node.child_by_field_name("type")
            node = (
                inner
                if inner is not None
                else node.named_children[-1]
                if node.named_children
                else None
            )
        return " ".join(self._text(node).split()).strip("\"'`")

    def _receiver(self, node: Node) -> str:
        receiver = node.child_by_field_name("receiver")
        if receiver is None:
            return ""
        parameter = next((c for c in receiver.named_children if c.type != "comment"), None)
        return (
            self.base_name(parameter.child_by_field_name("type")) if parameter is not None else ""
        )

    def _assigned(self, node: Node) -> Definition | None:
        """JavaScript: functions, classes and objects of functions that are given a name."""
        if node.type in {"lexical_declaration", "variable_declaration"}:
            found = (self._declared(child) for child in node.named_children)
            return next((each for each in found if each is not None), None)
        if node.type == "expression_statement" and node.named_children:
            node = node.named_children[0]
        if node.type == "assignment_expression":
            return self._from_value(node.child_by_field_name("right"), *self._target(node))
        if node.type in {"public_field_definition", "field_definition", "pair"}:
            field = "key" if node.type == "pair" else "name"
            name = node.child_by_field_name(field) or node.child_by_field_name("property")
            return self._from_value(node.child_by_field_name("value"), self.base_name(name), False)
        return None

    def _declared(self, node: Node) -> Definition | None:
        if node.type != "variable_declarator":
            return None
        name, value = (
            self._text(node.child_by_field_name("name")),
            node.child_by_field_name("value"),
        )
        found = self._from_value(value, name, False)
        if found is None and value is not None and value.type == "call_expression":
            return self._in_call(value, name)
        return found

    def _in_call(self, call: Node, name: str) -> Definition | None:
        """``const Button = memo((props) => …)``: a function that another one wraps."""
        arguments = call.child_by_field_name("arguments")
        callee = self._text(call.child_by_field_name("function"))
        if arguments is None or not _WRAPPING_CALL.fullmatch(callee):
            return None
        for argument in arguments.named_children:
            if (
                argument.type in _FUNCTION_VALUES
                and argument.start_point[0] < argument.end_point[0]
            ):
                return self._from_value(argument, name, False)
        return None

    def _target(self, assignment: Node) -> tuple[str, bool]:
        left = " ".join(self._text(assignment.child_by_field_name("left")).split())
        if method := _PROTOTYPE.fullmatch(left):
            return f"{method['owner']}.{method['name']}", True
        return _EXPORTS.sub("", left, count=1), False

    def _from_value(self, value: Node | None, name: str, owned: bool) -> Definition | None:
        if value is None:
            return None
        body = value.child_by_field_name("body")
        if value.type in _FUNCTION_VALUES:
            return Definition("function", name, value, body, owned=owned)
        if value.type == "class":
            own = self._text(value.child_by_field_name("name"))
            shown = own if own and name in {"", "module.exports"} else name
            return Definition("class", shown, value, body, body)
        if value.type == "object" and any(map(_is_function_member, value.named_children)):
            return Definition("class", name, value, value, value)
        return None

    def _text(self, node: Node | None) -> str:
        # Not `node.text`: of a tree that was read piece by piece it reads freed memory (0.26).
        if node is None:
            return ""
        return self._data[node.start_byte : node.end_byte].decode(errors="replace")


def _is_function_member(node: Node, depth: int = 2) -> bool:
    """Whether a member of an object is a function, or an object that has some."""
    if node.type == "method_definition":
        return True
    value = node.child_by_field_name("value") if node.type == "pair" else None
    if value is None:
        return False
    if value.type == "object" and depth:
        return any(_is_function_member(each, depth - 1) for each in value.named_children)
    return value.type in _FUNCTION_VALUES
