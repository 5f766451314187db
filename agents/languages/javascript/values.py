"""Values that JavaScript's literals stand for, as Python has them, and their source.

Numbers without a fraction are ``int``, arrays ``list``, objects with plain keys ``dict``, ``null``
is ``None``. What `node:util` shows of a value is read like source.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping

from agents.languages.javascript.expressions import expression
from agents.tools.syntax_tree import Node, text_of

_NEAR = 1e-9
"""Relative difference of numbers with a fraction that are taken for equal, as tests do."""
_EXACT = 1e15
"""Whole numbers up to this are written without a fraction."""
_ESCAPE = re.compile(
    r"\\(?:u\{([0-9a-fA-F]+)\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\r\n|.))", re.S
)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}
_NAME = re.compile(r"[A-Za-z_$][\w$]*")


class Undefined:
    """The one value of ``undefined``."""

    def __repr__(self) -> str:
        return "undefined"

    def __bool__(self) -> bool:
        return False


UNDEFINED = Undefined()
_NAMED: Mapping[str, object] = {
    "true": True,
    "false": False,
    "null": None,
    "undefined": UNDEFINED,
    "NaN": math.nan,
    "Infinity": math.inf,
}


def value_of(source: str) -> object:
    """The value of a literal; raises ValueError if `source` is none that can be read."""
    node = expression(source)
    if node is None:
        raise ValueError("no expression")
    return value_of_node(node)


def value_of_node(node: Node) -> object:
    """See `value_of`."""
    read = _READERS.get(node.type)
    if read is None:
        raise ValueError(f"no literal: {node.type}")
    return read(node)


def source_of(value: object) -> str:
    """The literal of a value of `value_of`."""
    match value:
        case bool() | None | Undefined():
            return next(name for name, one in _NAMED.items() if one is value)
        case str():
            return json.dumps(value, ensure_ascii=False)
        case list():
            return f"[{', '.join(map(source_of, value))}]"
        case dict():
            pairs = ", ".join(f"{_key(name)}: {source_of(one)}" for name, one in value.items())
            return f"{{ {pairs} }}" if pairs else "{}"
        case _:
            return _number_source(value)


def _number_source(value: object) -> str:
    if not isinstance(value, float):
        return str(value)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return str(int(value)) if value.is_integer() and abs(value) < _EXACT else str(value)


def equal(one: object, other: object) -> bool:
    """Whether two values are the same, parts and all; numbers with a fraction nearly."""
    match one, other:
        case (bool(), _) | (_, bool()):
            return one is other
        case ((int() | float()), (int() | float())):
            return _equal_numbers(one, other)
        case list(), list():
            return len(one) == len(other) and all(map(equal, one, other))
        case dict(), dict():
            return one.keys() == other.keys() and all(equal(one[k], other[k]) for k in one)
        case _:
            return one == other


def _equal_numbers(one: float, other: float) -> bool:
    if math.isnan(one) or math.isnan(other):
        return math.isnan(one) and math.isnan(other)
    return math.isclose(one, other, rel_tol=_NEAR)


def _key(name: object) -> str:
    text = str(name)
    return text if _NAME.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def _number(node: Node) -> object:
    text = text_of(node).replace("_", "")
    try:
        return int(text, 0) if text != "0" and not re.fullmatch(r"0\d+", text) else int(text)
    except ValueError:
        return float(text)  # raises ValueError for 10n


def _signed(node: Node) -> object:
    argument = node.child_by_field_name("argument")
    sign = text_of(node)[:1]
    value = value_of_node(argument) if argument is not None else None
    if sign not in "+-" or isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("no signed number")
    return -value if sign == "-" else value


def _string(node: Node) -> str:
    text = _ESCAPE.sub(_unescaped, text_of(node)[1:-1])
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # pairs become one


def _unescaped(match: re.Match[str]) -> str:
    code = match[1] or match[2] or match[3]
    if code:
        return chr(int(code, 16))
    return _ESCAPED.get(match[4], "" if match[4] in "\r\n" else match[4])


def _template(node: Node) -> str:
    if any(part.type == "template_substitution" for part in node.named_children):
        raise ValueError("a template")
    return _string(node)


def _array(node: Node) -> list[object]:
    return [value_of_node(part) for part in node.named_children]


def _object(node: Node) -> dict[str, object]:
    return dict(_pair(part) for part in node.named_children)


def _pair(node: Node) -> tuple[str, object]:
    key, value = (node.child_by_field_name(field) for field in ("key", "value"))
    if node.type != "pair" or key is None or value is None:
        raise ValueError("no plain pair")
    if key.type == "string":
        return _string(key), value_of_node(value)
    if key.type not in ("property_identifier", "number"):
        raise ValueError("a computed key")
    return text_of(key), value_of_node(value)


def _known(node: Node) -> object:
    try:
        return _NAMED[text_of(node)]
    except KeyError as error:
        raise ValueError("a name") from error


_READERS: dict[str, Callable[[Node], object]] = {
    "number": _number,
    "unary_expression": _signed,
    "string": _string,
    "template_string": _template,
    "array": _array,
    "object": _object,
    "true": _known,
    "false": _known,
    "null": _known,
    "undefined": _known,
    "identifier": _known,
}
