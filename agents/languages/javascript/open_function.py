"""A JavaScript or TypeScript file up to the body of one of its functions."""

from __future__ import annotations

from agents.behaviors.open_function import Opening
from agents.languages.javascript.class_merge import members_of
from agents.languages.javascript.module import Module
from agents.tools.syntax_tree import Node, text_of


def opening_in(module: Module, name: str) -> Opening | None:
    """The function or ``Class.method`` of `module`; None if there is none that has a block.

    The block's closing brace is what follows the body.
    """
    block = _block(module, name)
    if block is None:
        return None
    data = module.data
    before = data[: block.start_byte + 1].decode() + "\n"
    body = text_of(block)[1:-1]
    line = data[: block.end_byte].decode().splitlines()[-1]
    indent = line[: len(line) - len(line.lstrip())]
    after = data[block.end_byte - 1 :].decode()
    start = data[: block.parent.start_byte].decode().rfind("\n") + 1 if block.parent else 0
    return Opening(name, before, body, f"{indent}{after}", (f"\n{indent}}}",), start)


def _block(module: Module, name: str) -> Node | None:
    owner, _, own = name.rpartition(".")
    definition = module.definitions.get(name)
    if definition is None and owner and (of_class := module.definitions.get(owner)) is not None:
        methods = [m for m in members_of(of_class.code) if m.name == own and m.is_method]
        nodes = [m.node.child_by_field_name("value") or m.node for m in methods]
    else:
        nodes = [definition.code] if definition is not None else []
    bodies = [node.child_by_field_name("body") for node in nodes]
    return next((b for b in bodies if b is not None and b.type == "statement_block"), None)
