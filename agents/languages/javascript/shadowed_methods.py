"""Methods that their own class hides behind a property of the same name.

``this.state = "open"`` beside ``state()`` makes every call of it a TypeError, and beside a getter
the assignment itself. The counterpart of `agents.tools.shadowed_methods`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from agents.languages.javascript.module import Module
from agents.languages.javascript.text import Edit, applied
from agents.tools.syntax_tree import Node, text_of, walk

_BINDING = {
    "assignment_expression": "left",
    "augmented_assignment_expression": "left",
    "update_expression": "argument",
}
"""Expressions that set something -> the field that says what."""
_FIELDS = {"field_definition": "property", "public_field_definition": "name"}


@dataclass
class _Members:
    """What a class has."""

    methods: dict[str, bool] = field(default_factory=dict)
    """Methods, and getters without a setter; whether they are called."""
    uses: list[tuple[Node, bool]] = field(default_factory=list)
    """Names of ``this.…`` and of fields; whether it is called there."""
    bound: set[str] = field(default_factory=set)
    """Names that are set."""


def with_methods_in_sight(module: Module, source: Module) -> str:
    """The file where a property that hides a method of its class is called ``_x``, not ``x``.

    Only methods count that the class has in `source` as well, where nothing hides them; names
    stay where ``_x`` is taken.
    """
    before = dict(_classes(source))
    edits = [
        edit
        for name, node in _classes(module)
        if name in before
        for edit in _edits(_members(node), _members(before[name]))
    ]
    return applied(module.data, edits) if edits else module.text


def _classes(module: Module) -> Iterator[tuple[str, Node]]:
    for name, definition in module.definitions.items():
        body = definition.code.child_by_field_name("body")
        if definition.kind == "class" and body is not None:
            yield name, body


def _edits(members: _Members, before: _Members) -> Iterator[Edit]:
    wanted = members.methods.keys() & before.methods.keys() & (members.bound - before.bound)
    taken = {text_of(node) for node, _ in members.uses} | members.methods.keys()
    hidden = {name for name in wanted if f"_{name}" not in taken}
    for node, called in members.uses:
        name = text_of(node)
        if name in hidden and not (called and members.methods[name]):
            yield Edit(node.start_byte, node.end_byte, f"_{name}")


def _members(body: Node) -> _Members:
    found, setters = _Members(), set[str]()
    for member in body.named_children:
        kinds = {child.type for child in member.children}
        name = member.child_by_field_name(_FIELDS.get(member.type, "name"))
        if name is None or name.type != "property_identifier" or "static" in kinds:
            continue
        if member.type in _FIELDS:
            found.uses.append((name, False))
            found.bound.add(text_of(name))
        elif "set" in kinds:
            setters.add(text_of(name))
        elif member.type == "method_definition":
            found.methods[text_of(name)] = "get" not in kinds
    found.methods = {n: called for n, called in found.methods.items() if n not in setters}
    _read(body, found)
    return found


def _read(body: Node, found: _Members) -> None:
    for node in walk(body):
        owner, name = node.child_by_field_name("object"), node.child_by_field_name("property")
        if node.type != "member_expression" or owner is None or name is None:
            continue
        if owner.type == "this" and name.type == "property_identifier":
            parent = node.parent
            found.uses.append((name, _is_field(parent, "function", node)))
            if parent is not None and _is_field(parent, _BINDING.get(parent.type, ""), node):
                found.bound.add(text_of(name))


def _is_field(parent: Node | None, name: str, node: Node) -> bool:
    return parent is not None and bool(name) and parent.child_by_field_name(name) == node
