"""Operators of comparisons, arithmetic and truth; negated and dropped conditions."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from agents.tools.mutation.unit import Mutation, Unit

Changes = Iterator[Mutation | None]

_COMPARE = {
    "<": ("<=", ">", ">="),
    "<=": ("<", ">=", ">"),
    ">": (">=", "<", "<="),
    ">=": (">", "<=", "<"),
    "==": ("!=", "<=", ">=", "in"),
    "!=": ("==", "<", ">"),
    "in": ("not in", "=="),
    "not in": ("in", "!="),
    "is": ("is not", "=="),
    "is not": ("is", "!="),
}
_ARITHMETIC = {
    "+": ("-", "*"),
    "-": ("+", "*"),
    "*": ("+", "/", "**", "//"),
    "/": ("//", "*"),
    "//": ("/", "%", "*"),
    "%": ("//", "-"),
    "**": ("*", "+"),
    "&": ("|", "^", "-"),
    "|": ("&", "^", "+"),
    "^": ("&", "|", "**"),
    "<<": (">>",),
    ">>": ("<<",),
    "@": ("*",),
}
_TOKENS: dict[type[ast.AST], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.In: "in",
    ast.NotIn: "not in",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.BitXor: "^",
    ast.LShift: "<<",
    ast.RShift: ">>",
    ast.MatMult: "@",
}


def mutations(unit: Unit) -> Changes:
    """Changes of this family."""
    for compare in unit.nodes(ast.Compare):
        yield from _comparison(unit, compare)
    for binary in unit.nodes(ast.BinOp):
        yield from _arithmetic(unit, binary)
    for boolean in unit.nodes(ast.BoolOp):
        yield from _truth(unit, boolean)
    for unary in unit.nodes(ast.UnaryOp):
        yield unit.replace(unary, unit.operand(unary.operand))
    for condition in conditions(unit):
        yield from _condition(unit, condition)
    for choice in unit.nodes(ast.IfExp):
        body, test, other = (unit.text(n) for n in (choice.body, choice.test, choice.orelse))
        yield unit.replace(choice, f"{other} if {test} else {body}", what="branches exchanged")
        yield unit.replace(choice, unit.operand(choice.body), 3)
        yield unit.replace(choice, unit.operand(choice.orelse), 3)


def conditions(unit: Unit) -> Iterator[ast.expr]:
    """What decides: tests of if, while, conditional expressions and comprehensions."""
    for node in unit.inner:
        if isinstance(node, ast.If | ast.While | ast.IfExp):
            yield node.test
    for inner in unit.inner:
        for generator in getattr(inner, "generators", ()):
            yield from generator.ifs


def _comparison(unit: Unit, node: ast.Compare) -> Changes:
    sides = [node.left, *node.comparators]
    for left, operator, right in zip(sides, node.ops, sides[1:], strict=False):
        token = _TOKENS[type(operator)]
        for rank, other in enumerate(_COMPARE[token]):
            yield unit.between(left, right, token, other, 1 if rank == 0 else 2)
    if len(sides) == 2 and isinstance(node.ops[0], ast.In | ast.NotIn):
        text = f"{unit.operand(sides[1])} {_TOKENS[type(node.ops[0])]} {unit.operand(sides[0])}"
        yield unit.replace(node, text, 4, "sides exchanged")


def _arithmetic(unit: Unit, node: ast.BinOp) -> Changes:
    token = _TOKENS[type(node.op)]
    for rank, other in enumerate(_ARITHMETIC[token]):
        yield unit.between(node.left, node.right, token, other, 1 if rank == 0 else 2)
    left, right = unit.operand(node.left), unit.operand(node.right)
    if not isinstance(node.op, ast.Mult):
        yield unit.replace(node, f"{right} {token} {left}", 2, "operands exchanged")
    yield unit.replace(node, left, 2)
    yield unit.replace(node, right, 2)
    if isinstance(node.op, ast.Div | ast.FloorDiv):
        yield unit.replace(node, f"-(-{left} // {right})", 1, "division rounds up")
        yield unit.replace(node, f"int({left} / {right})", 2)
        yield unit.replace(node, f"({left} + {right} - 1) // {right}", 3)
    inner = node.left
    if isinstance(inner, ast.BinOp):
        # a + b * c as (a + b) * c, and the other way round.
        nested = unit.operand(inner.left), _TOKENS[type(inner.op)], unit.operand(inner.right)
        yield unit.replace(node, f"{nested[0]} {nested[1]} ({nested[2]} {token} {right})", 2)
    if isinstance(node.right, ast.BinOp):
        other = _TOKENS[type(node.right.op)]
        first, second = unit.operand(node.right.left), unit.operand(node.right.right)
        yield unit.replace(node, f"({left} {token} {first}) {other} {second}", 2)


def _truth(unit: Unit, node: ast.BoolOp) -> Changes:
    old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
    pairs = list(zip(node.values, node.values[1:], strict=False))
    for left, right in pairs:
        yield unit.between(left, right, old, new)
    for index in range(len(node.values)):
        kept = [unit.operand(v) for i, v in enumerate(node.values) if i != index]
        gone = unit.text(node.values[index])
        yield unit.replace(node, f" {old} ".join(kept), 2, f"`{gone}` dropped from a condition")


def _condition(unit: Unit, test: ast.expr) -> Changes:
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return  # taken away above
    yield unit.replace(test, f"not ({unit.text(test)})", 1, "condition negated")
    for name in _bare_names(unit, test):
        yield unit.replace(test, f"({unit.text(test)}) and {name}", 5)
        yield unit.replace(test, f"({unit.text(test)}) or not {name}", 5)


def _bare_names(unit: Unit, test: ast.expr) -> list[str]:
    function = unit.function_of(test)
    nodes = ast.walk(function) if function else ()
    names = [n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    return list(dict.fromkeys(names))[:4]
