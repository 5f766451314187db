"""What a file exports, and how a further name is exported in its own manner."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agents.languages.javascript.module import Module, System
from agents.languages.javascript.text import Edit
from agents.tools.syntax_tree import Node, text_of

_LISTED = {"export_specifier", "shorthand_property_identifier", "pair", "method_definition"}
_SINGLE = re.compile(r"(?:module\.)?exports\.([\w$]+)")


def exported_names(module: Module) -> set[str]:
    """Names that other files can import; ``default`` counts as the name that it has here."""
    found: set[str] = set()
    for statement in module.statements:
        found |= _exported(statement)
    return found | {d.name for d in module.definitions.values() if d.is_default}


def is_export_alone(statement: Node) -> bool:
    """Whether a statement exports what is defined elsewhere, and defines nothing."""
    if statement.type == "export_statement":
        value = statement.child_by_field_name("value")
        if statement.child_by_field_name("declaration") is not None:
            return False
        return value is None or value.type in ("identifier", "object")
    target, right = _assignment(statement)
    if right is None or not (target == "module.exports" or _SINGLE.fullmatch(target)):
        return False
    return right.type in ("identifier", "object")


def export_edits(module: Module, system: System, name: str) -> list[Edit]:
    """The edits that export `name`, which `module` defines, as the file exports other names."""
    definition = module.definitions[name]
    listed = _list(module)
    if listed is not None:
        return [_listed_edit(module, listed, name)]
    if system == "esm":
        if definition.form in ("declaration", "variable"):
            starts = [n.start_byte for n in (*definition.overloads, definition.statement)]
            return [Edit(start, start, "export ") for start in starts]
        return [_at_end(module, f"export {{ {name} }};")]
    single = [statement for statement in module.statements if _is_export(statement)]
    if single:
        how = "exports" if text_of(single[-1]).startswith("exports.") else "module.exports"
        end = max(single[-1].end_byte, definition.end)
        return [Edit(end, end, f"{module.newline}{how}.{name} = {name};")]
    return [_at_end(module, f"module.exports = {{ {name} }};")]


def _at_end(module: Module, line: str) -> Edit:
    newline, end = module.newline, len(module.data)
    apart = "" if module.text.endswith("\n") or not module.text else newline
    return Edit(end, end, f"{apart}{newline}{line}{newline}")


def _exported(statement: Node) -> set[str]:
    if statement.type == "export_statement":
        declaration = statement.child_by_field_name("declaration")
        names: set[str] = set()
        if declaration is not None:
            names |= set(_declared_names(declaration))
        for node in statement.named_children:
            if node.type in ("export_clause", "object"):
                names |= set(_listed_names(node))
            elif node.type == "identifier":
                names.add(text_of(node))
        return names
    target, right = _assignment(statement)
    if right is None:
        return set()
    if match := _SINGLE.fullmatch(target):
        return {match[1]}
    if target != "module.exports":
        return set()
    return set(_listed_names(right)) if right.type == "object" else {text_of(right)[:80]}


def _declared_names(declaration: Node) -> Iterator[str]:
    name = declaration.child_by_field_name("name")
    if name is not None:
        yield text_of(name)
    for node in declaration.named_children:
        inner = node.child_by_field_name("name")
        if node.type == "variable_declarator" and inner is not None:
            yield text_of(inner)


def _listed_names(node: Node) -> Iterator[str]:
    for member in node.named_children:
        if member.type in _LISTED:
            named = member.child_by_field_name("name") or member.child_by_field_name("key")
            yield text_of(named or member)


def _assignment(statement: Node) -> tuple[str, Node | None]:
    """Target and value of ``target = value;``; the value is None for anything else."""
    inner = statement.named_children[0] if statement.named_children else None
    if statement.type != "expression_statement" or inner is None:
        return "", None
    left, right = inner.child_by_field_name("left"), inner.child_by_field_name("right")
    if inner.type != "assignment_expression" or left is None:
        return "", None
    return text_of(left), right


def _is_export(statement: Node) -> bool:
    target, _ = _assignment(statement)
    return target == "module.exports" or _SINGLE.fullmatch(target) is not None


def _list(module: Module) -> Node | None:
    """The braces in which the file lists its exports, if it does."""
    for statement in reversed(module.statements):
        if statement.type == "export_statement":
            has_source = statement.child_by_field_name("source") is not None
            for node in statement.named_children:
                if node.type in ("export_clause", "object") and not has_source:
                    return node
        target, right = _assignment(statement)
        if target == "module.exports" and right is not None and right.type == "object":
            return right
    return None


def _listed_edit(module: Module, listed: Node, name: str) -> Edit:
    members = [n for n in listed.named_children if n.type != "comment"]
    if not members:
        return Edit(listed.start_byte, listed.end_byte, f"{{ {name} }}")
    last = members[-1]
    indent = module.indent_of(last.start_byte)
    apart = f",{module.newline}{indent}" if indent else ", "
    return Edit(last.end_byte, last.end_byte, f"{apart}{name}")
