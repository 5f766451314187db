"""``String()`` around numbers that are padded, all of a function at once.

The counterpart of `agents.tools.mutation.operators.text`; what is added or joined becomes text by
itself in JavaScript.
"""

from __future__ import annotations

from collections.abc import Iterator

from agents.languages.javascript.mutation.script import Script, part
from agents.tools.mutation.unit import Edit, Mutation, apart
from agents.tools.syntax_tree import Node, text_of

_PADDING = ("padStart", "padEnd")


def mutations(unit: Script) -> Iterator[Mutation | None]:
    """Changes of this family."""
    padded = [
        part(member, "object")
        for member in unit.nodes("member_expression")
        if text_of(part(member, "property")) in _PADDING
    ]
    numbers = [owner for owner in padded if not _is_text(owner)]
    if numbers:
        edits = apart(Edit(*unit.span(node), f"String({_bare(node)})") for node in numbers)
        line = numbers[0].start_point[0] + 1
        yield Mutation(edits, "`String()` put around", line, 1)


def _bare(node: Node) -> str:
    """Source of `node` without parentheses around it."""
    inner = node.named_children[0] if node.type == "parenthesized_expression" else node
    return text_of(inner)


def _is_text(node: Node) -> bool:
    """Whether it shows that `node` is text: a literal, ``String(…)``, a method's result."""
    if node.type == "call_expression":
        function = part(node, "function")
        if function.type == "member_expression":
            return text_of(part(function, "object")) != "Math"
        return text_of(function) == "String"
    return node.type in ("string", "template_string")
