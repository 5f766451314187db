"""Syntax trees of source files; tree-sitter gives one for any bytes."""

from __future__ import annotations

import importlib
from functools import cache

from tree_sitter import Language, Node, Parser

_GRAMMARS = {
    "python": ("tree_sitter_python", "language"),
    "javascript": ("tree_sitter_javascript", "language"),
    "typescript": ("tree_sitter_typescript", "language_typescript"),
    "tsx": ("tree_sitter_typescript", "language_tsx"),
    "go": ("tree_sitter_go", "language"),
    "rust": ("tree_sitter_rust", "language"),
    "java": ("tree_sitter_java", "language"),
}
"""Grammar -> the package that holds it, and its function there."""


@cache
def _language(grammar: str) -> Language:
    module, function = _GRAMMARS[grammar]
    return Language(getattr(importlib.import_module(module), function)())


def root_of(data: bytes, grammar: str) -> Node:
    """The root of the tree, with error nodes where the text does not parse."""
    return Parser(_language(grammar)).parse(data).root_node


def text_of(node: Node | None) -> str:
    """Source text of `node`; empty for None."""
    return (node.text or b"").decode(errors="replace") if node is not None else ""
