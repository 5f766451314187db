"""Syntax trees of any language that tree-sitter has a grammar for.

A tree is made of bytes: the offsets of its nodes count bytes of the UTF-8 text. The parser
gives a tree for any text; `parse` raises where that tree has an error in it.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from functools import cache

from tree_sitter import Language, Node, Parser

__all__ = ["Node", "first_error", "parse", "parse_anyway", "text_of", "tokens", "walk"]

_GRAMMARS = {
    "javascript": ("tree_sitter_javascript", "language"),
    "typescript": ("tree_sitter_typescript", "language_typescript"),
    "tsx": ("tree_sitter_typescript", "language_tsx"),
}
"""Grammar -> the package that holds it, and its function there."""

_SHOWN = 40


@cache
def _language(grammar: str) -> Language:
    module, function = _GRAMMARS[grammar]
    return Language(getattr(importlib.import_module(module), function)())


def parse_anyway(text: str, grammar: str) -> Node:
    """The root of the tree of `text`, with error nodes where it does not parse."""
    return Parser(_language(grammar)).parse(text.encode()).root_node


def parse(text: str, grammar: str) -> Node:
    """The root of the tree of `text`; raises SyntaxError with reason and line."""
    root = parse_anyway(text, grammar)
    error = first_error(root)
    if error is None:
        return root
    row, column = error.start_point
    if error.is_missing:
        reason = f"`{error.type}` is missing"
    else:
        line = text.splitlines()[row : row + 1] or [""]
        reason = f"unexpected `{line[0].strip()[:_SHOWN]}`"
    raise SyntaxError(reason, (None, row + 1, column + 1, None))


def first_error(root: Node) -> Node | None:
    """The first node that is an error or stands for something missing; None if there is none.

    Of an error that swallowed whole statements, the first part that is none.
    """
    if not root.has_error:
        return None
    found = next((node for node in walk(root) if node.is_error or node.is_missing), root)
    whole = ("_statement", "_declaration", "comment")
    return next((child for child in found.children if not child.type.endswith(whole)), found)


def text_of(node: Node) -> str:
    """Source text of `node`."""
    return (node.text or b"").decode(errors="replace")


def walk(node: Node) -> Iterator[Node]:
    """`node` and everything below it, in the order of the text."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(current.children))


def tokens(node: Node, ignored: frozenset[str]) -> Iterator[str]:
    """What distinguishes the tree below `node`: types of nodes, brackets around their parts,
    texts of leaves. Nodes of a type in `ignored` are left out.
    """
    stack: list[Node | str] = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, str):
            yield current
        elif current.type not in ignored:
            yield f"({current.type}"
            if current.child_count == 0:
                yield text_of(current)
            stack.append(")")
            stack.extend(reversed(current.children))
