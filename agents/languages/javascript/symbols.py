"""The definitions of a JavaScript or TypeScript file, for the map of the repository."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from agents.languages.javascript.class_merge import Member, members_of
from agents.languages.javascript.exports import exported_names
from agents.languages.javascript.module import Definition, Module, comments_above
from agents.tools.repo_map import Kind, Symbol
from agents.tools.syntax_tree import Node, text_of

_VALUE_LENGTH = 40


def symbols_of(module: Module) -> list[Symbol]:
    """Functions, classes with their members, types, and constants in capitals."""
    exported = exported_names(module)
    return [
        replace(symbol, importable=name in exported)
        for name, definition in module.definitions.items()
        for symbol in _of(definition)
    ]


def functions_of(module: Module, unit: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """Functions and methods inside `unit` (empty: the file), with first and last line."""
    for name, definition in module.definitions.items():
        if definition.kind == "function" and (not unit or name.split(".")[0] == unit):
            if name != unit:
                yield name, _lines(definition.statement)
        elif definition.kind == "class" and unit in ("", name):
            for member in members_of(definition.code):
                if member.is_method:
                    yield f"{name}.{member.name}", _lines(member.node)


def _lines(node: Node) -> tuple[int, int]:
    return node.start_point[0] + 1, node.end_point[0] + 1


def _of(definition: Definition) -> Iterator[Symbol]:
    name, code = definition.name, definition.code
    line = definition.statement.start_point[0] + 1
    doc = _doc_line(definition.comments)
    if definition.kind == "function":
        kind: Kind = "method" if "." in name else "function"
        yield Symbol(name, kind, signature(code, name), doc, line)
    elif definition.kind == "class":
        yield Symbol(name, "class", _heading(code, name), doc, line)
        for member in members_of(code):
            if member.is_method and not member.name.startswith("["):
                yield _method(member, name)
            elif not member.name.startswith(("[", "#")):
                yield _field(member, name)
    elif definition.kind == "type":
        yield Symbol(name, "class", _shortened(text_of(code)), doc, line)
    elif name.isupper():
        yield Symbol(name, "constant", _shortened(f"{name} = {text_of(code)}"), doc, line)


def _method(member: Member, owner: str) -> Symbol:
    node = member.node
    value = node.child_by_field_name("value")
    full = f"{owner}.{member.name}"
    words = [word for word in ("static", "get", "set") if word in member.role]
    text = " ".join([*words, signature(value if value is not None else node, full)])
    line = node.start_point[0] + 1
    return Symbol(full, "method", text, _doc_line(comments_above(node)), line)


def _field(member: Member, owner: str) -> Symbol:
    line = member.node.start_point[0] + 1
    return Symbol(f"{owner}.{member.name}", "field", _shortened(text_of(member.node)), "", line)


def signature(function: Node, name: str) -> str:
    """``async name(parameters): type``."""
    parameters = function.child_by_field_name("parameters")
    single = function.child_by_field_name("parameter")
    returns = function.child_by_field_name("return_type")
    listed = text_of(parameters) if parameters else f"({text_of(single) if single else ''})"
    is_async = any(child.type == "async" for child in function.children)
    text = f"{name}{listed}{text_of(returns) if returns else ''}"
    return " ".join(f"async {text}".split()) if is_async else " ".join(text.split())


def _heading(code: Node, name: str) -> str:
    heritage = [text_of(n) for n in code.children if n.type == "class_heritage"]
    word = "enum" if code.type == "enum_declaration" else "class"
    return " ".join([word, name, *heritage])


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 2 * _VALUE_LENGTH else text[: 2 * _VALUE_LENGTH] + "…"


def _doc_line(comments: tuple[Node, ...]) -> str:
    """The first line of a documentation comment."""
    if not comments or not text_of(comments[-1]).startswith("/**"):
        return ""
    text = text_of(comments[-1]).removeprefix("/**").removesuffix("*/")
    lines = [re.sub(r"^\s*\*\s?", "", line).strip() for line in text.splitlines()]
    words = [line for line in lines if line]
    return words[0] if words and not words[0].startswith("@") else ""
