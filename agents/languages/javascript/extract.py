"""Reading one definition out of a file."""

from __future__ import annotations

from agents.languages.javascript.class_merge import members_of
from agents.languages.javascript.module import Module, comments_above, named
from agents.languages.javascript.text import indented


def extract(module: Module, name: str, default_name: str) -> str | None:
    """Source of a function, class, constant or ``Class.method`` with its comment, at column 0.

    An anonymous default export goes by `default_name`.
    """
    definition = named(module.definitions, default_name).get(name)
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
