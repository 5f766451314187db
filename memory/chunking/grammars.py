"""Syntax trees of source files; tree-sitter gives one for any bytes."""

from __future__ import annotations

import importlib
import time
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

PARSE_SECONDS = 3.0
_READ_BYTES = 1 << 20


@cache
def _language(grammar: str) -> Language:
    module, function = _GRAMMARS[grammar]
    return Language(getattr(importlib.import_module(module), function)())


def root_of(data: bytes, grammar: str, seconds: float = PARSE_SECONDS) -> Node | None:
    """The root of the tree, with error nodes where the text does not parse.

    None if that takes longer than `seconds`: recovery from errors can be slow on odd files.
    """
    deadline = time.perf_counter() + seconds
    try:
        tree = Parser(_language(grammar)).parse(
            lambda offset, _point: data[offset : offset + _READ_BYTES],
            progress_callback=lambda _offset, _has_error: time.perf_counter() > deadline,
        )
    except ValueError:  # cancelled by the callback
        return None
    return tree.root_node
