"""A model's answer as the whole text of a file."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from agents.tools.edits import merge_symbols


def whole_file(source: str, blocks: Sequence[str]) -> str:
    """The new file out of an answer's code blocks.

    The first block that defines everything the file has defined is the new file. Where none
    does, the blocks go into the file by name, so that nothing of it is lost; empty if that
    does not work either.
    """
    wanted = defined_names(source)
    for code in blocks:
        names = defined_names(code)
        if names and wanted <= names:
            return code
    merged = merge_symbols(source, "\n\n".join(blocks))
    return merged.text if merged.changed else ""


def defined_names(text: str) -> set[str]:
    """Functions and classes at the top level of `text`; none if it does not parse."""
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return set()
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return {node.name for node in body if isinstance(node, kinds)}


def sound_start(code: str) -> str:
    """The longest beginning of `code`, in whole lines, that defines something and parses."""
    lines = code.splitlines(keepends=True)
    starts = ("".join(lines[:end]) for end in range(len(lines), 0, -1))
    return next((text for text in starts if defined_names(text)), "")
