"""Imports and requires: read in either form, written in the file's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from agents.languages.javascript.module import Module, System, is_require
from agents.tools.syntax_tree import Node, text_of

DEFAULT, NAMESPACE = "default", "*"
_MAX_LINE = 100


@dataclass(frozen=True)
class Imported:
    """One name that a file takes from another module."""

    source: str
    """The module, as it is written."""
    name: str
    """What is taken of it: a name, ``default`` or ``*`` for the whole."""
    local: str
    """The name that it has in the file."""
    is_type: bool = False

    def line(self, system: System, quote: str, end: str) -> str:
        """The import as a line of its own."""
        source = f"{quote}{self.source}{quote}"
        if system == "commonjs" and not self.is_type:
            return f"const {self._required()} = require({source}){end}"
        word = "import type" if self.is_type else "import"
        return f"{word} {self._clause()} from {source}{end}"

    def specifier(self, system: System) -> str:
        """The name between braces."""
        if self.name == self.local:
            return self.name
        return f"{self.name}: {self.local}" if system == "commonjs" else self._as()

    @property
    def is_named(self) -> bool:
        """Whether it is a name among others of its module."""
        return self.name not in (DEFAULT, NAMESPACE)

    def same_as(self, other: Imported) -> bool:
        """Whether both take the same, whatever form it is written in."""
        alike = self.name == other.name or not (self.is_named or other.is_named)
        return alike and plain_source(self.source) == plain_source(other.source)

    def _as(self) -> str:
        return f"{self.name} as {self.local}"

    def _required(self) -> str:
        return f"{{ {self.specifier('commonjs')} }}" if self.is_named else self.local

    def _clause(self) -> str:
        if self.is_named:
            return f"{{ {self.specifier('esm')} }}"
        return f"* as {self.local}" if self.name == NAMESPACE else self.local


def plain_source(source: str) -> str:
    """The module's name without what makes no difference: ``node:fs`` is ``fs``."""
    return source.removeprefix("node:")


def imports_in(statement: Node) -> list[Imported]:
    """What a statement imports; empty for any other statement."""
    if statement.type == "import_statement":
        return list(_imported(statement))
    if statement.type in ("lexical_declaration", "variable_declaration"):
        return [found for node in statement.named_children for found in _required(node)]
    return []


def is_import(statement: Node) -> bool:
    """Whether a statement does nothing but import, side effects included."""
    if statement.type == "import_statement" or imports_in(statement):
        return True
    inner = statement.named_children[0] if statement.named_children else None
    return statement.type == "expression_statement" and inner is not None and is_require(inner)


def imported_names(module: Module) -> dict[str, Imported]:
    """What each name that the file imports stands for."""
    found = (item for statement in module.statements for item in imports_in(statement))
    return {item.local: item for item in found}


def _imported(statement: Node) -> Iterator[Imported]:
    source_node = statement.child_by_field_name("source")
    source = _string(source_node)
    all_types = any(child.type == "type" for child in statement.children)
    for clause in statement.named_children:
        if clause.type == "import_require_clause":  # TypeScript: import fs = require("fs")
            yield Imported(
                _string(clause.child_by_field_name("source")),
                NAMESPACE,
                text_of(clause.named_children[0]),
            )
        for node in clause.named_children if clause.type == "import_clause" else ():
            if node.type == "identifier":
                yield Imported(source, DEFAULT, text_of(node), all_types)
            elif node.type == "namespace_import":
                yield Imported(source, NAMESPACE, text_of(node.named_children[-1]), all_types)
            else:
                yield from _specifiers(node, source, all_types)


def _specifiers(named: Node, source: str, all_types: bool) -> Iterator[Imported]:
    for specifier in named.named_children:
        if specifier.type != "import_specifier":
            continue
        name, alias = (specifier.child_by_field_name(f) for f in ("name", "alias"))
        is_type = all_types or any(child.type == "type" for child in specifier.children)
        if name is not None:
            yield Imported(source, text_of(name), text_of(alias or name), is_type)


def _required(declarator: Node) -> Iterator[Imported]:
    value = declarator.child_by_field_name("value")
    pattern = declarator.child_by_field_name("name")
    if value is None or pattern is None or not is_require(value):
        return
    member = value.child_by_field_name("property")
    if member is not None:  # require("m").name
        inner = value.child_by_field_name("object")
        if inner is not None and pattern.type == "identifier":
            yield Imported(_argument(inner), text_of(member), text_of(pattern))
        return
    source = _argument(value)
    if pattern.type == "identifier":
        yield Imported(source, NAMESPACE, text_of(pattern))
    for node in pattern.named_children if pattern.type == "object_pattern" else ():
        if node.type == "shorthand_property_identifier_pattern":
            yield Imported(source, text_of(node), text_of(node))
        elif node.type == "pair_pattern":
            key, local = node.child_by_field_name("key"), node.child_by_field_name("value")
            if key is not None and local is not None and local.type == "identifier":
                yield Imported(source, text_of(key), text_of(local))


def _argument(call: Node) -> str:
    arguments = call.child_by_field_name("arguments")
    return _string(arguments.named_children[0]) if arguments and arguments.named_children else ""


def _string(node: Node | None) -> str:
    return text_of(node)[1:-1] if node is not None else ""


def widened(module: Module, statement: Node, item: Imported) -> tuple[int, str] | None:
    """Where and what to insert so that `statement` imports `item` as well.

    None unless it takes names between braces from the same module and stays readable.
    """
    known = imports_in(statement)
    if not item.is_named or not known:
        return None
    if known[0].source != item.source or known[0].is_type != item.is_type:
        return None
    kinds = ("import_specifier", "shorthand_property_identifier_pattern", "pair_pattern")
    last = None
    for clause in _braces(statement):
        named = [n for n in clause.named_children if n.type in kinds]
        last = named[-1] if named else None
    if last is None:
        return None
    system: System = "esm" if statement.type == "import_statement" else "commonjs"
    indent = module.indent_of(last.start_byte)
    apart = f",{module.newline}{indent}" if indent else ", "
    text = apart + item.specifier(system)
    line = len(text_of(statement)) + len(text)
    return None if not indent and line > _MAX_LINE else (last.end_byte, text)


def _braces(statement: Node) -> Iterator[Node]:
    for node in statement.named_children:
        if node.type in ("named_imports", "object_pattern"):
            yield node
        elif node.type in ("import_clause", "variable_declarator"):
            yield from _braces(node)
