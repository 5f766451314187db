"""The order in which a collection is read: sorted, by a value, from its end."""

from __future__ import annotations

from collections.abc import Iterator

from agents.languages.javascript.mutation.operators.methods import ENTRY_ORDERS
from agents.languages.javascript.mutation.script import Script, part
from agents.tools.mutation.unit import Mutation
from agents.tools.syntax_tree import Node, text_of

Changes = Iterator[Mutation | None]


def mutations(unit: Script) -> Changes:
    """Changes of this family."""
    for call in unit.nodes("call_expression"):
        yield from _ordered(unit, call)
    for loop in unit.nodes("for_in_statement"):
        read = part(loop, "right")
        if text_of(part(loop, "operator")) == "of":
            for order in ("sort()", "reverse()"):
                yield unit.replace(read, f"[...{unit.operand(read)}].{order}", 3)


def _ordered(unit: Script, call: Node) -> Changes:
    """Entries by their values, keys and values in order."""
    name = text_of(part(call, "function"))
    if name == "Object.entries":
        for order in ENTRY_ORDERS:
            yield unit.replace(call, f"{text_of(call)}.sort({order})", 2)
    elif name in ("Object.keys", "Object.values"):
        yield unit.replace(call, f"{text_of(call)}.sort()", 2)
        yield unit.replace(call, f"{text_of(call)}.sort((a, b) => a - b)", 3)
