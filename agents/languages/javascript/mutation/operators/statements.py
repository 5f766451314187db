"""Statements dropped, exchanged, moved or copied; exits of loops."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from agents.languages.javascript.mutation.script import Script, line_of, part
from agents.languages.javascript.text import indented
from agents.tools.mutation.unit import Edit, Mutation, became, clipped
from agents.tools.syntax_tree import Node, text_of, walk

Changes = Iterator[Mutation | None]

_LOOPS = ("for_statement", "for_in_statement", "while_statement", "do_statement")
_BLOCKS = (*_LOOPS, "if_statement")
_DECLARING = ("lexical_declaration", "variable_declaration", "function_declaration", "comment")


def mutations(unit: Script) -> Changes:
    """Changes of this family."""
    for block in unit.nodes("statement_block", "switch_case", "switch_default"):
        statements = _statements(block)
        yield from _dropping(unit, statements)
        for first, second in pairwise(statements):
            yield _exchanged(unit, first, second)
            yield _moved_in(unit, first, second)
        yield from _out_of_block(unit, statements)
    for node in unit.inner:
        yield from _keyword(unit, node)


def _statements(block: Node) -> list[Node]:
    value = block.child_by_field_name("value")
    return [n for n in block.named_children if n.type != "comment" and n != value]


def _text(unit: Script, statement: Node, indent: str | None = None) -> str:
    """The whole lines of a statement, at another indent if given, always with a line end."""
    span = unit.whole_lines(statement)
    if span is None:
        return ""
    text = unit.source[span[0] : span[1]]
    text = text if text.endswith("\n") else text + unit.newline
    old = unit.indent(statement)
    if indent is None or indent == old:
        return text
    body = text.removeprefix(old).removesuffix(unit.newline)
    return indent + indented(body, old, indent, unit.module.grammar) + unit.newline


def _dropping(unit: Script, block: list[Node]) -> Changes:
    for statement in block:
        span = unit.whole_lines(statement) or unit.span(statement)
        if statement.type in _DECLARING:
            continue
        what = f"`{clipped(text_of(statement))}` dropped"
        yield Mutation((Edit(*span, ""),), what, line_of(statement), 2)
        if (
            statement.type == "if_statement"
            and statement.child_by_field_name("alternative") is None
        ):
            body = text_of(part(statement, "consequence"))
            edit = Edit(*unit.span(statement), body)
            yield Mutation((edit,), "condition dropped", line_of(statement), 3)


def _exchanged(unit: Script, first: Node, second: Node) -> Mutation:
    one, two = unit.span(first), unit.span(second)
    edits = (Edit(*one, text_of(second)), Edit(*two, text_of(first)))
    return Mutation(edits, "statements exchanged", line_of(first), 3)


def _inside(block: Node) -> list[Node]:
    """The statements of a loop's or condition's own block."""
    body = block.child_by_field_name("body") or block.child_by_field_name("consequence")
    return _statements(body) if body is not None and body.type == "statement_block" else []


def _moved_in(unit: Script, first: Node, second: Node) -> Mutation | None:
    """`second` becomes the last statement of the block `first`."""
    inner = _inside(first) if first.type in _BLOCKS else []
    here = unit.whole_lines(second)
    last = unit.whole_lines(inner[-1]) if inner else None
    if here is None or last is None:
        return None
    text = _text(unit, second, unit.indent(inner[-1]))
    what = f"`{clipped(text_of(second))}` moved into the block before"
    return Mutation((Edit(last[1], last[1], text), Edit(*here, "")), what, line_of(second), 3)


def _out_of_block(unit: Script, block: list[Node]) -> Changes:
    """Statements of nested blocks moved behind or before them, or repeated behind them."""
    for outer in block:
        span = unit.whole_lines(outer)
        if outer.type not in _BLOCKS or span is None:
            continue
        for inner in _inside(outer):
            place, text = unit.whole_lines(inner), _text(unit, inner, unit.indent(outer))
            if place is None or not text:
                continue
            words = f"`{clipped(text_of(inner))}` moved"
            for at, where, weight in ((span[1], "behind", 3), (span[0], "before", 4)):
                edits = (Edit(*place, ""), Edit(at, at, text))
                yield Mutation(edits, f"{words} {where} the block", line_of(inner), weight)
        if outer.type in _LOOPS:
            yield from _repeated(unit, outer, span[1])


def _repeated(unit: Script, loop: Node, place: int) -> Changes:
    """A statement of the loop once more behind it, for what is left over at the end."""
    indent = unit.indent(loop)
    for inner in walk(loop):
        text = _text(unit, inner, indent) if inner.type == "expression_statement" else ""
        if not text:
            continue
        what = f"`{clipped(text_of(inner))}` repeated behind the loop"
        yield Mutation((Edit(place, place, text),), what, line_of(loop), 3)
        used = [text_of(n) for n in walk(inner) if n.type == "identifier"]
        for name in list(dict.fromkeys(used))[:2]:
            for test in (name, f"{name}.length > 0"):
                guarded = f"{indent}if ({test}) {text.lstrip()}"
                edit = Edit(place, place, guarded)
                yield Mutation((edit,), f"{what} if `{test}`", line_of(loop), 3)


def _keyword(unit: Script, node: Node) -> Changes:
    """``break`` against ``continue``, ``if`` against ``else if`` and ``while``."""
    swaps: list[tuple[str, str]] = []
    match node.type:
        case "break_statement":
            swaps = [("break", "continue")]
        case "continue_statement":
            swaps = [("continue", "break")]
        case "if_statement":
            swaps = [("if", "while")] if node.child_by_field_name("alternative") is None else []
        case "while_statement":
            swaps = [("while", "if")]
        case "else_clause":
            swaps = [("else", "")]
    start = unit.span(node)[0]
    for old, new in swaps:
        edit = Edit(start, start + len(old), new)
        yield Mutation((edit,), became(old, new or " "), line_of(node), 2)
