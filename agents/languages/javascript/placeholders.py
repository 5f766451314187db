"""Telling code from a promise of code."""

from __future__ import annotations

import re

from agents.tools.syntax_tree import Node, text_of, walk

_ELISION = re.compile(
    r"(?:\.\.\.|…)\s*(?:\*/)?\s*$"
    r"|(?:the\s+)?(?:rest|remainder)\s+of\s+(?:\w+\s+){0,2}(?:code|function|class|method|logic|file)\b"
    r"|(?:your|existing|previous|original)\s+(?:code|logic|implementation|body)"
    r"(?:\s+goes)?(?:\s+here)?[\s.…]*(?:\*/)?\s*$"
    r"|(?:unchanged|omitted|same\s+as\s+before)[\s.…]*(?:\*/)?\s*$",
    re.IGNORECASE,
)


def is_placeholder(function: Node) -> bool:
    """Whether a function has an empty body, or a comment says that a part was left out."""
    if function.type in ("field_definition", "public_field_definition", "variable_declarator"):
        value = function.child_by_field_name("value")
        return value is not None and is_placeholder(value)
    body = function.child_by_field_name("body")
    if body is None or body.type != "statement_block":
        return False
    statements = [n for n in body.named_children if n.type != "comment"]
    if not statements:
        return _is_to_do(function, body)
    comments = [n for n in walk(body) if n.type == "comment"]
    return any(_ELISION.search(text_of(comment)) for comment in comments)


def _is_to_do(function: Node, body: Node) -> bool:
    """An empty body; that of a constructor may do its work in its parameters (TypeScript)."""
    parameters = function.child_by_field_name("parameters")
    return not (parameters is not None and "accessibility_modifier" in {
        n.type for n in walk(parameters)
    }) or bool(body.named_children)  # fmt: skip
