"""Reading one definition out of a file."""

from __future__ import annotations

from agents.languages.javascript.class_merge import members_of
from agents.languages.javascript.module import Definition, Module, comments_above
from agents.languages.javascript.text import indented


def find(module: Module, name: str) -> Definition | None:
    """The definition of `name`; an anonymous default export has the name that it is asked by."""
    found = module.definitions.get(name)
    if found is None and "." not in name:
        default = module.definitions.get("default")
        return default if default is not None and default.is_default else None
    return found


def extract(module: Module, name: str) -> str | None:
    """Source of a function, class, constant or ``Class.method`` with its comment, at column 0."""
    definition = find(module, name)
    if definition is not None:
        return module.source(definition.start, definition.end).replace("\r\n", "\n") + "\n"
    owner, _, member_name = name.rpartition(".")
    holder = module.definitions.get(owner)
    for member in members_of(holder.code) if holder is not None else ():
        if member.name == member_name:
            start = (*comments_above(member.node), member.node)[0].start_byte
            text = module.source(start, member.end).replace("\r\n", "\n")
            return indented(text, module.indent_of(start), "", module.grammar) + "\n"
    return None
