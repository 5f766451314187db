"""Calls like the given ones with other arguments, made by small typed changes of literals."""

from __future__ import annotations

import ast
import copy
import random
from collections.abc import Iterator, Sequence
from itertools import pairwise

from agents.tools.fresh_values import others, spliced

_MOST_PER_EXAMPLE = 40
_LONGEST = 400


def fresh_calls(
    examples: Sequence[str], count: int, seed: int = 0, numbers: Sequence[int] = ()
) -> list[str]:
    """At most `count` Python expressions that differ from `examples` in their literals.

    Types stay as they are: a list of numbers stays one, and a tuple as long as it is. `numbers` are
    tried for those of the examples, and literals of one example in the place of another's. The
    order is by example in turn, with changes of one literal before those of several; the same seed
    gives the same calls.
    """
    chooser = random.Random(seed)  # noqa: S311 - no secret
    trees = [tree for example in examples if (tree := _parsed(example))]
    turns = [list(_variants(tree, _alike(tree, trees), chooser, numbers)) for tree in trees]
    given = {*examples, *map(ast.unparse, trees)}
    found: dict[str, None] = {}
    for rank in range(max(map(len, turns), default=0)):
        for turn in turns:
            if rank < len(turn) and turn[rank] not in given:
                found[turn[rank]] = None
    return list(found)[:count]


def _parsed(example: str) -> ast.Expression | None:
    try:
        return ast.parse(example, mode="eval")
    except (SyntaxError, ValueError):
        return None


def _alike(tree: ast.Expression, trees: Sequence[ast.Expression]) -> list[list[object]]:
    """Values of the literals of each other tree that has as many."""
    own = _values(tree)
    found = [values for each in trees if len(values := _values(each)) == len(own)]
    return [values for values in found if values != own]


def _values(tree: ast.Expression) -> list[object]:
    return [ast.literal_eval(node) for node in _literals(tree)]


def _variants(
    tree: ast.Expression,
    alike: Sequence[Sequence[object]],
    chooser: random.Random,
    numbers: Sequence[int],
) -> Iterator[str]:
    options = [
        [*others(value, numbers), *spliced(value, [values[place] for values in alike])]
        for place, value in enumerate(_values(tree))
    ]
    changes = [(place, new) for place, values in enumerate(options) for new in values]
    chooser.shuffle(changes)
    single = [_changed(tree, {place: new}) for place, new in changes[:_MOST_PER_EXAMPLE]]
    many = _MOST_PER_EXAMPLE if len(options) > 1 else 0
    several = [_scrambled(tree, options, chooser) for _ in range(many)]
    for text in [*_swapped(tree), *single, *several]:
        if len(text) <= _LONGEST:
            yield text


def _swapped(tree: ast.Expression) -> Iterator[str]:
    """`tree` with two arguments of one type, one beside the other, in each other's place."""
    values = _values(tree)
    places = {id(node): place for place, node in enumerate(_literals(tree))}
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        given = [places[id(node)] for node in call.args if id(node) in places]
        for first, second in pairwise(given):
            if type(values[first]) is type(values[second]) and values[first] != values[second]:
                yield _changed(tree, {first: values[second], second: values[first]})


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


def _scrambled(
    tree: ast.Expression, options: Sequence[Sequence[object]], chooser: random.Random
) -> str:
    new = {
        place: chooser.choice(values)
        for place, values in enumerate(options)
        if values and chooser.random() < 0.6
    }
    return _changed(tree, new)
