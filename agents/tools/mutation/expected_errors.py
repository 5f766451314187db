"""What tests say about exceptions: which, with which words, and for which arguments."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from itertools import combinations

_RAISING = ("raises", "assertRaises", "assertRaisesRegex")
_EQUAL = ("assertEqual", "assertIs")
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def name_of(node: ast.expr) -> str:
    """The last part of a dotted name; empty for anything else."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def compared(node: ast.AST) -> list[tuple[ast.expr, ast.expr]]:
    """Both orders of the two sides that are asserted to be equal; nothing for other nodes."""
    sides: list[ast.expr] = []
    if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq | ast.Is):
        sides = [node.left, node.comparators[0]]
    elif isinstance(node, ast.Call) and name_of(node.func) in _EQUAL:
        sides = list(node.args[:2])
    return [(sides[0], sides[1]), (sides[1], sides[0])] if len(sides) == 2 else []


def expected_exception(node: ast.AST) -> list[str]:
    """``pytest.raises(X, match=…)`` and ``assertRaises(X)`` as what would be raised."""
    if not isinstance(node, ast.Call) or not _is_raising(node):
        return []
    words = [k.value for k in node.keywords if k.arg == "match"]
    words += node.args[1:2] if name_of(node.func) == "assertRaisesRegex" else []
    text = [ast.unparse(w) for w in words if isinstance(w, ast.Constant)]
    return [f"{ast.unparse(node.args[0])}({''.join(text)})"]


def messages(tree: ast.Module) -> list[str]:
    """``X('words')`` where the exception that a ``with`` has caught is compared with words.

    As in ``str(err.value) == "words"`` and ``assertEqual(err.exception.args[0], "words")``.
    """
    return [m for f in ast.walk(tree) if isinstance(f, _Function) for m in _messages(f)]


def _messages(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    caught: dict[str, str] = {}
    for node in _in_order(function):
        if isinstance(node, ast.With | ast.AsyncWith):
            caught |= {n: ast.unparse(c.args[0]) for n, c in _caught(node) if n}
        for side, words in compared(node):
            names = {n.id for n in ast.walk(side) if isinstance(n, ast.Name)}
            known = [error for name, error in caught.items() if name in names]
            if known and isinstance(words, ast.Constant) and isinstance(words.value, str):
                yield f"{known[0]}({words.value!r})"


def words_of(exception: str) -> str:
    """The words of ``X('words')``; empty if it has none."""
    return exception.partition("(")[2][1:-2]


def argument_refusals(
    names: Sequence[str], refused: Sequence[tuple[int, str]], pairs: Sequence[str]
) -> Iterator[str]:
    """Conditions, in any language, under which arguments of these `names` may be refused.

    Of `refused` numbers those above zero are bounds; `pairs` are conditions of two names.
    """
    for index, number in refused:
        if index < len(names) and not number.startswith("-") and number != "0":
            yield from (f"{names[index]} {sign} {number}" for sign in (">=", "<="))
    for pair in combinations(names, 2):
        yield from (condition.format(*pair) for condition in pairs)


def refused_numbers(tree: ast.Module) -> list[tuple[int, str]]:
    """Index and source of numbers in calls that are to raise."""
    found: list[tuple[int, str]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.With | ast.AsyncWith) and list(_caught(node)):
            calls = [c for s in node.body for c in ast.walk(s) if isinstance(c, ast.Call)]
            found += [number for call in calls for number in _numbers(call.args)]
        elif isinstance(node, ast.Call) and name_of(node.func) == "assertRaises":
            found += _numbers(node.args[2:])
    return found


def _caught(node: ast.With | ast.AsyncWith) -> Iterator[tuple[str, ast.Call]]:
    """The name, if any, under which a ``with`` keeps what it catches, and the call that does."""
    for item in node.items:
        call = item.context_expr
        if isinstance(call, ast.Call) and _is_raising(call):
            yield (name_of(item.optional_vars) if item.optional_vars else ""), call


def _is_raising(call: ast.Call) -> bool:
    named = bool(call.args) and isinstance(call.args[0], ast.Name | ast.Attribute)
    return named and name_of(call.func) in _RAISING


def _in_order(function: ast.AST) -> list[ast.AST]:
    """Nodes with a place, in order of their lines."""
    placed = [(node.lineno, node) for node in ast.walk(function) if hasattr(node, "lineno")]
    return [node for _, node in sorted(placed, key=lambda pair: pair[0])]


def _numbers(arguments: list[ast.expr]) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    for index, argument in enumerate(arguments):
        value = argument.operand if isinstance(argument, ast.UnaryOp) else argument
        if isinstance(value, ast.Constant) and type(value.value) in (int, float):
            found.append((index, ast.unparse(argument)))
    return found
