"""Constants, indexes, slice bounds and bounds of ranges."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from agents.tools.mutation.unit import Edit, Mutation, Unit

Changes = Iterator[Mutation | None]

_SHORT = 3
_COUNTS = 2


def mutations(unit: Unit) -> Changes:
    """Changes of this family."""
    for constant in unit.nodes(ast.Constant):
        yield from _constant(unit, constant)
    for subscript in unit.nodes(ast.Subscript):
        if isinstance(subscript.slice, ast.Slice):
            yield from _slice(unit, subscript, subscript.slice)
        elif isinstance(subscript.slice, ast.expr) and not _is_text(subscript.slice):
            yield from _by_one(unit, subscript.slice, 2)
    for call in unit.nodes(ast.Call):
        if isinstance(call.func, ast.Name) and call.func.id == "range":
            yield from _range(unit, call)
        elif isinstance(call.func, ast.Name) and call.func.id == "enumerate":
            yield from _enumerate(unit, call)
    for compare in unit.nodes(ast.Compare):
        for side in (compare.left, *compare.comparators):
            if isinstance(side, ast.Name | ast.Call | ast.BinOp):
                yield from _by_one(unit, side, 3)
    for value in _results(unit):
        yield from _by_one(unit, value, 3)
    yield from _repeated(unit)


def _results(unit: Unit) -> Iterator[ast.expr]:
    """What is returned or assigned."""
    for node in unit.nodes(ast.stmt):
        value = node.value if isinstance(node, ast.Return | ast.Assign) else None
        if isinstance(value, ast.Name | ast.Call | ast.BinOp):
            yield value


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _by_one(unit: Unit, node: ast.expr, weight: int) -> Changes:
    if isinstance(node, ast.Constant | ast.Tuple):
        return  # a constant is changed itself
    yield unit.replace(node, f"{unit.text(node)} + 1", weight, f"`{unit.text(node)}` plus one")
    yield unit.replace(node, f"{unit.text(node)} - 1", weight, f"`{unit.text(node)}` minus one")


def _constant(unit: Unit, node: ast.Constant) -> Changes:
    value = node.value
    if isinstance(value, bool):
        yield unit.replace(node, str(not value), 1)
    elif value is None:
        for text in unit.hints.edges:
            yield unit.replace(node, text, 2)
        for text in ("0", "''", "[]", "False"):
            yield unit.replace(node, text, 3)
    elif isinstance(value, int):
        yield from _others(unit, node, [repr(value + 1), repr(value - 1), "0", "1"], 1)
        yield from _others(unit, node, [repr(-value), "2", repr(value + 2), repr(value * 10)], 3)
        yield from _others(unit, node, unit.hints.numbers, 4)
        if isinstance(unit.parents.get(node), ast.Assign):
            yield unit.replace(node, 'float("-inf")', 2)
            yield unit.replace(node, 'float("inf")', 2)
    elif isinstance(value, float):
        near_floats = (value + 1, value - 1, value * 10, value / 10, -value, value / 2, value * 2)
        yield from _others(unit, node, [f"{v:g}" for v in near_floats], 2)
        yield from _others(unit, node, unit.hints.numbers, 3)
    elif isinstance(value, str) and not _is_docstring(unit, node):
        yield from _string(unit, node, value)


def _others(
    unit: Unit, node: ast.Constant, texts: list[str] | tuple[str, ...], weight: int
) -> Changes:
    for rank, text in enumerate(dict.fromkeys(t for t in texts if t != repr(node.value))):
        yield unit.replace(node, text, weight if rank < 2 else weight + 1)


def _is_docstring(unit: Unit, node: ast.Constant) -> bool:
    return isinstance(unit.parents.get(node), ast.Expr)


def _string(unit: Unit, node: ast.Constant, value: str) -> Changes:
    """Another short string, another letter case, a character more or less at an end."""
    if len(value) <= _SHORT:
        others = ["", " ", *unit.hints.characters, *(s for s in unit.hints.strings if len(s) <= 2)]
        for other in dict.fromkeys(others):
            if other != value:
                yield unit.replace(node, repr(other), 2)
        if value:
            yield unit.replace(node, repr(value * 2), 4)
    changed = [value.lower(), value.upper(), value.capitalize(), value.strip(), value + " "]
    changed += [value[1:], value[:-1]] if len(value) > 1 else []
    changed += [value + c for c in unit.hints.characters[:4]]
    for other in dict.fromkeys(changed):
        if other not in (value, "", " "):
            yield unit.replace(node, repr(other), 3)
    for other in unit.hints.strings:
        if len(value) > _SHORT and other != value:
            yield unit.replace(node, repr(other), 5)


def _slice(unit: Unit, node: ast.Subscript, bounds: ast.Slice) -> Changes:
    lower, upper, step = (
        "" if part is None else unit.text(part)
        for part in (bounds.lower, bounds.upper, bounds.step)
    )
    value = unit.text(node.value)
    lowers = [lower, *((f"{lower} + 1", f"{lower} - 1", "") if lower else ("1",))]
    uppers = [upper, *((f"{upper} + 1", f"{upper} - 1", "") if upper else ("-1",))]
    steps = [step, *((f"-{step}", "") if step else ("-1", "2"))]
    variants = [(one, upper, step) for one in lowers] + [(lower, one, step) for one in uppers]
    variants += [(lower, upper, one) for one in steps]
    for low, high, by in dict.fromkeys(variants):
        if (low, high, by) != (lower, upper, step):
            text = f"{value}[{low}:{high}{':' + by if by else ''}]"
            yield unit.replace(node, text, 2)


def _range(unit: Unit, call: ast.Call) -> Changes:
    bounds = [unit.text(a) for a in call.args]
    start, stop = ("0", bounds[0]) if len(bounds) == 1 else (bounds[0], bounds[-1])
    if len(bounds) == 1:
        pairs = [(start, f"{stop} + 1"), ("1", stop), (start, f"{stop} - 1"), ("1", f"{stop} + 1")]
        variants = [[low, high] for low, high in pairs]
        variants += [[f"{stop} - 1", "-1", "-1"], [f"{stop}", "0", "-1"], ["2", f"{stop} + 1"]]
    else:
        start, stop, rest = bounds[0], bounds[1], bounds[2:]
        variants = [[start, f"{stop} + 1", *rest], [start, f"{stop} - 1", *rest]]
        variants += [[f"{start} + 1", stop, *rest], [f"{start} - 1", stop, *rest]]
        variants += [[start, stop], [stop, start, "-1"]]
    for variant in variants:
        text = f"range({', '.join(variant)})".replace(
            "range(0, ", "range(", 1 if len(variant) == 2 else 0
        )
        yield unit.replace(call, text, 1)


def _enumerate(unit: Unit, call: ast.Call) -> Changes:
    first = unit.text(call.args[0]) if call.args else ""
    if len(call.args) == 1 and not call.keywords:
        yield unit.replace(call, f"enumerate({first}, 1)", 2)
    else:
        yield unit.replace(call, f"enumerate({first})", 2)


def _repeated(unit: Unit) -> Changes:
    """A short text as often as something was counted: wherever it is given out, then once."""
    places: dict[str, list[ast.Constant]] = {}
    for node in unit.nodes(ast.Constant):
        if isinstance(node.value, str) and 0 < len(node.value) <= _SHORT and _is_given(unit, node):
            places.setdefault(node.value, []).append(node)
    for nodes in places.values():
        for count in _counts(unit):
            what = f"`{unit.text(nodes[0])}` as often as `{count}` says"
            for chosen in [nodes, *([n] for n in nodes if len(nodes) > 1)]:
                edits = (Edit(*unit.span(n), f"{unit.text(n)} * {count}") for n in chosen)
                yield Mutation(tuple(edits), what, chosen[0].lineno, 3)


def _is_given(unit: Unit, node: ast.Constant) -> bool:
    """Whether the text is added, appended, kept or returned, and not compared or handed on."""
    around = unit.parents.get(node)
    if isinstance(around, ast.Call):
        return isinstance(around.func, ast.Attribute) and around.func.attr in ("append", "insert")
    return isinstance(around, ast.AugAssign | ast.Return | ast.IfExp) or (
        isinstance(around, ast.BinOp) and isinstance(around.op, ast.Add)
    )


def _counts(unit: Unit) -> list[str]:
    """Variables that something is counted with."""
    counted = (
        node.target.id
        for node in unit.nodes(ast.AugAssign)
        if isinstance(node.target, ast.Name) and isinstance(node.op, ast.Add)
        if isinstance(node.value, ast.Constant) and isinstance(node.value.value, int)
    )
    return list(dict.fromkeys(counted))[:_COUNTS]
