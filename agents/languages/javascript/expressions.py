"""Expressions and literals of JavaScript, as a person writes them in an example."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache

from agents.languages.javascript.module import CALLABLE
from agents.tools.syntax_tree import Node, parse_anyway, text_of, walk

_GRAMMAR = "javascript"
_ATOMS = {"string", "number", "true", "false", "null", "undefined", "regex"}
_NAMED_VALUES = {"NaN", "Infinity", "undefined"}
_MADE = {"Set", "Map", "Date", "URL", "Error", "TypeError", "RangeError", "SyntaxError"}
_KNOWN = """
Array ArrayBuffer BigInt Boolean Buffer Date Error EvalError Float64Array Infinity Int32Array Intl
JSON Map Math NaN Number Object Promise Proxy RangeError ReferenceError Reflect RegExp Set String
Symbol SyntaxError TextDecoder TextEncoder TypeError URIError URL URLSearchParams Uint8Array WeakMap
WeakSet console decodeURIComponent encodeURIComponent globalThis isFinite isNaN parseFloat parseInt
process queueMicrotask setTimeout structuredClone undefined
"""
GLOBALS = frozenset(_KNOWN.split())
"""Names that every file has, in Node."""
_COUNTS = {"length", "size"}


@lru_cache(maxsize=4096)
def expression(source: str) -> Node | None:
    """The one expression that `source` is; None if it is anything else."""
    root = parse_anyway(f"({source})", _GRAMMAR)
    if root.has_error or root.named_child_count != 1:
        return None
    statement = root.named_children[0]
    wrapped = statement.named_children[0] if statement.named_children else None
    if wrapped is None or wrapped.type != "parenthesized_expression":
        return None
    inner = [n for n in wrapped.named_children if n.type != "comment"]
    alone = len(inner) == 1 and wrapped.end_byte == len(f"({source})".encode())
    return inner[0] if alone and inner[0].type != "sequence_expression" else None


def is_call(source: str) -> bool:
    """Whether `source` is a call, or something that is read of one."""
    node = expression(source)
    kinds = {"call_expression", "new_expression", "member_expression", "subscript_expression"}
    return node is not None and node.type in kinds and _has_call(node)


def is_value(source: str) -> bool:
    """Whether `source` is a literal: atoms, arrays, objects, and a few that are made."""
    node = expression(source)
    return node is not None and _is_value(node)


def is_call_of(source: str, symbol: str) -> bool:
    """Whether `source` is an expression that calls `symbol` by its last name."""
    node = expression(source)
    last = symbol.rsplit(".", 1)[-1]
    return node is not None and last in called_names(node)


def called_names(node: Node) -> set[str]:
    """Last names of what is called or made below `node`."""
    found: set[str] = set()
    for call in walk(node):
        function = None
        if call.type == "call_expression":
            function = call.child_by_field_name("function")
        elif call.type == "new_expression":
            function = call.child_by_field_name("constructor")
        if function is not None:
            found.add(text_of(function.child_by_field_name("property") or function))
    return found


def free_names(source: str) -> list[str]:
    """Names that `source` needs from outside, in order, without those that every file has."""
    node = expression(source)
    return [n for n in _free(node) if n not in GLOBALS] if node is not None else []


def symbol_of(call: str, classes: set[str]) -> str:
    """What `call` exercises: ``slugify``, or ``Ledger.total`` of ``new Ledger([]).total()``."""
    node = expression(call)
    method = ""
    while node is not None:
        if node.type == "member_expression":
            name = text_of(node.child_by_field_name("property") or node)
            if name not in _COUNTS:
                method = method or name  # the last one of a chain is what is asked for
            node = node.child_by_field_name("object")
        elif node.type == "subscript_expression":
            node = node.child_by_field_name("object")
        elif node.type in ("call_expression", "new_expression"):
            field = "function" if node.type == "call_expression" else "constructor"
            node = node.child_by_field_name(field)
        elif node.type in ("parenthesized_expression", "await_expression"):
            node = node.named_children[0]
        else:
            break
    root = text_of(node) if node is not None and node.type == "identifier" else ""
    return f"{root}.{method}" if method and root in classes else (method or root)


def parameters_of(arguments: str) -> list[str]:
    """Names of the parameters if ``(…)`` reads like those of a definition; empty if not."""
    root = parse_anyway(f"function f{arguments} {{}}", "typescript")
    if root.has_error or root.named_child_count != 1:
        return []
    listed = root.named_children[0].child_by_field_name("parameters")
    return [
        text_of(n)
        for n in (walk(listed) if listed is not None else ())
        if n.type in ("identifier", "shorthand_property_identifier_pattern")
    ]


def literal(words: str) -> str:
    """`words` as a string literal."""
    return json.dumps(words, ensure_ascii=False)


def has_fraction(source: str) -> bool:
    """Whether a value is a number with a fraction, or a flat array with one."""
    node = expression(source)
    if node is None:
        return False
    numbers = [n for n in walk(node) if n.type == "number"]
    flat = node.type in ("number", "unary_expression") or (
        node.type == "array"
        and all(n.type in ("number", "unary_expression") for n in node.named_children)
    )
    return flat and any(re.search(r"\.\d*[1-9]|e-", text_of(n)) for n in numbers)


def is_primitive(source: str) -> bool:
    """Whether a value is compared by itself and not by its parts."""
    node = expression(source)
    kinds = (*_ATOMS - {"regex"}, "unary_expression", "identifier", "template_string")
    return node is not None and node.type in kinds


def _has_call(node: Node) -> bool:
    return any(n.type in ("call_expression", "new_expression") for n in walk(node))


def _is_value(node: Node) -> bool:
    found = node.type in _ATOMS
    if node.type == "identifier":
        found = text_of(node) in _NAMED_VALUES
    elif node.type == "unary_expression":
        argument = node.child_by_field_name("argument")
        found = argument is not None and argument.type == "number" and text_of(node)[0] in "+-"
    elif node.type in ("array", "object"):
        check = _is_value if node.type == "array" else _is_pair
        found = all(map(check, node.named_children))
    elif node.type == "template_string":
        found = all(part.type != "template_substitution" for part in node.named_children)
    elif node.type == "new_expression":
        found = _is_made(node)
    return found


def _is_made(node: Node) -> bool:
    made, arguments = (node.child_by_field_name(f) for f in ("constructor", "arguments"))
    parts = arguments.named_children if arguments is not None else []
    return made is not None and text_of(made) in _MADE and all(map(_is_value, parts))


def _is_pair(node: Node) -> bool:
    value = node.child_by_field_name("value")
    return node.type == "pair" and value is not None and _is_value(value)


def _free(node: Node) -> Iterator[str]:
    bound: set[str] = set()
    for function in walk(node):
        if function.type in CALLABLE:
            for field in ("parameters", "parameter"):
                listed = function.child_by_field_name(field)
                if listed is not None:
                    bound |= {text_of(n) for n in walk(listed) if "identifier" in n.type}
    names = (
        text_of(n) for n in walk(node) if n.type in ("identifier", "shorthand_property_identifier")
    )
    return (name for name in dict.fromkeys(names) if name not in bound)
