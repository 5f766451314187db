"""Early exits put in for empty, missing or odd arguments; raise against return."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from agents.tools.mutation.unit import Edit, Function, Mutation, Unit

Changes = Iterator[Mutation | None]

_EMPTY = ("None", "0", "''", "[]", "{}", "False", "True", "()", "set()", "0.0", "-1")
_TESTS = ("not {}", "{} is None", "{} <= 0", "{} < 0", "{} == 0", "len({}) < 2")
_NUMBER_TESTS = ("{} <= 0", "{} < 0", "{} is None")
_PARAMETERS = 3


def mutations(unit: Unit) -> Changes:
    """Changes of this family."""
    for function in unit.functions:
        for parameter in parameters(function):
            yield from _guards(unit, function, parameter)
            yield from _prepared(unit, function, parameter)
    for node in unit.nodes(ast.stmt):
        if isinstance(node, ast.Return | ast.Raise):
            yield from _exits(unit, node)
    for function in unit.functions:
        yield from _last_return(unit, function)


def parameters(function: Function) -> list[str]:
    """The first parameters that a caller gives."""
    arguments = (*function.args.posonlyargs, *function.args.args)
    names = [a.arg for a in arguments if a.arg not in ("self", "cls")]
    return names[:_PARAMETERS]


def _results(unit: Unit, parameter: str) -> list[str]:
    """What an early exit may give: what tests expect for empty arguments comes first."""
    empty = [e for e in unit.hints.expected if e in _EMPTY]
    likely = dict.fromkeys([*unit.hints.edges, *empty, parameter])
    return [f"raise {r}" for r in unit.hints.raises] + [f"return {e}" for e in likely]


def _guards(unit: Unit, function: Function, parameter: str) -> Changes:
    tests = _NUMBER_TESTS if _refuses_numbers(unit, function, parameter) else _TESTS
    for exit_line in _results(unit, parameter):
        for rank, test in enumerate(tests):
            yield at_start(
                unit,
                function,
                [f"if {test.format(parameter)}:", f"    {exit_line}"],
                2 if rank == 0 else 3,
            )


def _refuses_numbers(unit: Unit, function: Function, parameter: str) -> bool:
    """Whether tests give a number for the parameter where it is to be refused."""
    index = parameters(function).index(parameter)
    return index in {place for place, _ in unit.hints.refused}


def _prepared(unit: Unit, function: Function, parameter: str) -> Changes:
    """The parameter made ready first: a copy, another type or letter case, no accents."""
    for value in ("list({})", "{}.strip()", "{}.lower()", "sorted({})", "str({})", "abs({})"):
        new = value.format(parameter)
        yield at_start(unit, function, [f"{parameter} = {new}"], 3)
    if unit.hints.accents:
        plain = f'unicodedata.normalize("NFKD", {parameter}).encode("ascii", "ignore").decode()'
        lines = ["import unicodedata", "", f"{parameter} = {plain}"]
        yield at_start(unit, function, lines, 2)


def at_start(unit: Unit, function: Function, lines: list[str], weight: int) -> Mutation | None:
    """`lines` put in before a function's first statement, behind its docstring."""
    body = function.body
    first = body[1] if ast.get_docstring(function) is not None and len(body) > 1 else body[0]
    return unit.put_before(first, lines, weight)


def _exits(unit: Unit, node: ast.Return | ast.Raise) -> Changes:
    """An expected exception instead of a result, and the other way round."""
    texts = [f"raise {r}" for r in unit.hints.raises]
    if isinstance(node, ast.Raise) or node.value is None or isinstance(node.value, ast.Constant):
        texts += [f"return {e}" for e in dict.fromkeys([*unit.hints.edges, *_EMPTY])]
    old = unit.text(node)
    yield from (unit.replace(node, text, 2) for text in texts if text != old)


def _last_return(unit: Unit, function: Function) -> Changes:
    """A return at the end of a function that runs out, of each variable or nothing."""
    last = function.body[-1]
    span = unit.whole_lines(last)
    if isinstance(last, ast.Return | ast.Raise) or span is None:
        return
    stored = [
        n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    ]
    for value in dict.fromkeys([*stored, *unit.hints.edges, "False", "True"]):
        text = f"{unit.indent(last)}return {value}{unit.newline}"
        what = f"`return {value}` put at the end"
        yield Mutation((Edit(span[1], span[1], text),), what, last.lineno, 2)
    for exception in unit.hints.raises:
        text = f"{unit.indent(last)}raise {exception}{unit.newline}"
        yield Mutation(
            (Edit(span[1], span[1], text),), f"`raise {exception}` put at the end", last.lineno, 2
        )
