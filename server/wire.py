"""Values of the protocol to JSON and back. JSON that does not fit is refused, never bent to fit."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Literal, TypeVar, get_args, get_origin

import attrs
from cattrs import Converter, transform_error
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from server.protocol.schema import camel_case

T = TypeVar("T")
Hook = Callable[[Any, Any], Any]
_LARGEST_INTEGER = 2**53 - 1  # beyond it JavaScript cannot hold every integer


class WireError(ValueError):
    """JSON that does not fit its class; the message names the field."""


def structure(data: Any, cls: type[T]) -> T:
    """`data` as an instance of `cls`; fields that `cls` does not have are ignored.

    Raises WireError with a sentence for a person.
    """
    if data is None:
        data = {}
    if not isinstance(data, dict):
        raise WireError("The parameters must be one JSON object.")
    try:
        return _compact.structure(data, cls)
    except Exception as error:
        raise WireError(_sentence(error)) from error


def to_json(value: Any, *, complete: bool = False) -> Any:
    """`value` as plain JSON; fields at their default are left out unless `complete`."""
    return (_complete if complete else _compact).unstructure(value)


def _sentence(error: Exception) -> str:
    """The first mismatch, in words."""
    first = transform_error(error, path="", format_exception=_reason)[0]
    reason, _, path = first.partition(" @ ")
    field = re.sub(r"\w+", lambda match: camel_case(match[0]), path.lstrip("."))
    return f"`{field}` {reason}."


def _reason(error: BaseException, _type: type | None) -> str:
    if isinstance(error, KeyError):
        return "is missing"
    if isinstance(error, WireError):
        return str(error)
    if isinstance(error, (TypeError, AttributeError)):
        return "has a value of the wrong kind"
    return "has a value that is not allowed here"


def _text(value: Any, _type: Any) -> str:
    if not isinstance(value, str):
        raise WireError("must be text")
    if any(0xD800 <= ord(character) <= 0xDFFF for character in value):
        raise WireError("holds half of a Unicode character")
    return value


def _integer(value: Any, _type: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise WireError("must be a whole number")
    if abs(value) > _LARGEST_INTEGER:
        raise WireError("is too large a number")
    return value


def _number(value: Any, _type: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise WireError("must be a number")
    return float(value)


def _boolean(value: Any, _type: Any) -> bool:
    if not isinstance(value, bool):
        raise WireError("must be true or false")
    return value


def _token(value: Any, _type: Any) -> str | int | None:
    if value is None:
        return None
    return _text(value, str) if isinstance(value, str) else _integer(value, int)


def _literal(value: Any, hint: Any) -> Any:
    allowed = get_args(hint)
    if not isinstance(value, str) or value not in allowed:
        raise WireError("must be one of " + ", ".join(f'"{name}"' for name in allowed))
    return value


def _list_of(hint: Any, converter: Converter) -> Hook:
    (item_type,) = get_args(hint)
    item_hook = converter.get_structure_hook(item_type)

    def item(position: int, value: Any) -> Any:
        try:
            return item_hook(value, item_type)
        except WireError as error:
            raise WireError(f"at position {position} {error}") from error

    def hook(value: Any, _type: Any) -> list[Any]:
        if not isinstance(value, list):
            raise WireError("must be a list")
        return [item(position, element) for position, element in enumerate(value)]

    return hook


def _object_of(cls: Any, converter: Converter) -> Hook:
    inner = make_dict_structure_fn(cls, converter, **_names(cls))

    def hook(value: Any, target: Any) -> Any:
        if not isinstance(value, dict):
            raise WireError("must be an object")
        return inner(value, target)

    return hook


def _names(cls: Any) -> dict[str, Any]:
    attrs.resolve_types(cls)
    return {field.name: override(rename=camel_case(field.name)) for field in attrs.fields(cls)}


def _is_list(hint: Any) -> bool:
    return get_origin(hint) is list


def _is_literal(hint: Any) -> bool:
    return get_origin(hint) is Literal


def _converter(*, omit_defaults: bool) -> Converter:
    converter = Converter(detailed_validation=True)
    converter.register_structure_hook(str, _text)
    converter.register_structure_hook(int, _integer)
    converter.register_structure_hook(float, _number)
    converter.register_structure_hook(bool, _boolean)
    converter.register_structure_hook_func(lambda hint: hint == str | int | None, _token)
    converter.register_structure_hook_factory(attrs.has, _object_of)
    converter.register_structure_hook_factory(_is_list, _list_of)
    converter.register_structure_hook_func(_is_literal, _literal)
    converter.register_unstructure_hook_factory(
        attrs.has,
        lambda cls: make_dict_unstructure_fn(
            cls, converter, _cattrs_omit_if_default=omit_defaults, **_names(cls)
        ),
    )
    return converter


_compact = _converter(omit_defaults=True)
_complete = _converter(omit_defaults=False)
