"""Imports that a text needs and a model forgot: names of other files that it was shown, and Node's
well-known modules by their usual names.
"""

from __future__ import annotations

from agents.languages.contract import ImportOf
from agents.languages.javascript.import_merge import import_edits
from agents.languages.javascript.imports import imported_names
from agents.languages.javascript.module import Module, System
from agents.languages.javascript.mutation.script import is_binding
from agents.languages.javascript.text import applied
from agents.tools.syntax_tree import Node, text_of, walk

_MODULES = frozenset({"assert", "fs", "os", "path", "util"})
_READS = ("identifier", "shorthand_property_identifier", "type_identifier")
_NAMES = (*_READS, "shorthand_property_identifier_pattern")


def with_missing_imports(module: Module, system: System, import_of: ImportOf) -> str:
    """The file with an import for each name that it reads, nobody binds, and `import_of` knows.

    Of those modules, names that only stand before a dot.
    """
    modules = _read_only(module.root)
    lines = {name: f'import {name} from "node:{name}";' for name in modules}
    lines |= {name: line for name in _unbound(module) if (line := import_of(name))}
    if not lines:
        return module.text
    answer = Module("".join(f"{lines[name]}\n" for name in sorted(lines)), module.grammar)
    edits = import_edits(module, answer, module.system or system, set(lines), set(), [])
    return applied(module.data, edits)


def _unbound(module: Module) -> set[str]:
    """Names that are read and bound nowhere in the file, whatever their scope."""
    read, bound = set[str](), {*module.definitions, *imported_names(module)}
    for node in walk(module.root):
        if node.type in _NAMES:
            defines = node.type not in _READS or (node.type == "identifier" and is_binding(node))
            (bound if defines else read).add(text_of(node))
    return read - bound


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
