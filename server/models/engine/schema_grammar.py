"""JSON schemas to GBNF, by the converter that comes with llama-cpp-python."""

from __future__ import annotations

import contextlib
import json
from typing import Any

from llama_cpp.llama_grammar import SchemaConverter

_ANY_CHARACTER, _CHARACTER = r'[^"\\]', r'[^"\\\x7F\x00-\x1F]'
"""The original lets a string hold line breaks, which RFC 8259, section 7, does not."""


class _Converter(SchemaConverter):
    r"""Writes names and constants as they are.

    The original leaves their backslashes alone: ``\"`` then ends the literal, ``\\n`` becomes
    a line break, and a character outside the basic plane becomes two halves.
    """

    def _format_literal(self, literal: str) -> str:
        with contextlib.suppress(ValueError):  # it was not JSON: a single character
            literal = json.dumps(json.loads(literal), ensure_ascii=False)
        for plain, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r")):
            literal = literal.replace(plain, escaped)
        return f'"{literal}"'


def gbnf_of(schema: dict[str, Any]) -> str:
    """GBNF text of a JSON schema; nothing is fetched. Raises whatever the converter raises."""
    make: Any = _Converter  # it has no types
    converter = make(prop_order={}, allow_fetch=False, dotall=False, raw_pattern=False)
    # A copy: resolving references writes into the schema.
    converter.visit(converter.resolve_refs(json.loads(json.dumps(schema)), "stdin"), "")
    # A quotation mark in a literal is escaped, so this is nothing but the class of characters.
    return str(converter.format_grammar()).replace(_ANY_CHARACTER, _CHARACTER)
