"""One method or function of a family in place of another, and methods with their arguments."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from agents.tools.mutation.unit import Mutation, Unit

Changes = Iterator[Mutation | None]

_METHODS = (
    ("strip", "rstrip", "lstrip"),
    ("ljust", "rjust", "center", "zfill"),
    ("append", "extend", "add", "update"),
    ("append", "insert", "appendleft"),
    ("upper", "lower", "title", "capitalize", "casefold", "swapcase"),
    ("split", "rsplit", "splitlines", "partition"),
    ("partition", "rpartition"),
    ("find", "rfind", "index", "rindex", "count"),
    ("isalpha", "isalnum", "isdigit", "isspace", "isupper", "islower", "isnumeric", "isdecimal"),
    ("startswith", "endswith"),
    ("keys", "values", "items"),
    ("pop", "popleft"),
    ("remove", "discard"),
    ("removeprefix", "removesuffix", "strip", "lstrip", "rstrip"),
    ("union", "intersection", "difference", "symmetric_difference"),
    ("match", "search", "fullmatch", "findall"),
    ("most_common", "elements"),
    ("days", "seconds", "total_seconds"),
)
_FUNCTIONS = (
    ("min", "max"),
    ("any", "all"),
    ("sorted", "reversed", "list"),
    ("sum", "max", "min", "len"),
    ("int", "round", "float"),
    ("list", "tuple", "set", "sorted"),
    ("str", "repr"),
    ("abs", "int"),
    ("zip", "enumerate"),
    ("isinstance", "issubclass"),
)


def mutations(unit: Unit) -> Changes:
    """Changes of this family."""
    for attribute in unit.nodes(ast.Attribute):
        yield from _relatives(unit, attribute)
    for call in unit.nodes(ast.Call):
        if isinstance(call.func, ast.Name):
            for other in _family(call.func.id, _FUNCTIONS):
                yield unit.replace(call.func, other, 2)
        elif isinstance(call.func, ast.Attribute):
            yield from _method_call(unit, call, call.func)


def _family(name: str, families: tuple[tuple[str, ...], ...]) -> list[str]:
    found = [other for family in families if name in family for other in family if other != name]
    return list(dict.fromkeys(found))


def _relatives(unit: Unit, node: ast.Attribute) -> Changes:
    start, end = unit.span(node)[1] - len(node.attr), unit.span(node)[1]
    if unit.source[start:end] != node.attr:
        return
    for rank, other in enumerate(_family(node.attr, _METHODS)):
        text = unit.source[unit.span(node)[0] : start] + other
        what = f"`.{node.attr}` became `.{other}`"
        yield unit.replace(node, text, 1 if rank == 0 else 2, what)


def _method_call(  # noqa: PLR0912 - one case for each method
    unit: Unit, call: ast.Call, method: ast.Attribute
) -> Changes:
    owner = unit.operand(method.value)
    yield unit.replace(call, owner, 2, f"call of `.{method.attr}` dropped")
    arguments = [unit.text(a) for a in call.args]
    match method.attr, arguments:
        case ("append", [value]):
            yield unit.replace(call, f"{owner}.insert(0, {value})", 2)
        case ("insert", [_, value]):
            yield unit.replace(call, f"{owner}.append({value})", 1)
        case ("pop", []):
            yield unit.replace(call, f"{owner}.pop(0)", 1)
        case ("pop", [_]):
            yield unit.replace(call, f"{owner}.pop()", 1)
        case ("get", [key]):
            for default in ("0", "''", "[]", "False"):
                yield unit.replace(call, f"{owner}.get({key}, {default})", 2)
        case ("get", [key, _]):
            yield unit.replace(call, f"{owner}[{key}]", 3)
        case ("strip" | "lstrip" | "rstrip" as name, _):
            yield from _strip(unit, call, f"{owner}.{name}", bool(arguments))
        case ("split" | "rsplit" as name, []):
            for character in unit.hints.characters:
                yield unit.replace(call, f"{owner}.{name}({character!r})", 2)
        case ("split" | "rsplit" as name, [separator, *rest]):
            yield unit.replace(call, f"{owner}.{name}()", 1)
            if not rest:
                yield unit.replace(call, f"{owner}.{name}({separator}, 1)", 2)
        case ("replace", [old, new, *_]):
            yield unit.replace(call, f"{owner}.replace({new}, {old})", 3)
            yield unit.replace(call, f"{owner}.replace({old}, {new}, 1)", 3)
        case ("sort", _):
            yield unit.replace(call, f"{owner}.reverse()", 3)


def _strip(unit: Unit, call: ast.Call, head: str, has_argument: bool) -> Changes:
    if has_argument:
        yield unit.replace(call, f"{head}()", 2)
    else:
        for character in unit.hints.characters:
            yield unit.replace(call, f"{head}({character!r})", 2)
