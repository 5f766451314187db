"""What a test says, read off its syntax tree: this call gives this value, or raises this."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from agents.behaviors.plain_asserts import plain


@dataclass(frozen=True)
class Claim:
    """One call and what it must give, as source text."""

    call: str
    expected: str = ""
    raises: str = ""

    def __str__(self) -> str:
        """In words, without an end."""
        outcome = f"raise {self.raises}" if self.raises else f"give {self.expected}"
        return f"{self.call} to {outcome}"


def claim_of(source: str) -> Claim | None:
    """The claim of a test function with a single assertion; None for any other test.

    ``assert f(1) == 2``, ``is``, ``pytest.approx`` and ``with pytest.raises(E): f(1)`` are read,
    also where values were given names first.
    """
    try:
        body = ast.parse(plain(source)).body
    except (SyntaxError, ValueError, IndexError):
        return None
    if len(body) != 1:
        return None
    match body[0]:
        case ast.Assert(
            test=ast.Compare(left=left, ops=[ast.Eq() | ast.Is()], comparators=[right])
        ):
            return _equal(left, right)
        case ast.With(items=[item], body=[ast.Expr(value=ast.Call() as call)]):
            expected = item.context_expr
            if isinstance(expected, ast.Call) and expected.args:
                return Claim(ast.unparse(call), raises=ast.unparse(expected.args[0]))
    return None


def _equal(left: ast.expr, right: ast.expr) -> Claim | None:
    if isinstance(right, ast.Call) and ast.unparse(right.func).endswith("approx"):
        right = right.args[0]
    if not _is_literal(right):
        left, right = right, left
    has_call = any(isinstance(n, ast.Call | ast.Attribute) for n in ast.walk(left))
    if not has_call or not _is_literal(right):
        return None
    return Claim(ast.unparse(left), ast.unparse(right))


def _is_literal(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True
