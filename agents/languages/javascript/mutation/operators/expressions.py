"""Operators of comparisons, arithmetic, truth and assignment; negated and dropped conditions."""

from __future__ import annotations

from collections.abc import Iterator

from agents.languages.javascript.mutation.script import Script, part
from agents.tools.mutation.unit import Mutation
from agents.tools.syntax_tree import Node, text_of

Changes = Iterator[Mutation | None]

_COMPARE = {
    "<": ("<=", ">", ">="),
    "<=": ("<", ">=", ">"),
    ">": (">=", "<", "<="),
    ">=": (">", "<=", "<"),
    "==": ("!=", "===", "<=", ">="),
    "!=": ("==", "!==", "<", ">"),
    "===": ("!==", "==", "<=", ">="),
    "!==": ("===", "!=", "<", ">"),
}
_ARITHMETIC = {
    "+": ("-", "*"),
    "-": ("+", "*"),
    "*": ("+", "/", "**"),
    "/": ("*", "%"),
    "%": ("/", "-"),
    "**": ("*", "+"),
    "&": ("|", "^", "&&"),
    "|": ("&", "^", "||"),
    "^": ("&", "|", "**"),
    "<<": (">>",),
    ">>": ("<<", ">>>"),
    ">>>": (">>",),
}
_TRUTH = {"&&": ("||",), "||": ("&&", "??"), "??": ("||",)}
_ASSIGN = {
    "=": ("+=", "-=", "*="),
    "+=": ("-=", "=", "*="),
    "-=": ("+=", "="),
    "*=": ("+=", "="),
    "/=": ("*=", "="),
    "%=": ("/=", "="),
}
_LOOPS = {"for_statement", "for_in_statement", "while_statement", "do_statement"}
CONDITIONAL = ("if_statement", "while_statement", "do_statement", "ternary_expression")


def mutations(unit: Script) -> Changes:
    """Changes of this family."""
    for binary in unit.nodes("binary_expression"):
        yield from _binary(unit, binary)
    for assignment in unit.nodes("assignment_expression", "augmented_assignment_expression"):
        yield from _assignment(unit, assignment)
    for unary in unit.nodes("unary_expression"):
        if text_of(part(unary, "operator")) in ("!", "-", "+", "~"):
            yield unit.replace(unary, unit.operand(part(unary, "argument")), 1)
    for update in unit.nodes("update_expression"):
        text = text_of(update)
        other = text.replace("++", "--") if "++" in text else text.replace("--", "++")
        yield unit.replace(update, other)
        name = text_of(part(update, "argument"))
        sign = "++" if "++" in text else "--"
        yield unit.replace(update, f"{name}{sign}" if text.startswith(sign) else sign + name, 3)
    for condition in conditions(unit):
        yield from _condition(unit, condition)
    for choice in unit.nodes("ternary_expression"):
        yield from _choice(unit, choice)


def conditions(unit: Script) -> Iterator[Node]:
    """What decides, without parentheses around it."""
    for node in unit.nodes(*CONDITIONAL, "for_statement"):
        test = node.child_by_field_name("condition")
        if test is not None and test.type == "parenthesized_expression":
            test = next(iter(test.named_children), None)
        if test is not None and test.type == "expression_statement":  # of for, in some versions
            test = next(iter(test.named_children), None)
        if test is not None and test.is_named and test.type != "empty_statement":
            yield test


def _binary(unit: Script, node: Node) -> Changes:
    token, left, right = (part(node, field) for field in ("operator", "left", "right"))
    old = text_of(token)
    family = next((f[old] for f in (_COMPARE, _ARITHMETIC, _TRUTH) if old in f), ())
    for rank, other in enumerate(family):
        weight = 1 if rank == 0 else 2
        yield unit.replace(token, other, weight)
    one, two = unit.operand(left), unit.operand(right)
    if old in _ARITHMETIC:
        if old != "*":
            yield unit.replace(node, f"{two} {old} {one}", 2, "operands exchanged")
        yield unit.replace(node, one)
        yield unit.replace(node, two)
        yield from _regrouped(unit, node, old)
    if old in _TRUTH:
        yield unit.replace(node, one, 2, f"`{text_of(right)}` dropped from a condition")
        yield unit.replace(node, two, 2, f"`{text_of(left)}` dropped from a condition")
    if old == "/":
        for rank, name in enumerate(("floor", "ceil", "round", "trunc")):
            what = f"`Math.{name}()` put around"
            yield unit.replace(node, f"Math.{name}({text_of(node)})", 1 + (rank > 1), what)
    if old == "%":
        what = "remainder without a sign"
        yield unit.replace(node, f"((({text_of(node)}) + {two}) % {two})", 2, what)


def _regrouped(unit: Script, node: Node, old: str) -> Changes:
    """``a + b * c`` as ``(a + b) * c``, and the other way round."""
    left, right = _bare(part(node, "left")), _bare(part(node, "right"))
    if left.type == "binary_expression":
        first, token, second = (part(left, f) for f in ("left", "operator", "right"))
        inner = f"({unit.operand(second)} {old} {unit.operand(right)})"
        yield unit.replace(node, f"{unit.operand(first)} {text_of(token)} {inner}")
    if right.type == "binary_expression":
        first, token, second = (part(right, f) for f in ("left", "operator", "right"))
        inner = f"({unit.operand(left)} {old} {unit.operand(first)})"
        yield unit.replace(node, f"{inner} {text_of(token)} {unit.operand(second)}")


def _bare(node: Node) -> Node:
    """What stands in parentheses."""
    inner = node.named_children if node.type == "parenthesized_expression" else []
    return inner[0] if len(inner) == 1 else node


def _assignment(unit: Script, node: Node) -> Changes:
    left, right = part(node, "left"), part(node, "right")
    if left.type in ("object_pattern", "array_pattern"):
        return
    token = next((c for c in node.children if text_of(c) in _ASSIGN and not c.is_named), None)
    if token is None:
        return
    for rank, other in enumerate(_ASSIGN[text_of(token)]):
        kept = rank == 0 and (text_of(token) != "=" or _is_kept(node, left))
        yield unit.replace(token, other, 1 if kept else 3)
    if text_of(token) == "+=":
        text = f"{text_of(left)} = {unit.operand(right)} + {text_of(left)}"
        yield unit.replace(node, text, 2, "added before and not behind")


def _is_kept(node: Node, left: Node) -> bool:
    """Whether the target may hold a value that counts: of an object, or in a loop."""
    around = node.parent
    while around is not None and around.type not in _LOOPS:
        if around.type == "method_definition" and text_of(part(around, "name")) == "constructor":
            return False
        around = around.parent
    return around is not None or left.type != "identifier"


def _condition(unit: Script, test: Node) -> Changes:
    if test.type == "unary_expression" and text_of(test).startswith("!"):
        return  # taken away above
    yield unit.replace(test, f"!({text_of(test)})", 1, "condition negated")
    for name in unit.scope(test)[:4]:
        yield unit.replace(test, f"({text_of(test)}) && {name}", 5)
        yield unit.replace(test, f"({text_of(test)}) || !{name}", 5)


def _choice(unit: Script, node: Node) -> Changes:
    test, yes, no = (part(node, f) for f in ("condition", "consequence", "alternative"))
    swapped = f"{text_of(test)} ? {unit.operand(no)} : {unit.operand(yes)}"
    yield unit.replace(node, swapped, 2, "branches exchanged")
    yield unit.replace(node, unit.operand(yes), 3)
    yield unit.replace(node, unit.operand(no), 3)
