"""Calls like the given ones with other arguments, made by small typed changes of literals."""

from __future__ import annotations

import ast
import copy
import random
from collections.abc import Iterator, Sequence

_MOST_PER_EXAMPLE = 40
_LONGEST = 400


def fresh_calls(examples: Sequence[str], count: int, seed: int = 0) -> list[str]:
    """At most `count` Python expressions that differ from `examples` in their literals.

    Types stay as they are: a list of numbers stays one, and a tuple as long as it is. The order is
    by example in turn, with changes of one literal before those of several; the same seed gives the
    same calls.
    """
    chooser = random.Random(seed)  # noqa: S311 - no secret
    turns = [list(_variants(example, chooser)) for example in examples]
    found: dict[str, None] = {}
    for rank in range(max(map(len, turns), default=0)):
        for turn in turns:
            if rank < len(turn) and turn[rank] not in examples:
                found[turn[rank]] = None
    return list(found)[:count]


def _variants(example: str, chooser: random.Random) -> Iterator[str]:
    try:
        tree = ast.parse(example, mode="eval")
    except (SyntaxError, ValueError):
        return
    places = len(_literals(tree))
    single = [
        _changed(tree, {place: new})
        for place, literal in enumerate(_literals(tree))
        for new in _others(literal)
    ]
    chooser.shuffle(single)
    several = [_scrambled(tree, chooser) for _ in range(_MOST_PER_EXAMPLE)] if places > 1 else []
    for text in [*single[:_MOST_PER_EXAMPLE], *several]:
        if len(text) <= _LONGEST:
            yield text


def _literals(tree: ast.Expression) -> list[ast.expr]:
    """The arguments that are literals, and the parts of those that are collections."""
    found: list[ast.expr] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            for argument in (*node.args, *(k.value for k in node.keywords)):
                if _is_literal(argument):
                    found += [
                        n for n in ast.walk(argument) if isinstance(n, ast.expr) and _is_literal(n)
                    ]
    return found


def _is_literal(node: ast.AST) -> bool:
    if not isinstance(node, ast.Constant | ast.UnaryOp | ast.List | ast.Tuple | ast.Dict | ast.Set):
        return False
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, MemoryError, RecursionError):
        return False
    return True


def _changed(tree: ast.Expression, new: dict[int, object]) -> str:
    """`tree` with the literals at the given places replaced."""
    changed = copy.deepcopy(tree)
    places = _literals(changed)
    values = {id(places[place]): value for place, value in new.items()}
    return ast.unparse(_Replaced(values).visit(changed))


class _Replaced(ast.NodeTransformer):
    """Puts values in the place of nodes, which are named by their ids."""

    def __init__(self, values: dict[int, object]) -> None:
        self._values = values

    def visit(self, node: ast.AST) -> ast.AST:
        if id(node) in self._values:
            return ast.parse(repr(self._values[id(node)]), mode="eval").body
        return self.generic_visit(node)


def _scrambled(tree: ast.Expression, chooser: random.Random) -> str:
    literals = _literals(tree)
    new = {
        place: chooser.choice(options)
        for place, literal in enumerate(literals)
        if (options := list(_others(literal))) and chooser.random() < 0.6
    }
    return _changed(tree, new)


def _others(node: ast.expr) -> Iterator[object]:
    """Values of the same type as the literal `node`, the edges among them."""
    value = ast.literal_eval(node)
    match value:
        case bool():
            yield not value
        case int():
            yield from (v for v in (0, 1, value + 1, value - 1, 2 * value, -value) if v != value)
        case float():
            yield from (v for v in (0.0, value + 1, value / 2, -value, 3 * value) if v != value)
        case str():
            yield from (v for v in _texts(value) if v != value)
        case list():
            yield from (v for v in _sequences(value) if v != value)
        case tuple():
            same = (v for v in _sequences(list(value)) if len(v) == len(value))
            yield from (tuple(v) for v in same if tuple(v) != value)
        case dict() if value:
            yield {}
            yield dict(list(value.items())[:-1])
        case set() if len(value) > 1:
            yield set(sorted(value, key=repr)[:-1])


def _texts(text: str) -> Iterator[str]:
    middle = len(text) // 2
    yield from ("", text[:1], text[:-1], text[::-1], text + text, text.swapcase(), text.upper())
    yield from (f"{text[:middle]} {text[middle:]}", f" {text} ", text[middle:] + text[:middle])


def _sequences(items: list[object]) -> Iterator[list[object]]:
    middle = len(items) // 2
    yield from ([], items[:1], items[:-1], items[::-1], items + items, items + items[:1])
    yield from (items[middle:] + items[:middle], items[:middle], items[middle:])
