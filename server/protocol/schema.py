"""The contract of `server/protocol/` as data: what the generators of its mirrors read.

The docstrings come from the source text, because attribute docstrings leave no trace at run time.
"""

from __future__ import annotations

import ast
import inspect
import types
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import attrs

from server import protocol
from server.protocol import (
    chat,
    doctor,
    edits,
    evidence,
    memory,
    models,
    notifications,
    spec,
    status,
    tickets,
)

_MODULES = (chat, spec, evidence, tickets, edits, models, memory, status, doctor, notifications)
"""In the order of the mirrors."""


@attrs.frozen
class Field:
    """One field of a message, under its name on the wire."""

    name: str
    type: Any
    required: bool
    doc: str


@attrs.frozen
class Message:
    """One attrs class of the protocol."""

    name: str
    doc: str
    fields: tuple[Field, ...]


def camel_case(name: str) -> str:
    """``ticket_ids`` -> ``ticketIds``."""
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def literal_aliases() -> dict[Any, str]:
    """Named `Literal` types of the protocol: type -> name."""
    return {value: name for name, value in vars(protocol).items() if get_origin(value) is Literal}


def messages() -> list[Message]:
    """Every message of the protocol, module by module in the order of the source."""
    trees = (ast.parse(inspect.getsource(module)) for module in _MODULES)
    return [
        _message(node) for tree in trees for node in tree.body if isinstance(node, ast.ClassDef)
    ]


def _message(node: ast.ClassDef) -> Message:
    cls = getattr(protocol, node.name)
    docs = _field_docs(node)
    hints = get_type_hints(cls)
    fields = tuple(
        Field(
            name=camel_case(field.name),
            type=hints[field.name],
            required=field.default is attrs.NOTHING,
            doc=docs.get(field.name, ""),
        )
        for field in attrs.fields(cls)
    )
    return Message(node.name, _one_line(ast.get_docstring(node) or ""), fields)


def _field_docs(node: ast.ClassDef) -> dict[str, str]:
    docs: dict[str, str] = {}
    for statement, following in zip(node.body, node.body[1:], strict=False):
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            text = _string_statement(following)
            if text:
                docs[statement.target.id] = text
    return docs


def _string_statement(node: ast.stmt) -> str:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        value = node.value.value
        return _one_line(value) if isinstance(value, str) else ""
    return ""


def _one_line(text: str) -> str:
    return " ".join(text.split())


def render_type(hint: Any) -> str:
    """A type hint in TypeScript's notation; named literals and messages by their name."""
    aliases = literal_aliases()
    if hint in aliases:
        return aliases[hint]
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return " | ".join(literal_values(hint))
    if origin in (Union, types.UnionType):
        return " | ".join(render_type(argument) for argument in arguments)
    if origin is list:
        inner = render_type(arguments[0])
        return f"({inner})[]" if " | " in inner else f"{inner}[]"
    if origin is dict:
        return f"Record<string, {render_type(arguments[1])}>"
    return _SCALARS.get(hint) or str(hint.__name__)


def literal_values(hint: Any) -> list[str]:
    """The quoted values of a literal type."""
    return [f'"{value}"' for value in get_args(hint)]


_SCALARS: dict[Any, str] = {
    str: "string",
    int: "number",
    float: "number",
    bool: "boolean",
    type(None): "null",
}
