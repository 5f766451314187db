"""What a test of JavaScript says, read off its syntax tree: this call gives this value."""

from __future__ import annotations

from collections.abc import Sequence

from agents.behaviors.read_claim import Claim
from agents.languages.javascript.expressions import expression, is_call, is_value
from agents.languages.javascript.plain_asserts import read_test
from agents.tools.syntax_tree import Node, text_of


def claim_of(source: str) -> Claim | None:
    """The claim of a test with a single assertion of a value; None for any other test."""
    try:
        text = read_test(source).text
    except SyntaxError:
        return None
    call = expression(text.strip().removesuffix(";"))
    if call is None or call.type != "call_expression":
        return None
    function, listed = (call.child_by_field_name(f) for f in ("function", "arguments"))
    if function is None or listed is None:
        return None
    return _claim(_compared(text_of(function), listed.named_children))


def _compared(function: str, arguments: Sequence[Node]) -> list[str]:
    """The two sides of a comparison; empty for anything else."""
    if function == "assert.deepEqual" and len(arguments) == 2:
        return [text_of(side) for side in arguments]
    if function != "assert" or len(arguments) != 1:
        return []
    sides = [arguments[0].child_by_field_name(field) for field in ("left", "right")]
    operator = arguments[0].child_by_field_name("operator")
    if operator is None or text_of(operator) != "===":
        return []
    return [text_of(side) for side in sides if side is not None]


def _claim(sides: Sequence[str]) -> Claim | None:
    for call, value in (sides, sides[::-1]) if len(sides) == 2 else ():
        if is_call(call) and is_value(value):
            return Claim(call, value)
    return None
