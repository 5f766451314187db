"""Calls of Python: varied, run and read by ast."""

from __future__ import annotations

import ast
import copy
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property

from agents.behaviors.compose_tests import imports_for
from agents.behaviors.read_claim import Claim, claim_of
from agents.languages.calls import Mistakes
from agents.languages.contract import ImportOf
from agents.tools.observe import Probe

_PROBE = "test_tenon_observe.py"
_NEAR = 1e-6
"""Relative difference of floats that are taken for equal, as pytest does."""
_NO_LITERAL = (SyntaxError, ValueError, TypeError, MemoryError, RecursionError)
_CRASHES = (
    "IndexError",
    "KeyError",
    "UnboundLocalError",
    "NameError",
    "AttributeError",
    "TypeError",
)
"""What code raises by mistake; a ValueError or a ZeroDivisionError may be the right answer."""
_MISTAKES = Mistakes(
    re.compile(
        rf"(?:{'|'.join(_CRASHES)}):"
        r"|ValueError: (?:(?:max|min)\(\) |.*(?:not in (?:list|tuple|deque)|not found|to unpack))"
    ),
    "raise {}",
    frozenset({*_CRASHES, "ValueError"}),
)

_HEAD = """\
import hashlib as tenon_hashlib
import re as tenon_re


class TenonSaw(Exception):
    pass


def tenon_tell(value):
    text = tenon_re.sub(r" at 0x[0-9a-f]+", "", repr(value))
    if len(text) > 150:
        text = text[:120] + "… " + tenon_hashlib.sha256(text.encode()).hexdigest()[:8]
    raise TenonSaw(text)
"""


class PythonCalls:
    """See `Calls`."""

    equals = "=="
    mistakes = _MISTAKES

    def literals(self, call: str) -> PythonLiterals | None:
        """See `Calls`."""
        try:
            return PythonLiterals(ast.parse(call, mode="eval"))
        except (SyntaxError, ValueError):
            return None

    def imports(
        self, calls: Sequence[str], symbol: str, import_of: ImportOf
    ) -> tuple[str, ...] | None:
        """See `Calls`."""
        return imports_for(calls, symbol, import_of)

    def claim(self, test: str) -> Claim | None:
        """See `Calls`."""
        return claim_of(test)

    def probe(self, path: str, imports: Sequence[str], calls: Sequence[str]) -> Probe:
        """See `Calls`: at the top, where a file is imported from by the names of its modules."""
        tests = [
            f"def test_{number}():\n    tenon_tell({call})\n" for number, call in enumerate(calls)
        ]
        source = "\n\n".join(["\n".join(imports), _HEAD, *tests])
        names = tuple(f"{_PROBE}::test_{number}" for number in range(len(calls)))
        return Probe(_PROBE, source, names)

    def literal(self, text: str) -> str:
        """See `Calls`."""
        try:
            return repr(ast.literal_eval(text.strip()))
        except _NO_LITERAL:
            return ""

    def agree(self, value: str, answer: str) -> bool:
        """See `Calls`."""
        try:
            return _equal(ast.literal_eval(value), ast.literal_eval(answer))
        except _NO_LITERAL:
            return False

    def assertion(self, call: str, value: str) -> str:
        """See `Calls`."""
        return f"assert {call} == {value}"

    def type_assertion(self, call: str, values: Sequence[str]) -> str:
        """See `Calls`."""
        types = dict.fromkeys(type(value) for text in values for value in _literal(text))
        names = ["None" if kind is type(None) else kind.__name__ for kind in types]
        return f"assert isinstance({call}, {' | '.join(names)})" if names else ""


class PythonLiterals:
    """See `Literals`."""

    def __init__(self, tree: ast.Expression) -> None:
        self._tree = tree

    @cached_property
    def values(self) -> list[object]:
        """See `Literals`."""
        return [ast.literal_eval(node) for node in _literals(self._tree)]

    @cached_property
    def arguments(self) -> list[list[int]]:
        """See `Literals`: those that are named are left out."""
        places = {id(node): place for place, node in enumerate(_literals(self._tree))}
        calls = (node for node in ast.walk(self._tree) if isinstance(node, ast.Call))
        return [[places[id(node)] for node in c.args if id(node) in places] for c in calls]

    def changed(self, new: Mapping[int, object]) -> str:
        """See `Literals`."""
        changed = copy.deepcopy(self._tree)
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
    except _NO_LITERAL:
        return False
    return True


def _literal(text: str) -> Iterator[object]:
    """Its value, if it has one."""
    with suppress(*_NO_LITERAL):
        yield ast.literal_eval(text)


def _equal(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=_NEAR)
    return one == other
