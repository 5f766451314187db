"""Imports that a text needs and a model forgot: Node's well-known modules by their usual names."""

from __future__ import annotations

from agents.languages.javascript.import_merge import import_edits
from agents.languages.javascript.module import Module, System
from agents.languages.javascript.text import applied
from agents.tools.syntax_tree import Node, text_of, walk

_MODULES = frozenset({"assert", "fs", "os", "path", "util"})


def with_missing_imports(module: Module, system: System) -> str:
    """The file with an import for each of those names that it reads from and nobody binds."""
    names = _read_only(module.root)
    if not names:
        return module.text
    lines = "".join(f'import {name} from "node:{name}";\n' for name in sorted(names))
    answer = Module(lines, module.grammar)
    edits = import_edits(module, answer, module.system or system, names, set(), [])
    return applied(module.data, edits)


def _read_only(root: Node) -> set[str]:
    """Names of `_MODULES` that are nothing but the left side of a dot, wherever they stand."""
    found: dict[str, bool] = {}
    for node in walk(root):
        if "identifier" in node.type and node.type != "property_identifier":
            name = text_of(node)
            if name in _MODULES:
                found[name] = found.get(name, True) and _is_owner(node)
    return {name for name, only in found.items() if only}


def _is_owner(node: Node) -> bool:
    parent = node.parent
    return (
        parent is not None
        and parent.type == "member_expression"
        and parent.child_by_field_name("object") == node
    )
