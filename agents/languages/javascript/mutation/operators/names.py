"""Another name in scope in place of one."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from agents.languages.javascript.expressions import GLOBALS
from agents.languages.javascript.module import members_used
from agents.languages.javascript.mutation.script import Script, is_binding, part
from agents.tools.mutation.unit import Mutation
from agents.tools.syntax_tree import Node, text_of, walk

Changes = Iterator[Mutation | None]

_ALIKE = 0.5
_CLOSEST = 4


def mutations(unit: Script) -> Changes:
    """Changes of this family."""
    elsewhere = {text_of(n) for n in walk(unit.module.root) if _defines(n)} | GLOBALS
    for node in unit.nodes("identifier"):
        if is_binding(node):
            continue
        names, name = unit.scope(node), text_of(node)
        if name in names:
            yield from (unit.replace(node, other, 3) for other in names if other != name)
        elif name not in elsewhere:
            for other in get_close_matches(name, sorted({*names, *elsewhere}), _CLOSEST, _ALIKE):
                yield unit.replace(node, other, 1)
    own = sorted(members_used(unit.module.root))
    for member in unit.nodes("member_expression"):
        if text_of(part(member, "object")) == "this":
            yield from _own(unit, part(member, "property"), own)
    for number in unit.nodes("number"):
        yield from (unit.replace(number, name, 5) for name in unit.scope(number))


def _defines(node: Node) -> bool:
    """Whether an identifier is a name that the file binds, by whatever statement."""
    parent = node.parent
    if node.type != "identifier" or parent is None:
        return False
    return "import" in parent.type or is_binding(node)


def _own(unit: Script, name: Node, members: list[str]) -> Changes:
    """Another field of the object; of the same kind, private or not."""
    private = text_of(name).startswith("#")
    for other in members:
        if other != text_of(name) and other.startswith("#") == private:
            yield unit.replace(name, other, 3)
